"""applications over HTTP, on real servers: calls, drafts, submissions and instruction, and the events that tell of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import pytest

from services.chassis.clock import SharedClock
from tests.applications import PERSON, answers, definition
from tests.platform import archived
from tests.season import Season, Token, open_season

CLOSES_AT = datetime.fromisoformat("2021-12-20T18:00:00+01:00")


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def test_a_call_is_published_read_by_all_and_extended_but_never_shortened(season: Season) -> None:
    read = (await season.http.get(f"/calls/{season.call_id}")).json()
    assert (read["number"], read["phase"]) == ("AIC-2021", "open")
    assert [call["call_id"] for call in (await season.http.get("/calls")).json()["calls"]] == [season.call_id]
    officer, path = season.officer, f"/calls/{season.call_id}/deadline"
    await officer.refused("call_number_taken", "POST", "/calls", definition())
    await officer.refused("not_yet_supported", "POST", "/calls", definition(kind="rolling"))
    earlier = {"closes_at": "2021-12-19T18:00:00+01:00", "reason": "outage"}
    await officer.refused("deadline_shortened", "POST", path, earlier)
    await officer.post(path, earlier | {"closes_at": "2021-12-22T18:00:00+01:00"})
    await season.someone("applicant").refused("forbidden", "POST", path, earlier)
    season.clock.move(CLOSES_AT + timedelta(hours=1))
    await season.submitted(season.someone())
    assert (await season.told("CallDeadlineExtended"))[0]["reason"] == "outage"
    assert (await season.told("CallPublished"))[0]["criteria"][0]["weight"] == 60


async def test_one_application_from_draft_to_receipt(season: Season) -> None:
    owner = season.someone()
    created = await owner.post(f"/calls/{season.call_id}/applications", {"kind": "person"}, 201)
    path = f"/applications/{created['application_id']}"
    saved = await owner.ask("PATCH", path, {"answers": answers(title=None), "version": created["version"]})
    assert saved.status_code == 200
    stale = {"answers": {"purpose": "Another"}, "version": created["version"]}
    mismatch = await owner.refused("version_mismatch", "PATCH", path, stale)
    assert (mismatch["allowed"], mismatch["problems"][0]["field"]) == (saved.json()["version"], "purpose")
    await owner.refused("version_mismatch", "PATCH", path, {"answers": {}}, headers={"If-Match": '"1"'})
    problem = await owner.refused("application_invalid", "POST", f"{path}/submit")
    assert {"field": "title", "code": "required"} in problem["problems"]
    await owner.ask("PATCH", path, {"answers": {"title": "Canary-Title"}, "applicant": PERSON})
    receipt = await owner.post(f"{path}/submit")
    assert receipt["number"] == "AIC-2021-000001"
    assert receipt == await owner.post(f"{path}/submit")
    full = await owner.get(f"{path}/receipt")
    assert full["content_digest"] == receipt["content_digest"]
    assert full["remedies"]["en"] == "Appeal within two months"
    await owner.refused("wrong_state", "PATCH", path, {"answers": {"title": "Too late"}})
    events = await season.told("ApplicationSubmitted")
    assert events[0]["number"] == receipt["number"]
    assert "canary" not in "".join(item.data for item in await archived(season.service)).lower()
    document = await season.service.database.collection("applications").find_one({})
    assert b"canary" not in repr(document).lower().encode()


async def test_two_submissions_at_once_give_one_number_and_numbers_are_unique(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    both = await asyncio.gather(*(owner.post(f"/applications/{application}/submit") for _ in range(5)))
    assert len({receipt["number"] for receipt in both}) == 1
    owners = [season.someone() for _ in range(12)]
    drafts = await asyncio.gather(*(season.draft(each) for each in owners))
    receipts = await asyncio.gather(
        *(each.post(f"/applications/{one}/submit") for each, one in zip(owners, drafts, strict=True))
    )
    assert len({receipt["number"] for receipt in receipts} | {both[0]["number"]}) == 13
    assert len(await season.told("ApplicationSubmitted", 13)) == 13


async def test_one_second_late_is_late(season: Season) -> None:
    owner = season.someone()
    application = await season.draft(owner)
    season.clock.move(CLOSES_AT + timedelta(seconds=1))
    problem = await owner.refused("deadline_passed", "POST", f"/applications/{application}/submit")
    assert datetime.fromisoformat(problem["allowed"]["closes_at"]) == CLOSES_AT
    start = f"/calls/{season.call_id}/applications"
    await season.someone().refused("deadline_passed", "POST", start, {"kind": "person"})
    season.clock.move(CLOSES_AT - timedelta(seconds=60))
    await owner.post(f"/applications/{application}/submit")


async def test_bad_input_gets_a_clear_answer_and_loses_nothing(season: Season) -> None:
    owner = season.someone()
    start = f"/calls/{season.call_id}/applications"
    application = await season.draft(owner)
    path = f"/applications/{application}"
    broken = await season.http.patch(
        path,
        content=b"{not json",
        headers={"Authorization": f"Bearer {season.token(owner.id)}", "Content-Type": "application/json"},
    )
    assert broken.json()["code"] == "malformed_json"
    await owner.refused("invalid_request", "POST", start, {"kind": "person", "unknown": 1})
    await owner.refused("answers_invalid", "PATCH", path, {"answers": {"own_cents": "many"}})
    await owner.refused("application_exists", "POST", start, {"kind": "person"})
    await owner.refused("kind_not_allowed", "POST", start, {"kind": "operator"})
    await owner.refused("not_yet_supported", "POST", start, {"kind": "person", "channel": "paper"})
    await season.someone().refused("not_found", "GET", path)
    assert (await season.http.get(path)).json()["code"] == "unauthenticated"
    assert (await owner.get(path))["answers"] == answers()


async def test_a_repeated_request_gets_the_first_answer_and_another_body_is_refused(season: Season) -> None:
    owner, start = season.someone(), f"/calls/{season.call_id}/applications"
    first = await owner.post(start, {"kind": "person"}, 201, key="one")
    assert first == await owner.post(start, {"kind": "person"}, 201, key="one")
    await owner.refused("idempotency_key_reused", "POST", start, {"kind": "collective"}, key="one")
    path = f"/applications/{first['application_id']}"
    await owner.ask("PATCH", path, {"answers": answers(), "applicant": PERSON})
    receipt = await owner.post(f"{path}/submit", key="submit")
    assert receipt == await owner.post(f"{path}/submit", key="submit")
    assert (await owner.get("/applications"))["applications"][0]["number"] == receipt["number"]


async def test_members_edit_and_submit_with_consent(season: Season) -> None:
    owner, member = season.someone(), season.someone()
    application = await season.draft(owner)
    path = f"/applications/{application}"
    await member.refused("not_found", "PATCH", path, {"answers": {"title": "Mine"}})
    await owner.post(f"{path}/members", {"person_id": str(member.id)}, 201)
    await member.ask("PATCH", path, {"answers": {"title": "Ours"}})
    await member.refused("consent_missing", "POST", f"{path}/submit")
    await member.refused("owner_only", "POST", f"{path}/withdrawal")
    await owner.post(f"{path}/members", {"person_id": str(member.id), "may_submit": True}, 201)
    assert (await member.post(f"{path}/submit"))["number"]
    assert (await owner.get(path))["answers"]["title"] == "Ours"


async def test_instruction_of_a_whole_call_by_rule_and_by_officer(season: Season) -> None:
    officer, owners = season.officer, [season.someone() for _ in range(4)]
    good = await season.submitted(owners[0])
    elsewhere_ = await season.submitted(owners[1], departement="13")
    incomplete = await season.submitted(owners[2], public_page=None)
    asked = await season.submitted(owners[3], public_page=None)
    request = await officer.post(f"/applications/{asked}/correction-requests", {"fields": ["public_page"]}, 201)
    assert request["due_at"].startswith("2021-12-08T23:59:59")
    counts = await officer.post(f"/calls/{season.call_id}/instruction")
    assert (counts["eligible"], counts["ineligible"], counts["inadmissible"], counts["remaining"]) == (1, 1, 1, 0)
    await owners[3].refused(
        "field_not_correctable", "POST", f"/applications/{asked}/corrections", {"answers": {"title": "X"}}
    )
    await owners[3].post(f"/applications/{asked}/corrections", {"answers": {"public_page": "https://example.org"}})
    again = await officer.post(f"/calls/{season.call_id}/instruction")
    assert (again["eligible"], again["inadmissible"]) == (1, 0)
    decision = {"decision": "eligible", "rule": "officer_assessment", "reason": "Canary-Reason"}
    await officer.post(f"/applications/{elsewhere_}/decisions/2/correction", decision, 201)
    shown = await owners[1].get(f"/applications/{elsewhere_}")
    assert [each["reason"] for each in shown["decisions"]] == [None, None, "Canary-Reason"]
    assert shown["decisions"][1]["replaced"]
    assert (await season.told("DecisionCorrected"))[0]["replaced"] == "ineligible"
    assert (await season.told("ApplicationFoundInadmissible"))[0]["rule"] == "complete"
    listed = await officer.get(f"/calls/{season.call_id}/applications?status=eligible")
    assert [each["application_id"] for each in listed["applications"]] == [good, elsewhere_, asked]
    assert listed["next"] is None
    page = await officer.get(f"/calls/{season.call_id}/applications?limit=2")
    assert [len(page["applications"]), page["next"]] == [2, 2]
    assert (await season.status(incomplete, "inadmissible"))["decisions"][0]["failed"] == ["complete"]
    assert "canary" not in "".join(item.data for item in await archived(season.service)).lower()
