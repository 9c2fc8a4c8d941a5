"""Messages with the programme, co-editors by invitation, and a person's own list, on real servers."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.people import PersonErased
from services.chassis.clock import SharedClock
from tests.applications import PERSON, answers
from tests.platform import archived, elsewhere, eventually
from tests.season import Season, Someone, Token, open_season

CANARY = "Canary-Words of a person, with <b>markup</b> and يمين"
ADDRESS = "canary.friend@example.org"


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def write(someone: Someone, application: str, text: str = CANARY) -> dict[str, Any]:
    return await someone.post(f"/applications/{application}/messages", {"text": text}, 201)


async def kept(season: Season) -> str:
    """Everything that the service keeps and has published."""
    database = season.service.database
    documents = [
        repr(document)
        for name in ("applications", "threads", "message_texts", "decision_batches")
        async for document in database.collection(name).find({})
    ]
    return "".join([*documents, *(item.data for item in await archived(season.service))]).lower()


async def test_an_applicant_and_the_programme_write_to_each_other(season: Season) -> None:
    owner, officer = season.someone(), season.officer
    application = await season.submitted(owner)
    path, waiting = f"/applications/{application}/messages", f"/calls/{season.call_id}/messages/unread"
    first = await owner.post(path, {"text": CANARY}, 201, key="first")
    assert first == await owner.post(path, {"text": CANARY}, 201, key="first")
    await owner.refused("idempotency_key_reused", "POST", path, {"text": "Another"}, key="first")
    (waits,) = (await officer.get(waiting))["applications"]
    assert (waits["application_id"], waits["unread"], waits["title"]) == (application, 1, "Canary-Title")
    shown = await officer.get(path)
    assert (shown["side"], shown["unread"], shown["messages"][0]["text"]) == ("programme", 1, CANARY)
    await officer.post(f"{path}/read", {"through": 1})
    assert (await officer.get(waiting))["applications"] == []
    await write(officer, application, "Canary-Answer")
    (mine,) = (await owner.get("/messages/unread"))["applications"]
    assert (mine["application_id"], mine["unread"]) == (application, 1)
    assert (await owner.get("/applications"))["applications"][0]["unread_messages"] == 1
    page = await owner.get(f"{path}?after=1&limit=1")
    assert [(each["number"], each["text"]) for each in page["messages"]] == [(2, "Canary-Answer")]
    await owner.post(f"{path}/read", {"through": 2})
    assert (await owner.get("/messages/unread"))["applications"] == []
    told = await season.told("MessageSent", 2)
    assert [(each["side"], each["recipients"]) for each in told] == [("applicant", []), ("programme", [str(owner.id)])]
    assert "canary" not in await kept(season)


async def test_messages_are_for_those_of_the_application_and_officers(season: Season) -> None:
    owner, stranger = season.someone(), season.someone("expert", "citizen_panellist", "deciding_authority")
    application = await season.submitted(owner)
    path = f"/applications/{application}/messages"
    await stranger.refused("not_found", "GET", path)
    await stranger.refused("not_found", "POST", path, {"text": "Mine"})
    await stranger.refused("not_found", "POST", f"{path}/read", {"through": 1})
    await stranger.refused("forbidden", "GET", f"/calls/{season.call_id}/messages/unread")
    started = await season.draft(season.someone())
    await season.officer.refused("not_found", "POST", f"/applications/{started}/messages", {"text": "Hello"})
    for wrong in ("", "   ", "x" * 5_001, 3, None):
        problem = await owner.refused("invalid_request", "POST", path, {"text": wrong})
        assert problem["field"] == "text"


async def test_unread_lists_are_paged_the_longest_waiting_first(season: Season) -> None:
    written = []
    for _ in range(3):
        owner = season.someone()
        written.append(await season.submitted(owner))
        await write(owner, written[-1])
    path = f"/calls/{season.call_id}/messages/unread"
    first = await season.officer.get(path, params={"limit": 2})
    second = await season.officer.get(path, params={"limit": 2, "after": first["next"]})
    assert [each["application_id"] for page in (first, second) for each in page["applications"]] == written
    assert (second["next"], first["total"], second["total"]) == (None, 3, 3)


async def test_words_go_with_whom_they_belong_to(season: Season) -> None:
    owner, member = season.someone(), season.someone()
    application = await season.submitted(owner)
    await owner.post(f"/applications/{application}/members", {"person_id": str(member.id)}, 201)
    for someone in (owner, member, season.officer):
        await write(someone, application)
    path = f"/applications/{application}/messages"

    async def texts() -> list[str | None]:
        return [each["text"] for each in (await season.officer.get(path))["messages"]]

    async with elsewhere(season.service.settings.kafka_bootstrap_servers) as others:
        await others.happened(PersonErased(person_id=member.id), member.id, season.clock.now())
        await eventually(texts, lambda found: found == [CANARY, None, CANARY])
        await others.happened(PersonErased(person_id=owner.id), owner.id, season.clock.now())
        await eventually(texts, lambda found: found == [None, None, None])
    await season.officer.refused("person_erased", "POST", path, {"text": "Too late"})


async def test_a_friend_becomes_an_editor_by_a_link_that_works_once(season: Season) -> None:
    owner, friend = season.someone(), season.someone()
    application = await season.draft(owner)
    path = f"/applications/{application}/invitations"
    body = {"email": ADDRESS, "may_submit": True}
    invitation = await owner.post(path, body, 201, key="friend")
    assert invitation == await owner.post(path, body, 201, key="friend")
    link = f"/invitations/{invitation['token']}"
    assert (await owner.get(path))["invitations"][0]["email"] == ADDRESS
    assert invitation["token"] not in await kept(season)
    assert "canary" not in await kept(season)
    shown = await friend.get(link)
    assert (shown["title"], shown["call"]["number"]) == ("Canary-Title", "AIC-2021")
    assert shown["invited_by"] == str(owner.id)
    await friend.refused("not_found", "GET", f"/applications/{application}")
    assert (await friend.post(f"{link}/acceptance", key="yes"))["application_id"] == application
    assert (await friend.post(f"{link}/acceptance", key="yes"))["application_id"] == application
    await friend.ask("PATCH", f"/applications/{application}", {"answers": {"title": "Ours"}})
    assert (await friend.post(f"/applications/{application}/submit"))["number"]
    await season.someone().refused("invitation_used", "POST", f"{link}/acceptance")
    (listed,) = (await owner.get(path))["invitations"]
    assert (listed["state"], listed["email"], listed["accepted_by"]) == ("accepted", ADDRESS, str(friend.id))
    await owner.ask("DELETE", f"/applications/{application}/members/{friend.id}")
    (listed,) = (await owner.get(path))["invitations"]
    assert listed["email"] is None
    await friend.refused("invitation_used", "POST", f"{link}/acceptance")
    assert (await season.told("InvitationAccepted"))[0]["editor_id"] == str(friend.id)
    assert "canary" not in await kept(season)


async def test_the_address_of_an_editor_goes_when_they_are_erased(season: Season) -> None:
    owner, friend = season.someone(), season.someone()
    path = f"/applications/{await season.draft(owner)}/invitations"
    token = (await owner.post(path, {"email": ADDRESS}, 201))["token"]
    await friend.post(f"/invitations/{token}/acceptance")

    async def address() -> str | None:
        (listed,) = (await owner.get(path))["invitations"]
        return listed["email"]

    assert await address() == ADDRESS
    async with elsewhere(season.service.settings.kafka_bootstrap_servers) as others:
        await others.happened(PersonErased(person_id=friend.id), friend.id, season.clock.now())
        await eventually(address, lambda found: found is None)


async def test_links_that_cannot_be_used_say_why(season: Season) -> None:
    owner, friend = season.someone(), season.someone()
    path = f"/applications/{await season.draft(owner)}/invitations"
    first, second = [await owner.post(path, {"email": ADDRESS}, 201) for _ in range(2)]
    assert first["token"] != second["token"]
    await owner.refused("already_editor", "POST", f"/invitations/{first['token']}/acceptance")
    await friend.refused("not_found", "GET", path)
    await friend.refused("not_found", "POST", path, {"email": ADDRESS})
    await friend.refused("not_found", "DELETE", f"{path}/{first['invitation_id']}")
    assert (await owner.ask("DELETE", f"{path}/{first['invitation_id']}")).json()["state"] == "revoked"
    await friend.refused("invitation_revoked", "POST", f"/invitations/{first['token']}/acceptance")
    await friend.refused("invitation_unknown", "GET", f"/invitations/{'0' * 64}")
    await owner.refused("invalid_request", "POST", path, {"email": "nobody"})
    season.clock.advance(timedelta(days=14, seconds=1))
    for someone in (friend, owner):
        await someone.refused("invitation_expired", "GET", f"/invitations/{second['token']}")
    await friend.refused("invitation_expired", "POST", f"/invitations/{second['token']}/acceptance")


async def test_two_people_with_the_same_link_do_not_both_come_in(season: Season) -> None:
    owner, people = season.someone(), [season.someone() for _ in range(4)]
    application = await season.draft(owner)
    token = (await owner.post(f"/applications/{application}/invitations", {"email": ADDRESS}, 201))["token"]
    codes = [(await each.ask("POST", f"/invitations/{token}/acceptance")).status_code for each in people]
    assert sorted(codes) == [200, 410, 410, 410]
    assert len((await owner.get(f"/applications/{application}"))["editor_ids"]) == 2


async def test_two_people_at_one_draft_both_win_and_a_stale_page_is_refused(season: Season) -> None:
    owner, member = season.someone(), season.someone()
    path = f"/applications/{await season.draft(owner)}"
    await owner.post(f"{path}/members", {"person_id": str(member.id)}, 201)
    version = (await owner.get(path))["version"]
    mine = await owner.ask("PATCH", path, {"answers": {"title": "Mine"}, "version": version})
    theirs = await member.ask("PATCH", path, {"applicant": {"given_name": "Theirs"}, "version": version})
    assert (mine.status_code, theirs.status_code, theirs.json()["meanwhile"]) == (200, 200, ["title"])
    stale = await member.refused("version_mismatch", "PATCH", path, {"answers": {"title": "Old"}, "version": version})
    assert (stale["allowed"], stale["problems"]) == (
        theirs.json()["version"],
        [{"field": "title", "code": "saved_meanwhile"}],
    )
    shown = await owner.get(path)
    assert (shown["answers"]["title"], shown["applicant"]) == ("Mine", PERSON | {"given_name": "Theirs"})


async def test_my_applications_say_what_comes_next_page_by_page(season: Season) -> None:
    owner, officer = season.someone(), season.officer
    sent = await season.submitted(owner, public_page=None)
    season.clock.advance(timedelta(seconds=1))
    path, member = f"/applications/{sent}", season.someone()
    own = await season.draft(member, title=None)
    season.clock.advance(timedelta(seconds=1))
    await owner.post(f"{path}/members", {"person_id": str(member.id)}, 201)
    page = await member.get("/applications?limit=1")
    assert [(each["application_id"], each["next_step"]) for each in page["applications"]] == [(own, "finish")]
    page = await member.get("/applications", params={"limit": 1, "after": page["next"]})
    (line,) = page["applications"]
    assert (line["application_id"], line["next_step"], line["owner"], page["next"]) == (sent, "wait", False, None)
    asked = await officer.post(f"{path}/correction-requests", {"fields": ["public_page"]}, 201)
    (line,) = (await owner.get("/applications"))["applications"]
    assert (line["next_step"], line["deadline"]) == ("answer_correction", asked["due_at"].replace("+00:00", "Z"))
    await member.ask("PATCH", f"/applications/{own}", {"answers": answers(), "applicant": PERSON})
    lines = (await member.get("/applications"))["applications"]
    assert [line["next_step"] for line in lines] == ["submit", "answer_correction"]
    assert (await season.someone().get("/applications"))["applications"] == []
    assert (await owner.get("/applications", params={"after": str(uuid4())}))["applications"] != []
