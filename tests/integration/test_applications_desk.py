"""The officers' desk over HTTP: files assigned and delegated, internal notes, what came on paper."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.people import PersonErased
from services.chassis.clock import SharedClock
from tests.applications import PERSON
from tests.desk import appointed, entry
from tests.platform import Elsewhere, archived, eventually
from tests.season import Season, Token, open_season


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def test_files_are_assigned_reassigned_and_delegated_with_dates(season: Season, others: Elsewhere) -> None:
    first, second = season.officer, await appointed(season, others)
    application = await season.submitted(season.someone())
    path, listed = f"/applications/{application}/assignment", f"/calls/{season.call_id}/applications"
    assert (await first.post(path, {"officer_id": str(first.id)}))["assigned_to"] == str(first.id)
    now = season.clock.now()
    absence = {"delegate_id": str(second.id), "starts_at": str(now), "ends_at": str(now + timedelta(days=7))}
    delegation = await first.post(f"/officers/{first.id}/delegations", absence, 201)
    (line,) = (await second.get(f"{listed}?officer={second.id}"))["applications"]
    assert (line["assigned_to"], line["effective_officer"]) == (str(first.id), str(second.id))
    assert (await first.get(f"{listed}?officer={first.id}"))["total"] == 1
    await second.post(f"/officers/{first.id}/delegations/{delegation['delegation_id']}/end")
    assert (await second.get(f"{listed}?officer={second.id}"))["total"] == 0
    await second.post(path, {"officer_id": str(second.id)})
    await second.post(path, {"officer_id": None})
    shown = await first.get(path)
    assert [each["officer_id"] for each in shown["changes"]] == [None, str(second.id), str(first.id)]
    assert (await first.get(f"{listed}?officer=nobody"))["total"] == 1
    events = await season.told("FileAssigned", 3)
    assert [(each["previous_id"], each["officer_id"]) for each in events] == [
        (None, str(first.id)), (str(first.id), str(second.id)), (str(second.id), None),
    ]  # fmt: skip
    assert (await season.told("FilesDelegated"))[0]["delegate_id"] == str(second.id)
    assert (await season.told("DelegationEnded"))[0]["ended_by"] == str(second.id)


async def test_a_delegation_begins_and_ends_at_its_dates(season: Season, others: Elsewhere) -> None:
    first, second = season.officer, await appointed(season, others)
    now = season.clock.now()
    absence = {"starts_at": str(now + timedelta(days=2)), "ends_at": str(now + timedelta(days=4))}
    await first.post(f"/officers/{first.id}/delegations", {"delegate_id": str(second.id), **absence}, 201)
    seen = []
    for day in (1, 3, 5):
        season.clock.move(now + timedelta(days=day))
        shown = {each["officer_id"]: each for each in (await first.get("/officers"))["officers"]}
        seen.append(shown[str(first.id)]["effective_officer"])
    assert seen == [str(first.id), str(second.id), str(first.id)]


async def test_who_may_be_given_which_file(season: Season, others: Elsewhere) -> None:
    first, second = season.officer, await appointed(season, others)
    mine, theirs = await season.submitted(season.someone()), season.someone()
    draft = await season.draft(theirs)
    path = f"/applications/{mine}/assignment"
    await first.refused("officer_unknown", "POST", path, {"officer_id": str(uuid4())})
    await theirs.refused("forbidden", "POST", path, {"officer_id": str(theirs.id)})
    await first.refused("not_found", "POST", f"/applications/{draft}/assignment", {"officer_id": str(first.id)})
    own = await season.submitted(second)
    await first.refused("own_application", "POST", f"/applications/{own}/assignment", {"officer_id": str(second.id)})
    ids = [mine, own, draft, str(uuid4())]
    many = {"officer_id": str(second.id), "application_ids": ids}
    done = await season.someone("administrator").post(f"/calls/{season.call_id}/assignments", many)
    assert done["assigned"] == 1
    assert [each["code"] for each in done["refused"]] == ["own_application", "not_found", "not_found"]
    assert (await season.someone().ask("GET", f"/applications/{mine}/assignment")).status_code == 403


async def test_a_note_is_for_officers_and_leaves_a_trace_when_deleted(season: Season, others: Elsewhere) -> None:
    first, second, owner = season.officer, season.someone("programme_officer"), season.someone()
    application = await season.submitted(owner)
    path = f"/applications/{application}/notes"
    note = await first.post(path, {"text": "Canary-Note about Canary-Person"}, 201, key="note")
    assert "text" not in note
    assert await first.post(path, {"text": "Canary-Note about Canary-Person"}, 201, key="note") == note
    later = await second.post(path, {"text": "Canary-Later"}, 201)
    shown = await second.get(path)
    assert [each["text"] for each in shown["notes"]] == ["Canary-Later", "Canary-Note about Canary-Person"]
    page = await first.get(f"{path}?limit=1")
    assert [each["text"] for each in (await first.get(f"{path}?before={page['next']}"))["notes"]] == [
        "Canary-Note about Canary-Person"
    ]
    await first.refused("author_only", "DELETE", f"{path}/{later['note_id']}")
    assert (await first.ask("DELETE", f"{path}/{note['note_id']}")).status_code == 200
    await first.refused("note_deleted", "DELETE", f"{path}/{note['note_id']}")
    trace = (await second.get(path))["notes"][1]
    assert (trace["text"], trace["author_id"], trace["deleted_by"]) == (None, str(first.id), str(first.id))
    assert trace["deleted_at"] >= trace["written_at"]


async def test_a_note_is_forgotten_with_the_applicant(season: Season, others: Elsewhere) -> None:
    owner = season.someone()
    path = f"/applications/{await season.submitted(owner)}/notes"
    await season.officer.post(path, {"text": "Canary-Note"}, 201)
    await others.happened(PersonErased(person_id=owner.id), owner.id, season.clock.now())

    async def texts() -> list[str | None]:
        return [each["text"] for each in (await season.officer.get(path))["notes"]]

    assert await eventually(texts, lambda found: found != ["Canary-Note"]) == [None]


async def test_notes_are_seen_by_nobody_else_and_kept_in_clear_nowhere(season: Season) -> None:
    owner = season.someone()
    application = await season.submitted(owner)
    path = f"/applications/{application}/notes"
    await season.officer.post(path, {"text": "Canary-Note"}, 201)
    for other in (owner, season.someone("deciding_authority"), season.someone("administrator"), season.someone()):
        await other.refused("forbidden", "GET", path)
    applying_officer = season.someone("programme_officer")
    own = await season.submitted(applying_officer)
    await season.officer.post(f"/applications/{own}/notes", {"text": "Canary-Note"}, 201)
    await applying_officer.refused("not_found", "GET", f"/applications/{own}/notes")
    for reader in (owner, season.officer, season.someone("deciding_authority")):
        assert "Canary-Note" not in str(await reader.get(f"/applications/{application}"))
    assert "canary" not in "".join(item.data for item in await archived(season.service)).lower()
    for name in ("notes", "applications", "officers"):
        kept = await season.service.database.collection(name).find({}).to_list(None)
        assert b"canary" not in repr(kept).lower().encode()


async def test_what_came_on_paper_is_entered_submitted_and_confirmed(season: Season) -> None:
    officer, owner = season.officer, season.someone()
    entered = await officer.post(f"/calls/{season.call_id}/applications/paper", entry(owner), 201)
    path = f"/applications/{entered['application_id']}"
    await officer.ask("PATCH", path, {"answers": {"title": "Typed by hand"}})
    colleague = season.someone("programme_officer")
    assert (await colleague.get(path))["contact"] == {"phone": "+33612345678", "address": "Canary-Street 1"}
    await colleague.refused("not_found", "POST", f"{path}/submit")
    await colleague.post(f"{path}/entry/taking-over")
    await officer.refused("not_found", "POST", f"{path}/submit")
    await colleague.post(f"{path}/submit")
    listed = f"/calls/{season.call_id}/applications"
    (line,) = (await officer.get(f"{listed}?unconfirmed=true"))["applications"]
    assert (line["channel"], line["confirmed"], line["title"]) == ("paper", False, "Typed by hand")
    assert (await owner.get("/applications"))["applications"][0]["confirmed"] is False
    await colleague.refused("owner_only", "POST", f"{path}/confirmation")
    await season.someone().refused("not_found", "POST", f"{path}/confirmation")
    await owner.post(f"{path}/confirmation")
    await owner.refused("already_confirmed", "POST", f"{path}/confirmation")
    assert (await owner.get(path))["editor_ids"] == [str(owner.id)]
    assert (await officer.get(f"{listed}?unconfirmed=true"))["total"] == 0
    event = (await season.told("ApplicationEntered"))[0]
    assert (event["owner_id"], event["entered_by"], event["channel"]) == (str(owner.id), str(officer.id), "paper")
    assert (await season.told("ApplicationConfirmed"))[0]["owner_id"] == str(owner.id)
    assert "canary" not in "".join(item.data for item in await archived(season.service)).lower()
    kept = await season.service.database.collection("applications").find({}).to_list(None)
    assert b"canary" not in repr(kept).lower().encode()


async def test_an_entry_is_refused_when_it_cannot_be(season: Season) -> None:
    officer, owner, path = season.officer, season.someone(), f"/calls/{season.call_id}/applications/paper"
    await owner.refused("forbidden", "POST", path, entry(owner))
    await officer.refused("own_application", "POST", path, entry(officer))
    for wrong in ("2021-11-30T23:00:00+01:00", "2021-12-19T08:00:00+01:00"):
        await officer.refused("received_outside_call", "POST", path, entry(owner, received_at=wrong))
    await officer.refused("invalid_request", "POST", path, entry(owner, channel="online"))
    await officer.post(path, entry(owner, channel="telephone"), 201)
    await officer.refused("application_exists", "POST", path, entry(owner))
    season.clock.move(season.clock.now() + timedelta(days=60))
    await officer.refused("deadline_passed", "POST", path, entry(season.someone()))
    online = await season.service.database.collection("applications").count_documents({"state.entry": None})
    assert online == 0


async def test_an_application_of_ones_own_has_nothing_to_confirm(season: Season) -> None:
    owner = season.someone()
    path = f"/applications/{await season.draft(owner, applicant=PERSON)}"
    await owner.refused("nothing_to_confirm", "POST", f"{path}/confirmation")
    assert (await owner.get(path))["entry"] is None
