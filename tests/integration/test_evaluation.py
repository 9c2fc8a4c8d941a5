"""A round on real servers: from the frozen pool to the published ballots, over HTTP and Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.applications import (
    ApplicationFoundEligible,
    ApplicationFoundIneligible,
    ApplicationWithdrawn,
    SelectionDeclined,
)
from contracts.calls import CallClosed
from contracts.evaluation import AnnounceResults, CloseRound, ExtendRound, FreezePool, RemindMembers
from contracts.people import MandateGiven, PersonErased, PersonRegistered
from services.chassis.clock import SharedClock
from services.evaluation.commands import AssignApplications
from services.evaluation.domain.ballots import Content
from services.evaluation.domain.publication import verify
from services.evaluation.handlers import pool
from services.evaluation.handlers.assignment import assign_applications
from tests.evaluation import SCHEDULE, Stage, published, staged, submitted
from tests.platform import eventually


@pytest.fixture
async def stage(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Callable[..., str]
) -> AsyncIterator[Stage]:
    async with staged(service_environment, season_clock, token) as found:
        yield found


def name_of(event: object) -> str:
    return str(event.type).split(".")[-2]  # type: ignore[attr-defined]


async def test_a_round_from_the_pool_to_the_published_ballots(stage: Stage) -> None:
    await stage.ready(applications=5)
    opened = await stage.by_officer("GET", "")
    assert (opened["status"], opened["applications"]) == ("open", 5)
    readers = [member for member in stage.members if member not in stage.alternates.values()]
    for place, application in enumerate(stage.applications):
        for reader in readers:
            answer = await stage.cast(reader, application, interest=5 - place, feasibility=4 - place // 2)
            assert answer.json() == {"state": "cast"}
    page = (await stage.by_member("GET", "/ballots/mine?limit=2", readers[0])).json()
    assert page["total"] == 5
    assert len(page["ballots"]) == 2
    assert page["progress"] == {"cast": 5, "abstained": 0, "empty": 0}
    closed = json.loads((await stage.close()).data)
    assert (closed["expected"], closed["counted"], closed["below_quorum"]) == (30, 30, 0)

    found = await stage.by_officer("GET", "/results")
    assert found["order"] == [str(each) for each in stage.applications]
    last = str(stage.applications[-1])
    opinion = {
        "present": [str(readers[0])],
        "moves": [{"application_id": last, "rank": 2, "reason": "Territoire sans lauréat."}],
        "minutes": "Procès-verbal.",
    }
    await stage.by_officer("POST", "/opinion", json=opinion)
    unsigned = await stage.ask(AnnounceResults, round_id=stage.call_id)
    assert json.loads(unsigned.data)["code"] == "decision_not_signed"
    signed = await stage.call(
        "POST", "/decision", stage.authority, "deciding_authority", json={"delegation": "delegation_2021_12"}
    )
    assert signed.status_code == 201
    early = await stage.ask(AnnounceResults, round_id=stage.call_id)
    assert json.loads(early.data)["code"] == "embargo"
    owner = stage.owners[stage.applications[0]]
    assert (await stage.call("GET", "/results", owner, "applicant")).json()["code"] == "embargo"
    assert (await stage.call("GET", "/ballots/published", None)).json()["code"] == "embargo"

    stage.clock.move(SCHEDULE.announcement_at)
    announced = json.loads((await stage.ask(AnnounceResults, round_id=stage.call_id)).data)
    assert announced["selected"] == [str(stage.applications[0]), last]
    assert announced["reserve"] == [str(stage.applications[1]), str(stage.applications[2])]
    assert announced["not_selected"] == [str(stage.applications[3])]

    document = (await stage.call("GET", "/ballots/published", None)).content
    ballots = json.loads(document)
    assert len(ballots["ballots"]) == 30
    assert verify(ballots) == ballots["ranking"]
    for secret in [*stage.members, *stage.applications, *stage.owners.values()]:
        assert str(secret) not in document.decode()
    table = (await stage.call("GET", "/ballots/published?format=csv", None)).text
    assert len(table.splitlines()) == 31

    told = (await stage.call("GET", f"/applications/{stage.applications[0]}/feedback", owner, "applicant")).json()
    assert told["outcome"] == "selected"
    assert told["criteria"]["citizens"] == {"general_interest": "5.00", "feasibility": "4.00"}
    stranger = await stage.call("GET", f"/applications/{stage.applications[0]}/feedback", uuid4(), "applicant")
    assert stranger.status_code == 404


async def test_no_ballot_leaves_a_trace_outside(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=1, experts=0)
    reader = next(iter(stage.members))
    before = {name_of(item) for item in await stage.events("")}
    body = {"scores": {"general_interest": 4, "feasibility": 3}, "comment": "CANARI"}
    await stage.by_member("PUT", f"/ballots/{stage.applications[0]}", reader, json=body)
    assert {name_of(item) for item in await stage.events("")} == before
    kept = await stage.service.database.collection("ballots").find_one({"state": "cast"})
    assert kept is not None
    assert set(kept) == {"_id", "reader", "state", "sealed", "set_aside", "content"}
    assert b"CANARI" not in kept["content"]
    own = (await stage.by_member("GET", f"/ballots/{stage.applications[0]}", reader)).json()
    assert own["scores"] == {"general_interest": 4, "feasibility": 3}
    assert own["comment"] == "CANARI"


async def test_the_pool_waits_until_nothing_is_undecided(stage: Stage) -> None:
    await stage.open_call(2, others=2)
    await eventually(lambda: stage.store.rounds(None))
    late = uuid4()
    await stage.tell(submitted(stage.call_id, late, uuid4()), late)
    command = FreezePool(command_id=uuid4(), requester="workflow", call_id=stage.call_id)
    for _ in range(2):
        await stage.world.ask(command, stage.call_id, stage.clock.now())
    await eventually(lambda: stage.store.facts.freeze_pending(stage.call_id))
    await eventually(lambda: stage.by_officer("GET", ""), lambda shown: shown["undecided"] == 2)
    found_wanting = ApplicationFoundIneligible(
        application_id=late, call_id=stage.call_id, owner_id=uuid4(), number="AIC-2021-000003", rule="balanced_budget"
    )
    await stage.tell(found_wanting, late)
    last = uuid4()
    await stage.tell(ApplicationFoundEligible(application_id=last, call_id=stage.call_id, rule="all_rules"), last)
    await stage.tell(submitted(stage.call_id, last, uuid4()), last)
    frozen = json.loads((await stage.answer(command.command_id)).data)
    assert frozen["applications"] == 3
    assert len(await stage.events("PoolFrozen")) == 1


async def test_an_empty_pool_and_an_unknown_round_are_refused(stage: Stage) -> None:
    refused = await stage.ask(FreezePool, call_id=stage.call_id)
    assert json.loads(refused.data)["code"] == "round_unknown"
    await stage.tell(published(stage.call_id), stage.call_id)
    await stage.tell(CallClosed(call_id=stage.call_id, submitted=0), stage.call_id)
    await eventually(lambda: stage.store.rounds(None))
    refused = await stage.ask(FreezePool, call_id=stage.call_id)
    assert json.loads(refused.data)["code"] == "pool_empty"


async def test_a_missing_quorum_extends_the_round_once(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=2, experts=2)
    citizens = [member for member, college in stage.members.items() if college == "citizens"][:2]
    experts = [member for member, college in stage.members.items() if college == "experts"][:2]
    application = stage.applications[0]
    early = await stage.ask(CloseRound, round_id=stage.call_id)
    assert json.loads(early.data)["code"] == "round_not_over"
    assert (await stage.cast(citizens[0], application)).status_code == 200
    reminded = json.loads((await stage.ask(RemindMembers, round_id=stage.call_id)).data)
    assert set(reminded["members"]) == {str(each) for each in (citizens[1], *experts)}

    missing = await stage.close()
    assert name_of(missing) == "QuorumMissing"
    assert (await stage.cast(citizens[1], application)).json()["code"] == "round_closed"
    longer = stage.clock.now() + timedelta(days=7)
    assert name_of(await stage.ask(ExtendRound, round_id=stage.call_id, closes_at=longer)) == "RoundExtended"
    assert (await stage.cast(citizens[1], application)).status_code == 200
    abstained = await stage.by_member(
        "POST", f"/ballots/{application}/abstention", experts[0], json={"reason": "Hors de mon domaine."}
    )
    assert abstained.json() == {"state": "abstained"}
    again = await stage.ask(ExtendRound, round_id=stage.call_id, closes_at=longer + timedelta(days=7))
    assert json.loads(again.data)["code"] == "extension_used"
    stage.clock.move(longer)
    closed = json.loads((await stage.close(final=True)).data)
    assert (closed["counted"], closed["abstained"], closed["missing"], closed["below_quorum"]) == (2, 1, 1, 1)
    assert (await stage.ask(CloseRound, round_id=stage.call_id)).type.count("EvaluationCommandRefused")


async def test_bad_ballots_get_a_clear_answer(stage: Stage) -> None:
    await stage.ready(applications=2, citizens=1, experts=1)
    reader, application = next(iter(stage.members)), stage.applications[0]

    async def put(body: object, place: UUID = application) -> tuple[int, dict[str, object]]:
        answer = await stage.by_member("PUT", f"/ballots/{place}", reader, json=body)
        return answer.status_code, answer.json()

    status, off = await put({"scores": {"general_interest": 3, "feasibility": 5}})
    assert (status, off["code"], off["field"]) == (422, "score_off_scale", "scores.feasibility")
    assert off["allowed"] == {"minimum": 1, "maximum": 4}
    for scores in ({"general_interest": 3}, {"general_interest": 3, "feasibility": 2, "charm": 1}):
        assert (await put({"scores": scores}))[1]["code"] == "scores_refused"
    for body in (
        {"scores": {"general_interest": 3.5, "feasibility": 2}},
        {"scores": {}, "note": 1},
        [],
        {"scores": "a"},
    ):
        assert (await put(body))[0] == 422
    right = {"scores": {"general_interest": 3, "feasibility": 2}}
    assert (await put(right, uuid4()))[1]["code"] == "ballot_unknown"
    declared = await stage.by_member("POST", "/conflicts", reader, json={"application_id": str(application)})
    assert declared.status_code == 201
    assert (await put(right))[1]["code"] == "conflicted"
    assert (await put(right, stage.applications[1]))[0] == 200
    dismissed = await stage.call(
        "POST",
        f"/conflicts/{reader}/{application}/dismissal",
        stage.officer,
        "programme_officer",
        json={"reason": "Non"},
    )
    assert dismissed.json()["code"] == "conflict_declared"
    await stage.close(final=True)
    assert (await put(right, stage.applications[1]))[1]["code"] == "round_closed"


async def test_derived_conflicts_block_until_dismissed(stage: Stage) -> None:
    traits = [
        {"siren": "552100554"},
        {"mail_domain": "a" * 64},
        {"commune": "35238", "territorial": True},
        {"commune": "35238", "territorial": False},
    ]
    await stage.open_call(5, traits)
    await stage.freeze()
    await stage.seat(1, 1)
    citizen, expert = list(stage.members)[:2]
    await stage.tell(PersonRegistered(person_id=citizen, mail_domain="a" * 64, commune="35238"), citizen)
    await stage.tell(MandateGiven(person_id=citizen, organisation_id=uuid4(), siren="552100554"), citizen)
    eligible = ApplicationFoundEligible(
        application_id=stage.applications[4], call_id=stage.call_id, rule="all_rules", decided_by=expert
    )
    await stage.tell(eligible, stage.applications[4])
    await eventually(lambda: _knows(stage, citizen, expert))
    await stage.by_officer("POST", "/assignments")
    found = (await stage.by_officer("GET", "/conflicts"))["conflicts"]
    sources = {(each["member_id"], each["application_id"]): each["source"] for each in found}
    assert sources == {
        (str(citizen), str(stage.applications[0])): "same_siren",
        (str(citizen), str(stage.applications[1])): "same_mail_domain",
        (str(citizen), str(stage.applications[2])): "same_commune",
        (str(expert), str(stage.applications[4])): "same_officer",
    }
    assert await stage.store.reads(stage.call_id, citizen) == tuple(sorted(stage.applications[3:]))
    await stage.by_officer(
        "POST", f"/conflicts/{citizen}/{stage.applications[2]}/dismissal", json={"reason": "Homonyme."}
    )
    again = await stage.by_officer("POST", "/assignments")
    assert again["assigned"] == 1
    assert await stage.store.reads(stage.call_id, citizen) == tuple(sorted(stage.applications[2:]))


async def _knows(stage: Stage, citizen: UUID, expert: UUID) -> bool:
    person = (await stage.store.facts.persons([citizen]))[0]
    officers = [each.officers for each in await stage.store.facts.candidates(stage.call_id)]
    return bool(person.commune and person.sirens) and any(expert in each for each in officers)


async def test_an_alternate_takes_over_the_open_ballots(stage: Stage) -> None:
    await stage.ready(applications=3, citizens=2, experts=1)
    leaving = next(iter(stage.members))
    alternate = stage.alternates["citizens"]
    await stage.cast(leaving, stage.applications[0])
    kept_from = {"application_id": str(stage.applications[2])}
    assert (await stage.by_member("POST", "/conflicts", alternate, json=kept_from)).status_code == 201
    answer = (await stage.by_member("POST", f"/members/{leaving}/resignation", leaving)).json()
    assert answer["replaced_by"] == str(alternate)
    assert (await stage.cast(leaving, stage.applications[1])).json()["code"] == "ballot_set_aside"
    assert await stage.store.reads(stage.call_id, leaving) == ()
    assert await stage.store.reads(stage.call_id, alternate) == tuple(sorted(stage.applications[:2]))
    assert (await stage.cast(alternate, stage.applications[0])).status_code == 200
    closed = json.loads((await stage.close(final=True)).data)
    assert (closed["expected"], closed["counted"], closed["set_aside"], closed["missing"]) == (11, 1, 3, 7)


async def test_who_withdraws_after_the_freezing_is_not_counted(stage: Stage) -> None:
    await stage.ready(applications=3, citizens=3, experts=3)
    leaving = stage.applications[1]
    for member in [each for each in stage.members if each not in stage.alternates.values()]:
        for application in stage.applications:
            await stage.cast(member, application)
    withdrawn = ApplicationWithdrawn(
        application_id=leaving, call_id=stage.call_id, owner_id=stage.owners[leaving], number="AIC-2021-000002"
    )
    await stage.tell(withdrawn, leaving)
    member = next(iter(stage.members))
    await eventually(lambda: _refused(stage, member, leaving))
    closed = json.loads((await stage.close()).data)
    assert (closed["expected"], closed["counted"], closed["set_aside"]) == (18, 12, 6)
    ranked = [each["application_id"] for each in (await stage.by_officer("GET", "/results"))["ranking"]]
    assert set(ranked) == {str(stage.applications[0]), str(stage.applications[2])}


async def test_an_old_decision_heard_again_takes_nothing_away(stage: Stage) -> None:
    """As in a replay: found ineligible by mistake, corrected long since."""
    await stage.ready(applications=3)
    application = stage.applications[0]
    await pool.decided(application, stage.call_id, "ineligible", 0, stage.store)
    member = next(each for each in stage.members if each not in stage.alternates.values())
    assert (await stage.cast(member, application)).json() == {"state": "cast"}
    assert await stage.events("ApplicationsUnassigned") == []


async def _refused(stage: Stage, member: UUID, application: UUID) -> bool:
    return (await stage.cast(member, application)).status_code == 409


async def test_the_reserve_moves_up_until_it_is_exhausted(stage: Stage) -> None:
    await stage.ready(applications=4, citizens=1, experts=1, places=1, reserve=1, extension_days=0)
    await stage.close()
    await stage.by_officer("POST", "/opinion", json={"present": [str(next(iter(stage.members)))], "minutes": "PV."})
    signing = {"json": {"delegation": "delegation_2021"}}
    await stage.call("POST", "/decision", stage.authority, "deciding_authority", **signing)
    stage.clock.move(SCHEDULE.announcement_at)
    announced = json.loads((await stage.ask(AnnounceResults, round_id=stage.call_id)).data)
    for declining in (UUID(announced["selected"][0]), UUID(announced["reserve"][0])):
        declined = SelectionDeclined(
            initiative_id=declining, application_id=declining, call_id=stage.call_id,
            owner_id=uuid4(), number="AIC-2021-000001", lapsed=False,
        )  # fmt: skip
        await stage.tell(declined, declining)
    await eventually(lambda: stage.events("ReserveExhausted"))
    offers = [json.loads(item.data) for item in await stage.events("PlaceOffered")]
    assert [(offer["application_id"], offer["rank"]) for offer in offers] == [(announced["reserve"][0], 1)]


async def test_a_cast_that_races_the_closing_is_counted_or_refused(stage: Stage) -> None:
    await stage.ready(applications=12, citizens=4, experts=0, extension_days=0)
    readers = [member for member in stage.members if member not in stage.alternates.values()]
    stage.clock.move(SCHEDULE.evaluation_closes_at - timedelta(milliseconds=150))
    closing = CloseRound(command_id=uuid4(), requester="workflow", round_id=stage.call_id)
    codes: list[int] = []

    async def vote(reader: UUID) -> None:
        codes.extend([(await stage.cast(reader, application)).status_code for application in stage.applications])

    async def over() -> bool:
        return stage.clock.now() >= SCHEDULE.evaluation_closes_at

    async def close() -> None:
        await eventually(over)
        await stage.world.ask(closing, stage.call_id, stage.clock.now())

    await asyncio.gather(*(vote(reader) for reader in readers), close())
    closed = json.loads((await stage.answer(closing.command_id)).data)
    assert set(codes) <= {200, 409}
    assert closed["counted"] == codes.count(200)
    assert closed["expected"] == 48


async def test_a_write_that_races_the_sealing_is_in_or_refused(stage: Stage) -> None:
    round_id, member = uuid4(), uuid4()
    applications = [uuid4() for _ in range(60)]
    ballots = stage.store.ballots
    await ballots.make(round_id, member, applications)
    content = Content(scores={"general_interest": 1})
    writes = [ballots.write(round_id, member, each, "cast", content) for each in applications]
    *written, _ = await asyncio.gather(*writes, ballots.seal(round_id, member))
    acknowledged = {each for each, done in zip(applications, written, strict=True) if done}
    kept = [each async for each in ballots.of(round_id, member, contents=True)]
    assert all(each.sealed for each in kept)
    assert {each.application_id for each in kept if each.state == "cast"} == acknowledged
    assert not await ballots.write(round_id, member, applications[0], "cast", content)


@pytest.mark.parametrize("made", [1, 15, 30])
async def test_an_assignment_killed_half_way_is_finished_by_the_next(stage: Stage, made: int) -> None:
    await stage.open_call(10, readings_per_college=2, load_cap=5)
    await stage.freeze()
    await stage.seat(4, 4)
    ballots = stage.service.database.collection("ballots")
    command = AssignApplications(command_id=uuid4(), round_id=stage.call_id, by=stage.officer)
    task = asyncio.create_task(assign_applications(command, stage.store))
    await eventually(lambda: ballots.count_documents({}), lambda found: found >= made)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    answer = await assign_applications(command, stage.store)
    assert answer == {"run": 1, "assigned": 40, "short": 0}
    assert await ballots.count_documents({}) == 40
    told = [json.loads(item.data) for item in await _told(stage)]
    pairs = [(item["member_id"], each) for item in told for each in item["application_ids"]]
    assert len(pairs) == len(set(pairs)) == 40
    nothing_more = await stage.by_officer("POST", "/assignments")
    assert nothing_more["assigned"] == 0


async def _told(stage: Stage) -> list[object]:
    return await eventually(lambda: stage.events("ApplicationsAssigned"), lambda found: len(found) == 8)


async def test_closing_finishes_an_assignment_that_was_left(stage: Stage) -> None:
    await stage.open_call(3, extension_days=0)
    await stage.freeze()
    await stage.seat(2, 2)
    command = AssignApplications(command_id=uuid4(), round_id=stage.call_id, by=stage.officer)
    task = asyncio.create_task(assign_applications(command, stage.store))
    await eventually(
        lambda: stage.store.round(stage.call_id), lambda found: found.assigning is not None or found.runs > 0
    )
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    closed = json.loads((await stage.close()).data)
    assert (closed["expected"], closed["missing"]) == (12, 12)
    kept = await stage.service.database.collection("ballots").find({}).to_list(None)
    assert all(ballot["sealed"] for ballot in kept)


async def test_a_stranger_tries_every_door(stage: Stage) -> None:
    await stage.ready(applications=2, citizens=1, experts=1)
    member, application = next(iter(stage.members)), stage.applications[0]
    body = {"scores": {"general_interest": 3, "feasibility": 2}}
    doors = [
        ("POST", "/assignments", None),
        ("GET", "/members", None),
        ("POST", "/members", {"members": [{"member_id": str(uuid4()), "college": "citizens"}]}),
        ("POST", f"/members/{member}/resignation", None),
        ("GET", "/conflicts", None),
        ("POST", "/conflicts", {"application_id": str(application)}),
        ("POST", f"/conflicts/{member}/{application}/dismissal", {"reason": "Non."}),
        ("GET", "/ballots/mine", None),
        ("GET", f"/ballots/{application}", None),
        ("PUT", f"/ballots/{application}", body),
        ("POST", f"/ballots/{application}/abstention", {"reason": "Non."}),
        ("POST", "/ballots/destruction", None),
        ("POST", "/opinion", {"present": [str(member)], "minutes": "PV."}),
        ("POST", "/decision", {"delegation": "delegation_2021"}),
        ("GET", f"/applications/{application}/feedback", None),
    ]
    everyone = ("applicant", "citizen_panellist", "expert", "mentor", "accountant", "administrator")
    for method, path, json_body in doors:
        assert (await stage.call(method, path, None, json=json_body)).status_code == 401
        answer = await stage.call(method, path, uuid4(), *everyone, json=json_body)
        assert answer.status_code in (403, 404), (method, path, answer.text)
    assert (await stage.call("GET", "/results", uuid4(), *everyone)).json()["code"] == "embargo"
    forged = await stage.client.get(stage.base, headers={"Authorization": "Bearer a.b.c"})
    assert forged.status_code == 401
    assert (await stage.by_officer("GET", ""))["status"] == "open"


async def test_sealed_ballots_are_destroyed_when_appeals_have_lapsed(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=3, experts=3, places=1)
    readers = [each for each in stage.members if each not in stage.alternates.values()]
    for reader in readers:
        await stage.cast(reader, stage.applications[0])
    await stage.close()
    await stage.by_officer("POST", "/opinion", json={"present": [str(readers[0])], "minutes": "PV."})
    signing = {"json": {"delegation": "delegation_2021"}}
    await stage.call("POST", "/decision", stage.authority, "deciding_authority", **signing)
    stage.clock.move(SCHEDULE.announcement_at)
    await stage.ask(AnnounceResults, round_id=stage.call_id)
    early = await stage.call("POST", "/ballots/destruction", uuid4(), "operator")
    assert early.json()["code"] == "appeals_running"
    stage.clock.move(SCHEDULE.announcement_at + timedelta(days=63))
    done = await stage.call("POST", "/ballots/destruction", uuid4(), "operator")
    assert done.status_code == 200
    assert await stage.service.database.collection("ballots").count_documents({}) == 0
    assert await stage.store.pools.labels(stage.call_id) == {}
    ballots = (await stage.call("GET", "/ballots/published", None)).json()
    assert verify(ballots) == ballots["ranking"]


async def test_an_erased_person_leaves_no_traits(stage: Stage) -> None:
    await stage.open_call(1, [{"siren": "552100554", "mail_domain": "b" * 64}])
    person, application = uuid4(), stage.applications[0]
    await stage.tell(PersonRegistered(person_id=person, commune="35238"), person)
    owner = stage.owners[application]
    for erased in (person, owner):
        await stage.tell(PersonErased(person_id=erased), erased)
    await stage.freeze()

    async def forgotten() -> bool:
        known = (await stage.store.facts.persons([person]))[0]
        kept = (await stage.store.facts.candidates(stage.call_id))[0]
        return known.commune is None and kept.siren is None and kept.mail_domain is None

    await eventually(forgotten)
