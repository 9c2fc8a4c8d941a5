"""notifications on real servers: other services' events in, mails out, each to each person at most once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Letter

from contracts.applications import ApplicationSubmitted
from contracts.calls import CallClosingSoon, CallPublished
from contracts.coaching import CheckInMissed, CheckInReminded
from contracts.envelope import Envelope
from contracts.model import Event
from contracts.payments import PaymentSettled
from contracts.people import PersonErased, RoleGranted
from contracts.programme import EvaluationRules, Schedule, SupportProgramme
from services.chassis.runtime import make_clock, make_database
from services.chassis.settings import read
from services.notifications import handlers, main
from services.notifications.commands import PutContact
from services.notifications.settings import Settings
from services.notifications.store import Store
from tests.conftest import SEASON_START
from tests.platform import Elsewhere, elsewhere, eventually, serving

Headers = Callable[..., dict[str, str]]
CALL = UUID(int=77)


def submitted(owner: UUID, number: int = 1) -> ApplicationSubmitted:
    return ApplicationSubmitted(
        application_id=uuid4(), call_id=CALL, owner_id=owner, number=f"AIC-2021-{number:06d}", applicant_kind="person",
        theme="health", needs=("funding",), requested_cents=8_000_000, departement="75", content_digest="0" * 64,
        submitted_at=SEASON_START, synthetic=True,
    )  # fmt: skip


def published() -> CallPublished:
    schedule = Schedule(
        zone="Europe/Paris", opens_at=SEASON_START, closes_at=SEASON_START, evaluation_opens_at=SEASON_START,
        evaluation_closes_at=SEASON_START, announcement_at=SEASON_START,
    )  # fmt: skip
    return CallPublished(
        call_id=CALL, number="AAC-2021-01", kind="panel", schedule=schedule, criteria=(), colleges=(),
        evaluation=EvaluationRules(places=9, reserve=5), programme=SupportProgramme(), envelope_cents=0,
        funding_source="france_relance",
    )  # fmt: skip


@dataclass
class MailServer:
    """A real SMTP server; ``answer`` is its reply to a message, nothing when it hangs up instead."""

    port: int
    received: list[Any] = field(default_factory=list)
    answer: str | None = "250 taken"
    recipient: str = "250 known"
    _server: asyncio.Server | None = None

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Letter, address: str, options: Any
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Letter) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.answer is None:
            server.transport.abort()  # type: ignore[union-attr]
        return self.answer or "250 never heard"

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, enable_SMTPUTF8=False, loop=loop), "127.0.0.1", self.port
        )

    def close(self) -> None:
        if self._server:
            self._server.close()

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.received]


@pytest.fixture
async def smtp(
    free_port: int, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MailServer]:
    """A mail server, which notifications use instead of a directory."""
    monkeypatch.delenv("TREMPLIN_MAIL_DIR")
    monkeypatch.setenv("TREMPLIN_SMTP_URL", f"smtp://127.0.0.1:{free_port}")
    server = MailServer(free_port)
    await server.open()
    yield server
    server.close()


@pytest.fixture
async def others(fresh_kafka: str) -> AsyncIterator[Elsewhere]:
    async with elsewhere(fresh_kafka) as found:
        yield found


@pytest.fixture
def as_(token: Callable[..., str]) -> Headers:
    def headers(person_id: UUID | str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(person_id, *roles)}"}

    return headers


async def happen(others: Elsewhere, event: Event, subject: UUID) -> Envelope:
    return await others.happened(event, subject, SEASON_START)


async def put_contact(api: httpx.AsyncClient, as_: Headers, person: UUID, **given: Any) -> None:
    body = {"email": f"canary.{person.hex}@canary.fr", **given}
    answer = await api.put(f"/contacts/{person}", json=body, headers=as_(person))
    assert answer.status_code == 200, answer.text


async def states(api: httpx.AsyncClient, as_: Headers) -> dict[str, int]:
    answer = await api.get("/outbox/summary", headers=as_(uuid4(), "operator"))
    found: dict[str, int] = answer.json()["states"]
    return found


async def settled(api: httpx.AsyncClient, as_: Headers, **wanted: int) -> None:
    await eventually(lambda: states(api, as_), lambda found: found == wanted)


async def replay(api: httpx.AsyncClient, as_: Headers, others: Elsewhere, envelopes: list[Envelope]) -> None:
    """Consume these events, all that applications has published, a second time."""
    operator = as_(uuid4(), "operator")

    async def cursors() -> dict[str, int]:
        found: dict[str, int] = (await api.get("/internal/progress", headers=operator)).json()["cursors"][
            "applications"
        ]
        return found

    ends = await eventually(cursors, lambda found: sum(found.values()) == len(envelopes))
    await api.post("/internal/replay", json={"source": "applications", "after": {}}, headers=operator)
    for envelope in envelopes:
        await others.again(envelope)
    await eventually(cursors, lambda found: found == ends)


async def dies_in_hand(person: UUID) -> None:
    """A process gets the person's contact, takes what waited for it in hand, and dies."""
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "notifications", clock)
    store = Store(database)
    command = PutContact(command_id=uuid4(), person_id=person, email="canary@canary.fr")
    await handlers.put_contact(command, {"email"}, store, clock)
    _, claimed = await store.claim(8, seconds=-1.0)
    assert len(claimed) == 1
    database.close()


