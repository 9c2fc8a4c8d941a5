"""The pages around a round on real servers: a reader's queue and table, an officer's view of it, reminders, minutes."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.evaluation import SCHEDULE, Stage
from tests.platform import eventually


def sitting(stage: Stage) -> list[UUID]:
    return [member for member in stage.members if member not in stage.alternates.values()]


async def queue(stage: Stage, reader: UUID, query: str = "") -> Any:
    answer = await stage.by_member("GET", f"/ballots/mine{query}", reader)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_readers_queue_is_filtered_and_says_what_is_next(stage: Stage) -> None:
    await stage.ready(applications=6, citizens=1, experts=1)
    reader, other = sitting(stage)
    first, second, third, *_ = order = sorted(stage.applications)
    await stage.cast(reader, first)
    abstention = {"reason": "CANARI"}
    assert (await stage.by_member("POST", f"/ballots/{second}/abstention", reader, json=abstention)).is_success
    await stage.by_member("POST", "/conflicts", reader, json={"application_id": str(third)})
    whole = await queue(stage, reader)
    assert whole["progress"] == {"cast": 1, "abstained": 1, "empty": 3}
    assert (whole["total"], whole["conflicted"], whole["next_empty"]) == (5, 1, str(order[3]))
    assert (whole["college"], whole["quorum"], whole["status"]) == ("citizens", 50, "open")
    assert whole["closes_at"] == SCHEDULE.evaluation_closes_at.isoformat()
    assert {each["number"] for each in whole["ballots"]} == {"AIC-2021-000001"}
    for state, wanted in (("cast", [first]), ("abstained", [second]), ("conflicted", [third]), ("empty", order[3:])):
        found = await queue(stage, reader, f"?state={state}")
        assert [each["application_id"] for each in found["ballots"]] == [str(each) for each in wanted]
        assert {each["state"] for each in found["ballots"]} == {state}
        assert found["progress"] == whole["progress"]
    page = await queue(stage, reader, "?state=empty&limit=2")
    rest = await queue(stage, reader, f"?state=empty&limit=2&after={page['next']}")
    assert [each["application_id"] for each in (*page["ballots"], *rest["ballots"])] == [
        str(each) for each in order[3:]
    ]
    assert (rest["next"], page["matching"]) == (None, 3)
    places = [
        (await stage.by_member("GET", f"/ballots/{each}/place", reader)).json() for each in order if each != third
    ]
    assert [each["place"] for each in places] == [1, 2, 3, 4, 5]
    assert (places[0]["before"], places[1]["after"]) == (None, str(order[3]))
    assert (places[2]["before"], places[4]["after"]) == (str(second), None)
    assert (await queue(stage, other))["progress"]["empty"] == 6
    assert "CANARI" not in json.dumps(whole)


async def test_a_readers_table_holds_their_own_scores_only(stage: Stage) -> None:
    await stage.ready(applications=3, citizens=1, experts=1)
    reader, other = sitting(stage)
    for place, application in enumerate(sorted(stage.applications)[:2]):
        await stage.cast(reader, application, interest=5 - place, feasibility=4)
    await stage.cast(other, stage.applications[0], interest=0, feasibility=1)
    table = (await stage.by_member("GET", "/ballots/mine/scores", reader)).json()
    assert [each["scores"]["general_interest"] for each in table["ballots"]] == [5, 4]
    assert [each["points"] for each in table["ballots"]] == [100.0, 88.0]
    assert [each["code"] for each in table["criteria"]] == ["general_interest", "feasibility"]
    assert "Avis." not in json.dumps(table)
    first = (await stage.by_member("GET", "/ballots/mine/scores?limit=1", reader)).json()
    assert len(first["ballots"]) == 1
    assert first["next"] == first["ballots"][0]["application_id"]
    stranger = await stage.call("GET", "/ballots/mine/scores", uuid4(), "expert")
    assert (stranger.status_code, stranger.json()["code"]) == (404, "member_unknown")


async def test_an_officer_sees_loads_and_quorums_but_no_ballot(stage: Stage) -> None:
    await stage.ready(applications=2, citizens=2, experts=1)
    readers = sitting(stage)
    target = stage.applications[0]
    for reader in readers:
        await stage.cast(reader, target)
    far = await stage.by_officer("GET", "/progress")
    assert [(each["college"], each["assigned"], each["given"], each["missing"]) for each in far["colleges"]] == [
        ("citizens", 4, 2, 2),
        ("experts", 2, 1, 1),
    ]
    loads = {each["member_id"]: (each["assigned"], each["given"]) for each in far["members"]}
    assert {loads[str(reader)] for reader in readers} == {(2, 1)}
    reached = {each["application_id"]: each["quorum_reached"] for each in far["applications"]}
    assert reached == {str(target): True, str(stage.applications[1]): False}
    assert "scores" not in json.dumps(far)
    below = await stage.by_officer("GET", "/progress?below_quorum=true")
    assert [each["application_id"] for each in below["applications"]] == [str(stage.applications[1])]
    assert (await stage.call("GET", "/progress", readers[0], "citizen_panellist")).status_code == 403


async def test_late_members_are_reminded_once_a_day(stage: Stage) -> None:
    await stage.ready(applications=1, citizens=2, experts=0)
    diligent, late = sitting(stage)
    await stage.cast(diligent, stage.applications[0])
    assert await stage.by_officer("POST", "/reminders") == {"reminded": [str(late)], "reminded_lately": 0}
    assert await stage.by_officer("POST", "/reminders") == {"reminded": [], "reminded_lately": 1}
    told = await eventually(lambda: stage.events("MembersReminded"))
    assert [json.loads(item.data)["members"] for item in told] == [[str(late)]]
    stage.clock.move(stage.clock.now() + timedelta(days=1))
    again = await stage.by_officer("POST", "/reminders", json={"members": [str(diligent)]})
    assert again == {"reminded": [], "reminded_lately": 0}
    assert (await stage.by_officer("POST", "/reminders", json={"members": [str(late)]}))["reminded"] == [str(late)]
    member = next(each for each in (await stage.by_officer("GET", "/progress"))["members"] if each["missing"])
    assert member["reminded_at"] is not None


async def test_minutes_are_read_and_signed_by_those_who_were_there(stage: Stage) -> None:
    await stage.ready(applications=2, citizens=2, experts=0, extension_days=0)
    present, absent = sitting(stage)
    await stage.close()
    moved = {"application_id": str(stage.applications[1]), "rank": 1, "reason": "CANARI motif"}
    body = {"present": [str(present)], "moves": [moved], "minutes": "CANARI procès-verbal"}
    for broken in (moved | {"reason": " "}, {**moved, "reason": None}):
        assert (await _opinion(stage, body | {"moves": [broken]})).status_code == 422
    assert (await _opinion(stage, body | {"present": []})).status_code == 422
    assert (await _opinion(stage, body)).status_code == 201
    shown = (await stage.by_member("GET", "/minutes", present)).json()
    assert (shown["text"], shown["present"]) == ("CANARI procès-verbal", [str(present)])
    signed = await stage.by_member("POST", "/minutes/signature", present, json={"digest": shown["minutes_digest"]})
    assert signed.json()["signatures"] == 1
    again = await stage.by_member("POST", "/minutes/signature", present)
    assert again.json()["code"] == "minutes_already_signed"
    assert (await stage.by_member("GET", "/minutes", absent)).status_code == 404
    assert (await stage.by_member("POST", "/minutes/signature", absent)).json()["code"] == "may_not_sign"
    assert (await stage.by_officer("POST", "/minutes/signature"))["signatures"] == 2
    told = await eventually(lambda: stage.events("MinutesSigned"), lambda found: len(found) == 2)
    assert {json.loads(item.data)["signed_by"] for item in told} == {str(present), str(stage.officer)}
    assert "CANARI" not in "".join(item.data for item in await stage.events(""))
    assert "CANARI" not in str(await stage.service.database.collection("rounds").find_one({}))


async def _opinion(stage: Stage, body: Any) -> Any:
    return await stage.call("POST", "/opinion", stage.officer, "programme_officer", json=body)
