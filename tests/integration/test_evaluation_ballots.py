"""Ballots on real servers: bad ones, races with the closing, assignments left half done, strangers at every door."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.evaluation import CloseRound
from services.evaluation.commands import AssignApplications
from services.evaluation.domain.ballots import Content
from services.evaluation.domain.rounds import begin_assignment
from services.evaluation.handlers.assignment import assign_applications
from tests.evaluation import SCHEDULE, Stage
from tests.platform import eventually


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


async def test_an_assignment_that_a_dead_process_left_is_carried_out(stage: Stage) -> None:
    await stage.open_call(4)
    await stage.freeze()
    await stage.seat(2, 2)
    command = AssignApplications(command_id=uuid4(), round_id=stage.call_id, by=stage.officer)
    await stage.store.decide(stage.call_id, command, lambda state: begin_assignment(state, command))
    done = await eventually(lambda: stage.store.round(stage.call_id), lambda found: found.runs == 1)
    assert done.assigning is None
    assert await stage.service.database.collection("ballots").count_documents({}) == 16


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
        ("POST", f"/conflicts/{member}/{application}/confirmation", None),
        ("GET", "/candidates", None),
        ("GET", f"/ballots/{application}/place", None),
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