async def test_a_receipt_is_written_once_with_number_and_link_only(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers, tmp_path: Path
) -> None:
    owner = uuid4()
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner, 187)
        await happen(others, event, event.application_id)
        await settled(api, as_, sent=1)
        await happen(others, event, event.application_id)
        settled_week = PaymentSettled(
            tranche_id=uuid4(), agreement_id=event.application_id, envelope_id=CALL, payment_id=uuid4(),
            amount_cents=8_000_000, settled_at=SEASON_START, owner_id=owner,
        )  # fmt: skip
        await happen(others, settled_week, event.application_id)
        await settled(api, as_, sent=2)
    files = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert [name.split("-", 1)[0] for name in files] == ["application_received", "payment_settled"]
    mail = message_from_bytes((tmp_path / "mail" / files[1]).read_bytes(), policy=policy.default)
    assert mail["To"] == f"canary.{owner.hex}@canary.fr"
    text = mail.get_body(("plain",)).get_content()
    assert "AIC-2021-000187" in text
    assert f"/agreements/{event.application_id}" in text
    assert "80" not in text.replace(str(event.application_id), "")


async def test_redelivery_and_restart_tell_nobody_twice(
    smtp: MailServer, others: Elsewhere, as_: Headers, service_environment: Mapping[str, str]
) -> None:
    owners = [uuid4() for _ in range(20)]
    events = [submitted(owner, number) for number, owner in enumerate(owners)]
    soon = CallClosingSoon(call_id=CALL, closes_at=SEASON_START, days=3, drafts=(), owners=tuple(owners))
    async with serving(await main.build()) as api:
        contacts = [{"person_id": str(owner), "email": f"c{index}@canary.fr"} for index, owner in enumerate(owners)]
        staff = as_(uuid4(), "programme_officer")
        answer = await api.put("/contacts/batch", json={"contacts": contacts}, headers=staff)
        assert [item["person_id"] for item in answer.json()["items"]] == [str(owner) for owner in owners]
        told = [await happen(others, published(), CALL)]
        told += [await happen(others, event, event.application_id) for event in events]
        told += [await happen(others, soon, CALL), await happen(others, soon, CALL)]
        await settled(api, as_, sent=40)
        await replay(api, as_, others, told)
    async with serving(await main.build()) as api:
        await replay(api, as_, others, told)
        week = CheckInReminded(initiative_id=events[0].application_id, owner_id=owners[0], week=1)
        await happen(others, week, week.initiative_id)
        await settled(api, as_, sent=41)
    assert len(smtp.ids()) == len(set(smtp.ids())) == 41


