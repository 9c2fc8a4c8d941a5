"""Ballots that may not be: unassigned, conflicted, off the scale, too late; and those that stand beside them untouched."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

from tests.evaluation import Stage

RIGHT = {"scores": {"general_interest": 3, "feasibility": 2}}


def scores(**changes: Any) -> dict[str, Any]:
    return {"scores": {**RIGHT["scores"], **changes}}


async def put(stage: Stage, member: UUID, application: UUID, body: Any, status: int, code: str) -> None:
    answer = await stage.by_member("PUT", f"/ballots/{application}", member, json=body)
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def cast(stage: Stage, member: UUID, application: UUID) -> dict[str, Any]:
    found: dict[str, Any] = (await stage.by_member("GET", f"/ballots/{application}", member)).json()
    return found


async def test_a_score_off_the_scale_leaves_the_ballot_as_it_was(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=1, experts=1)
    reader, application = next(iter(stage.members)), stage.applications[0]
    assert (await stage.cast(reader, application)).status_code == 200
    before = await cast(stage, reader, application)
    for score in (-1, 6, 10**30):
        await put(stage, reader, application, scores(general_interest=score), 422, "score_off_scale")
    await put(stage, reader, application, scores(feasibility=0), 422, "score_off_scale")
    for score in (3.0, 2.5, "3", True, None, [3]):
        await put(stage, reader, application, scores(general_interest=score), 422, "invalid_request")
    await put(stage, reader, application, scores(charm=1), 422, "scores_refused")
    await put(stage, reader, application, {"scores": {}}, 422, "scores_refused")
    await put(stage, reader, application, RIGHT | {"comment": "x" * 4_001}, 422, "invalid_request")
    assert await cast(stage, reader, application) == before


async def test_whom_nothing_was_assigned_casts_nothing(stage: Stage) -> None:
    await stage.ready(applications=2, citizens=2, experts=2, readings_per_college=1)
    place = {member: await stage.by_member("GET", "/ballots/mine", member) for member in stage.members}
    mine = {
        member: {each["application_id"] for each in answer.json()["ballots"]}
        for member, answer in place.items()
        if answer.is_success
    }
    every = {str(each) for each in stage.applications}
    member = next(member for member, own in mine.items() if own and own != every)
    (foreign, *_) = sorted(every - mine[member])
    await put(stage, member, UUID(foreign), RIGHT, 404, "ballot_unknown")
    await put(stage, member, uuid4(), RIGHT, 404, "ballot_unknown")
    alternate = stage.alternates["citizens"]
    await put(stage, alternate, stage.applications[0], RIGHT, 404, "ballot_unknown")
    abstained = await stage.by_member("POST", f"/ballots/{foreign}/abstention", member, json={"reason": "Non."})
    assert (abstained.status_code, abstained.json()["code"]) == (404, "ballot_unknown")
    assert (await stage.by_member("GET", f"/ballots/{foreign}", member)).json()["code"] == "ballot_unknown"
    assert await stage.service.database.collection("ballots").count_documents({"state": {"$ne": "empty"}}) == 0


async def test_a_conflicted_reader_neither_casts_nor_reads_nor_abstains(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=2, experts=1)
    (reader, other, *_), application = list(stage.members), stage.applications[0]
    assert (await stage.cast(reader, application)).status_code == 200
    declared = await stage.by_member("POST", "/conflicts", reader, json={"application_id": str(application)})
    assert declared.status_code == 201
    await put(stage, reader, application, RIGHT, 403, "conflicted")
    answer = await stage.by_member("POST", f"/ballots/{application}/abstention", reader, json={"reason": "Non."})
    assert (answer.status_code, answer.json()["code"]) == (403, "conflicted")
    assert (await stage.cast(other, application)).status_code == 200
    assert (await stage.by_member("GET", "/ballots/mine", reader)).json()["ballots"] == []


async def test_after_the_closing_nothing_changes_what_was_counted(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=1, experts=1)
    (citizen, expert, *_), application = list(stage.members), stage.applications[0]
    assert (await stage.cast(citizen, application)).status_code == 200
    await stage.close(final=True)
    before = (await stage.by_officer("GET", ""))["counted"]
    for member in (citizen, expert):
        await put(stage, member, application, RIGHT, 409, "round_closed")
        answer = await stage.by_member("POST", f"/ballots/{application}/abstention", member, json={"reason": "Non."})
        assert (answer.status_code, answer.json()["code"]) == (409, "round_closed")
    assert (await stage.by_officer("GET", ""))["counted"] == before == 1


async def test_one_ballot_however_often_and_at_once_it_is_cast(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=1, experts=1)
    reader, application = next(iter(stage.members)), stage.applications[0]
    answers = await asyncio.gather(*(stage.cast(reader, application, interest) for interest in (0, 1, 2, 3, 4, 5)))
    assert {answer.status_code for answer in answers} == {200}
    ballots = stage.service.database.collection("ballots")
    assert await ballots.count_documents({"state": "cast"}) == 1
