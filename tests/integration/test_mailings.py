"""What officers write to a list of persons, on real servers: looked at first, sent once to each, never in a log or a list."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import structlog

from contracts.applications import ApplicationDrafted, ApplicationWithdrawn
from contracts.calls import CallDeadlineExtended
from contracts.coaching import CycleMessageSent
from contracts.evaluation import MembersReminded
from contracts.funding import AgreementClosed
from contracts.people import PersonErased
from services.notifications import main
from tests.conftest import SEASON_START
from tests.mailing import CALL, Headers, MailServer, happen, put_contact, settled, submitted
from tests.platform import Elsewhere, eventually, serving

OFFICER = UUID(int=8)
WORDS = {
    "label": "canary-label",
    "fr": {"subject": "canary-objet <b>", "text": "canary-un & deux\n\ncanary-trois"},
    "en": {"subject": "canary-subject", "text": "canary-text"},
}


@pytest.fixture
def staff(as_: Headers) -> dict[str, str]:
    return as_(OFFICER, "programme_officer")


async def drafted(api: httpx.AsyncClient, staff: dict[str, str], persons: list[UUID], **given: Any) -> str:
    body = {**WORDS, "recipients": [str(each) for each in persons], **given}
    answer = await api.post("/mailings", json=body, headers=staff)
    assert answer.status_code == 201, answer.text
    assert "canary" not in answer.text
    return str(answer.json()["mailing_id"])


async def shown(api: httpx.AsyncClient, staff: dict[str, str], mailing: str) -> Any:
    return (await api.get(f"/mailings/{mailing}", headers=staff)).json()


async def sent(api: httpx.AsyncClient, staff: dict[str, str], mailing: str) -> Any:
    return await eventually(lambda: shown(api, staff, mailing), lambda found: found["status"] == "sent")


async def statuses(api: httpx.AsyncClient, staff: dict[str, str]) -> list[str]:
    return [each["status"] for each in (await api.get("/mailings", headers=staff)).json()["items"]]


async def test_a_mailing_is_looked_at_and_goes_once_to_each(
    smtp: MailServer, others: Elsewhere, as_: Headers, staff: dict[str, str]
) -> None:
    french, english, muted, unknown, erased = persons = [uuid4() for _ in range(5)]
    service = await main.build()
    async with serving(service) as api:
        for person in (french, muted, erased):
            await put_contact(api, as_, person)
        await put_contact(api, as_, english, language="en")
        await api.put(f"/contacts/{muted}/preferences", json={"muted": ["mailing"]}, headers=as_(muted))
        await happen(others, PersonErased(person_id=erased), erased)
        contacts = service.database.collection("contacts")
        await eventually(lambda: contacts.count_documents({"state.erased": True}))
        with structlog.testing.capture_logs() as logs:
            mailing = await drafted(api, staff, [*persons, french])
            preview = (await api.get(f"/mailings/{mailing}/preview", headers=staff)).json()
            assert (preview["recipients"], preview["told"]) == (5, 2)
            assert preview["languages"] == {"fr": 1, "en": 1}
            assert (preview["no_contact"], preview["opted_out"], preview["erased"]) == (1, 1, 1)
            assert "canary-objet &lt;b&gt;" in preview["mails"]["fr"]["html"]
            assert "canary-un & deux\n\ncanary-trois" in preview["mails"]["fr"]["text"]
            assert smtp.received == []
            assert await statuses(api, staff) == ["draft"]
            for _ in range(2):
                await api.post(f"/mailings/{mailing}/send", headers={**staff, "Idempotency-Key": "a"})
            done = await sent(api, staff, mailing)
            assert done["states"] == {"sent": 2, "no_contact": 1, "muted": 1, "cancelled": 1}
            assert await statuses(api, staff) == ["sent"]
        log = (await api.get(f"/mailings/{mailing}/recipients", headers=staff)).json()["items"]
        assert {item["person_id"]: item["state"] for item in log} == {
            str(french): "sent", str(english): "sent", str(muted): "muted", str(unknown): "no_contact", str(erased): "cancelled",
        }  # fmt: skip
        failed = await api.get(f"/mailings/{mailing}/recipients?state=no_contact&limit=1", headers=staff)
        assert failed.json() == {
            "items": [log[[item["person_id"] for item in log].index(str(unknown))]],
            "next": str(unknown),
        }
        await put_contact(api, as_, unknown)
        assert {str(mail["Subject"]) for mail in smtp.received} == {"canary-objet <b>", "canary-subject"}
        assert len(smtp.ids()) == len(set(smtp.ids())) == 2
        again = await api.post(f"/mailings/{mailing}/send", headers=staff)
        assert (again.status_code, again.json()["code"]) == (409, "not_draft")
        for name in ("mailings", "notices", "mailing_recipients"):
            assert "canary" not in str(await service.database.collection(name).find({}).to_list(None))
    assert "canary" not in str(logs)


async def test_a_draft_is_cancelled_and_what_leaves_is_not(
    as_: Headers, staff: dict[str, str], smtp: MailServer
) -> None:
    async with serving(await main.build()) as api:
        first, second = await drafted(api, staff, [uuid4()]), await drafted(api, staff, [uuid4()])
        assert (await api.post(f"/mailings/{first}/cancel", headers=staff)).json()["status"] == "cancelled"
        assert (await api.post(f"/mailings/{first}/send", headers=staff)).json()["code"] == "not_draft"
        await api.post(f"/mailings/{second}/send", headers=staff)
        assert (await api.post(f"/mailings/{second}/cancel", headers=staff)).json()["code"] == "not_draft"
        page = (await api.get("/mailings?limit=1", headers=staff)).json()
        assert [item["mailing_id"] for item in page["items"]] == [second]
        rest = (await api.get(f"/mailings?after={page['next']}", headers=staff)).json()
        assert [(item["mailing_id"], item["label"]) for item in rest["items"]] == [(first, "canary-label")]
        wrong = [
            {"recipients": []}, {"recipients": [str(uuid4())] * 5_001}, {"label": "two\nlines"},
            {"fr": {"subject": "a\r\nBcc: b@c.fr", "text": "x"}}, {"en": {"subject": "a", "text": " "}},
        ]  # fmt: skip
        for given in wrong:
            body = {**WORDS, "recipients": [str(uuid4())], **given}
            assert (await api.post("/mailings", json=body, headers=staff)).status_code == 422, given
        assert (await api.get(f"/mailings/{first}", headers=as_(uuid4(), "administrator", "mentor"))).status_code == 403
        assert (await api.get(f"/mailings/{uuid4()}/preview", headers=staff)).status_code == 404


async def test_a_mailing_that_a_stop_cut_short_goes_on_where_it_was(
    smtp: MailServer,
    as_: Headers,
    staff: dict[str, str],
    service_environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TREMPLIN_MAILINGS_PER_SECOND", "8")
    persons = [uuid4() for _ in range(16)]
    async with serving(await main.build()) as api:
        for person in persons:
            await put_contact(api, as_, person)
        mailing = await drafted(api, staff, persons)
        await api.post(f"/mailings/{mailing}/send", headers=staff)
        await eventually(lambda: _number(smtp))
        begun = await shown(api, staff, mailing)
        assert begun["status"] in ("queueing", "sending")
    assert len(smtp.received) < len(persons)
    async with serving(await main.build()) as api:
        done = await sent(api, staff, mailing)
        assert done["states"] == {"sent": 16}
    assert len(smtp.ids()) == len(set(smtp.ids())) == 16


async def _number(smtp: MailServer) -> int:
    return len(smtp.received)


def extension() -> CallDeadlineExtended:
    return CallDeadlineExtended(call_id=CALL, closes_at=SEASON_START, reason="outage")


async def test_a_later_deadline_is_told_to_who_has_a_draft_or_an_application(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    service = await main.build()
    drafting, applying, gone, late = (uuid4() for _ in range(4))
    application, left = submitted(applying), uuid4()
    async with serving(service) as api:
        draft = ApplicationDrafted(application_id=uuid4(), call_id=CALL, owner_id=drafting)
        await happen(others, draft, draft.application_id)
        await happen(others, application, application.application_id)
        await happen(others, ApplicationDrafted(application_id=left, call_id=CALL, owner_id=gone), left)
        await happen(others, ApplicationWithdrawn(application_id=left, call_id=CALL, owner_id=gone, number=None), left)
        candidates = service.database.collection("candidates")
        await eventually(lambda: candidates.count_documents({}), lambda found: found == 3)
        await eventually(lambda: candidates.count_documents({"left": True}))
        await happen(others, extension(), CALL)
        behind = ApplicationDrafted(application_id=uuid4(), call_id=CALL, owner_id=late)
        await happen(others, behind, behind.application_id)

        async def told() -> set[str]:
            found = service.database.collection("notices").find({"reason": "call_deadline_extended"})
            return {one["person_id"] async for one in found}

        await eventually(told, lambda found: found == {str(drafting), str(applying), str(late)})
        await settled(api, as_, no_contact=4)


async def test_what_was_never_told_before_is_told(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    person, subject = uuid4(), uuid4()
    events = (
        AgreementClosed(agreement_id=subject, paid_cents=1, owners=(person,)),
        MembersReminded(
            round_id=subject, call_id=subject, closes_at=SEASON_START, reminded_by=uuid4(), members=(person,)
        ),
        CycleMessageSent(
            initiative_id=subject, message_id=uuid4(), author_id=uuid4(), recipients=(person,), sent_at=SEASON_START
        ),
    )
    async with serving(await main.build()) as api:
        for event in events:
            await happen(others, event, subject)
        await settled(api, as_, no_contact=3)
        summary = (await api.get("/outbox/summary", headers=as_(uuid4(), "operator"))).json()
        assert set(summary["reasons"]) == {"agreement_closed", "ballots_awaited", "cycle_message"}
        assert json.dumps(summary).count(str(person)) == 0