async def test_two_processes_share_the_work_and_repeat_nothing(
    smtp: MailServer, others: Elsewhere, as_: Headers, service_environment: Mapping[str, str], free_port: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    owners = [uuid4() for _ in range(60)]
    first = await main.build()
    monkeypatch.setenv("TREMPLIN_NOTIFICATIONS_PORT", service_environment["TREMPLIN_PEOPLE_PORT"])
    second = await main.build()
    async with serving(first) as api, serving(second):
        await happen(others, published(), CALL)
        soon = CallClosingSoon(call_id=CALL, closes_at=SEASON_START, days=3, drafts=(), owners=tuple(owners))
        await happen(others, soon, CALL)
        await settled(api, as_, no_contact=60)
        contacts = [{"person_id": str(owner), "email": f"c{index}@canary.fr"} for index, owner in enumerate(owners)]
        staff = as_(uuid4(), "administrator")
        await api.put("/contacts/batch", json={"contacts": contacts}, headers=staff)
        await settled(api, as_, sent=60)
    assert len(smtp.ids()) == len(set(smtp.ids())) == 60


async def test_a_server_that_is_down_is_waited_for(smtp: MailServer, others: Elsewhere, as_: Headers) -> None:
    smtp.close()
    owner = uuid4()
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        operator = as_(uuid4(), "operator")

        async def waiting() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await api.get("/outbox?state=pending", headers=operator)).json()
            return [item for item in found if item["code"] == "unreachable"]

        await eventually(waiting)
        await smtp.open()
        await settled(api, as_, sent=1)
    assert len(smtp.received) == 1


async def test_a_refused_mail_fails_visibly_and_leaves_again_when_asked(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    smtp.recipient = "550 unknown"
    owner, operator = uuid4(), as_(uuid4(), "operator")
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, failed=1)
        (failed,) = (await api.get("/outbox", headers=operator)).json()
        assert (failed["code"], failed["reason"]) == ("refused", "application_received")
        assert "canary" not in str(failed)
        assert (await api.post("/outbox/retry", headers=as_(owner, "applicant"))).status_code == 403
        smtp.recipient = "250 known"
        again = await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        assert again.json()["state"] == "pending"
        await settled(api, as_, sent=1)
        twice = await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        assert (twice.status_code, twice.json()["code"]) == (409, "not_failed")
    assert len(smtp.received) == 1


async def test_a_mail_that_may_have_arrived_is_not_repeated_by_itself(
    smtp: MailServer, others: Elsewhere, as_: Headers
) -> None:
    smtp.answer = None
    owner, operator = uuid4(), as_(uuid4(), "operator")
    async with serving(await main.build()) as api:
        await put_contact(api, as_, owner)
        event = submitted(owner)
        told = await happen(others, event, event.application_id)
        await settled(api, as_, failed=1)
        smtp.answer = "250 taken"
        (failed,) = (await api.get("/outbox", headers=operator)).json()
        assert failed["code"] == "interrupted"
        assert (await api.post("/outbox/retry", headers=operator)).json() == {"released": 0}
        await replay(api, as_, others, [told])
        assert await states(api, as_) == {"failed": 1}
        await api.post(f"/outbox/{failed['notice_id']}/retry", headers=operator)
        await settled(api, as_, sent=1)
    assert len(smtp.received) == 2
    assert len(set(smtp.ids())) == 1


@pytest.mark.parametrize("over_smtp", [True, False])
async def test_what_a_dead_process_had_in_hand_is_repeated_only_where_that_leaves_one(
    over_smtp: bool, smtp: MailServer, others: Elsewhere, as_: Headers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not over_smtp:
        monkeypatch.setenv("TREMPLIN_MAIL_DIR", str(tmp_path / "mail"))
    owner = uuid4()
    async with serving(await main.build()) as api:
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, no_contact=1)
    await dies_in_hand(owner)
    async with serving(await main.build()) as api:
        await settled(api, as_, **({"failed": 1} if over_smtp else {"sent": 1}))


