"""Mail servers, contacts and what there is to tell, for tests of notifications."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID, uuid4

import httpx
from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Letter

from contracts.applications import ApplicationSubmitted
from contracts.calls import CallPublished
from contracts.envelope import Envelope
from contracts.model import Event
from contracts.programme import EvaluationRules, Schedule, SupportProgramme
from tests.conftest import SEASON_START
from tests.platform import Elsewhere, eventually

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
    """A real SMTP server; ``answer`` is its reply to a message, nothing when it hangs up instead.

    With ``tls`` it offers STARTTLS; with ``account`` it takes mails from who has shown that.
    """

    port: int
    received: list[Any] = field(default_factory=list)
    answer: str | None = "250 taken"
    recipient: str = "250 known"
    tls: ssl.SSLContext | None = None
    account: tuple[bytes, bytes] | None = None
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
            lambda: SMTP(
                self,
                enable_SMTPUTF8=False,
                loop=loop,
                tls_context=self.tls,
                auth_required=self.account is not None,
                auth_require_tls=self.tls is not None,
                auth_callback=lambda _, user, password: (user, password) == self.account,
            ),
            "127.0.0.1",
            self.port,
        )

    def close(self) -> None:
        if self._server:
            self._server.close()

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.received]


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
