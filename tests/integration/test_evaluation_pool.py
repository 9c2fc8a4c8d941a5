"""Who is in a round, on real servers: the pool, the quorum, conflicts, alternates, what is withdrawn."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.applications import (
    ApplicationFoundEligible,
    ApplicationFoundIneligible,
    ApplicationWithdrawn,
)
from contracts.calls import CallClosed
from contracts.evaluation import CloseRound, ExtendRound, FreezePool, RemindMembers
from contracts.people import MandateGiven, PersonRegistered
from services.evaluation.handlers import pool
from tests.evaluation import Stage, name_of, published, submitted
from tests.platform import eventually


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
    kept, wrong = (f"/conflicts/{citizen}/{stage.applications[nth]}" for nth in (1, 2))
    assert (await stage.by_officer("POST", f"{kept}/confirmation"))["status"] == "blocking"
    await stage.by_officer("POST", f"{wrong}/dismissal", json={"reason": "Homonyme."})
    refused = await stage.call("POST", f"{wrong}/confirmation", stage.officer, "programme_officer")
    assert refused.json()["code"] == "conflict_dismissed"
    looked = (await stage.by_officer("GET", "/conflicts"))["conflicts"]
    assert {each["application_id"]: each["confirmed_by"] for each in looked if each["confirmed_by"]} == {
        str(stage.applications[1]): str(stage.officer)
    }
    read = await stage.call("GET", "/conflicts", stage.authority, "deciding_authority")
    assert read.json()["conflicts"] == looked
    acted = await stage.call("POST", f"{kept}/confirmation", stage.authority, "deciding_authority")
    assert acted.status_code == 403
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
    newcomer = uuid4()
    await stage.grant(newcomer, "expert")
    found = await eventually(lambda: stage.by_officer("GET", "/candidates"), lambda found: found["candidates"])
    assert found["candidates"] == [{"member_id": str(newcomer), "college": "experts"}]
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


async def test_who_withdraws_after_the_closing_is_passed_over_and_named(stage: Stage) -> None:
    await stage.ready(applications=4, citizens=1, experts=1, places=1, reserve=1, extension_days=0)
    await stage.close()
    order = (await stage.by_officer("GET", "/results"))["order"]
    leaving = UUID(order[0])
    withdrawn = ApplicationWithdrawn(
        application_id=leaving, call_id=stage.call_id, owner_id=stage.owners[leaving], number="AIC-2021-000001"
    )
    await stage.tell(withdrawn, leaving)
    await eventually(lambda: stage.store.facts.left(stage.call_id))
    found = await stage.by_officer("GET", "/results")
    assert (found["left"], found["order"]) == ([str(leaving)], order)
    await stage.by_officer("POST", "/opinion", json={"present": [str(next(iter(stage.members)))], "minutes": "PV."})
    ready = (await stage.by_officer("GET", "/results"))["prepared"]
    assert (ready["selected"], ready["reserve"]) == ([order[1]], [order[2]])


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