async def test_a_mail_waits_for_its_contact_and_goes_in_its_language(
    smtp: MailServer, others: Elsewhere, as_: Headers, tmp_path: Path
) -> None:
    owner = uuid4()
    async with serving(await main.build()) as api:
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, no_contact=1)
        await put_contact(api, as_, owner, language="en", channels=["email", "sms"], phone="+33612345678")
        await settled(api, as_, sent=1)
    assert smtp.received[0]["Subject"].startswith("Your application has arrived")
    (text,) = (tmp_path / "sms").iterdir()
    assert text.read_text().startswith("To: +33612345678\n\nTremplin")


async def test_contacts_and_preferences_are_the_persons_own(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    me, other = uuid4(), uuid4()
    service = await main.build()
    async with serving(service) as api:
        await put_contact(api, as_, me)
        assert (await api.get(f"/contacts/{me}", headers=as_(me))).json()["email"].startswith("canary.")
        for answer in (
            await api.get(f"/contacts/{me}", headers=as_(other, "administrator")),
            await api.put(f"/contacts/{me}", json={"email": "a@b.fr"}, headers=as_(other, "expert")),
            await api.put(f"/contacts/{me}/preferences", json={"muted": []}, headers=as_(other)),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        mandatory = await api.put(f"/contacts/{me}/preferences", json={"muted": ["payment_settled"]}, headers=as_(me))
        assert (mandatory.status_code, mandatory.json()["code"]) == (422, "mandatory_reason")
        assert "check_in_reminded" in mandatory.json()["allowed"]
        await api.put(f"/contacts/{me}/preferences", json={"muted": ["check_in_reminded"]}, headers=as_(me))
        week = CheckInReminded(initiative_id=uuid4(), owner_id=me, week=1)
        await happen(others, week, week.initiative_id)
        await settled(api, as_, muted=1)
        wrong = {
            "contacts": [
                {"person_id": str(me), "email": "canary"},
                {"person_id": str(me), "email": "a@b.fr", "channels": ["sms"]},
            ]
        }
        items = (await api.put("/contacts/batch", json=wrong, headers=as_(other, "administrator"))).json()["items"]
        assert [item["problem"]["code"] for item in items] == ["invalid_request", "phone_required"]
        document = await service.database.collection("contacts").find_one({"_id": str(me)})
        assert "canary" not in str(document)


async def test_officers_are_told_what_waits_for_them(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    officer, owner, initiative = uuid4(), uuid4(), uuid4()
    granted = RoleGranted(person_id=officer, role="programme_officer", granted_by=uuid4(), granted_at=SEASON_START)
    service = await main.build()
    async with serving(service) as api:
        await happen(others, granted, officer)
        await eventually(lambda: service.database.collection("officers").count_documents({}))
        await happen(others, CheckInMissed(initiative_id=initiative, owner_id=owner, week=2), initiative)
        await settled(api, as_, no_contact=2)
        summary = (await api.get("/outbox/summary", headers=as_(uuid4(), "programme_officer"))).json()
        assert set(summary["reasons"]) == {"check_in_missed", "check_in_escalated"}


async def test_an_erased_person_is_told_nothing_more(
    service_environment: Mapping[str, str], others: Elsewhere, as_: Headers
) -> None:
    owner = uuid4()
    service = await main.build()
    async with serving(service) as api:
        await put_contact(api, as_, owner)
        before = await service.database.collection("contacts").find_one({"_id": str(owner)})
        assert before is not None
        await happen(others, PersonErased(person_id=owner), owner)

        async def opened() -> bytes | None:
            return await service.database.vault.open(str(owner), before["state"]["private"])

        await eventually(opened, lambda found: found is None)
        event = submitted(owner)
        await happen(others, event, event.application_id)
        await settled(api, as_, cancelled=1)
        back = await api.put(f"/contacts/{owner}", json={"email": "a@b.fr"}, headers=as_(owner))
        assert (back.status_code, back.json()["code"]) == (410, "person_erased")


async def test_without_a_way_to_send_mails_it_says_which_setting_is_missing(
    service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TREMPLIN_MAIL_DIR")
    with pytest.raises(SystemExit, match="TREMPLIN_SMTP_URL"):
        await main.build()
