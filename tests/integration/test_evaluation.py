"""A round on real servers: from the frozen pool to the published ballots, over HTTP and Kafka."""

import json
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from contracts.applications import ApplicationFoundEligible, SelectionDeclined
from contracts.evaluation import AnnounceResults
from contracts.people import PersonErased, PersonRegistered
from services.evaluation.domain.conflicts import Person
from services.evaluation.domain.publication import verify
from tests.evaluation import SCHEDULE, Stage, name_of, submitted
from tests.platform import eventually


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
    ready = (await stage.by_officer("GET", "/results"))["prepared"]
    assert ready["selected"] == [str(stage.applications[0]), last]
    signing = {"delegation": "delegation_2021_12", "seen": "0" * 64}
    other = await stage.call("POST", "/decision", stage.authority, "deciding_authority", json=signing)
    assert (other.status_code, other.json()["code"]) == (409, "decision_changed")
    signing["seen"] = ready["digest"]
    signed = await stage.call("POST", "/decision", stage.authority, "deciding_authority", json=signing)
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
        if declining == UUID(announced["selected"][0]):
            await eventually(lambda: stage.events("PlaceOffered"))
    await eventually(lambda: stage.events("ReserveExhausted"))
    offers = [json.loads(item.data) for item in await stage.events("PlaceOffered")]
    assert [(offer["application_id"], offer["rank"]) for offer in offers] == [(announced["reserve"][0], 1)]


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


@pytest.mark.parametrize("first", ["applied", "erased"])
async def test_an_erased_person_leaves_no_traits(stage: Stage, first: str) -> None:
    """Applications and people are two topics: what they tell comes in either order."""
    traits = {"siren": "552100554", "mail_domain": "b" * 64}
    person, owner, application = uuid4(), uuid4(), uuid4()
    persons = stage.service.database.collection("persons")

    async def apply() -> None:
        await stage.tell(submitted(stage.call_id, application, owner, **traits), application)
        await eventually(lambda: stage.store.facts.owner(application))

    async def erase() -> None:
        for erased in (person, owner):
            await stage.tell(PersonErased(person_id=erased), erased)
            await eventually(partial(persons.find_one, {"_id": str(erased), "erased": True}))

    await stage.tell(PersonRegistered(person_id=person, commune="35238"), person)
    for step in (apply, erase) if first == "applied" else (erase, apply):
        await step()
    eligible = ApplicationFoundEligible(application_id=application, call_id=stage.call_id, rule="all_rules")
    await stage.tell(eligible, application)

    async def forgotten() -> bool:
        kept = await stage.store.facts.candidates(stage.call_id)
        return [(each.siren, each.mail_domain, each.commune) for each in kept] == [(None, None, None)]

    await eventually(forgotten)
    other = uuid4()
    for told in (person, other):
        await stage.tell(PersonRegistered(person_id=told, commune="35238"), person)
    await eventually(lambda: stage.store.facts.persons([other]), lambda known: known[0].commune == "35238")
    assert await stage.store.facts.persons([person]) == [Person(person, frozenset(), None, None)]
