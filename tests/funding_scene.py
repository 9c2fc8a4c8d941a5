"""Funding running on real servers, with the other services stood in for, and the people around one call."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts import funding, payments
from contracts.applications import InitiativePublished
from contracts.calls import CallPublished
from contracts.programme import College, Criterion, EvaluationRules, Schedule, SupportProgramme
from services.chassis.runtime import Service
from services.funding.domain.agreement import tranche_id_of
from services.funding.main import build
from tests.conftest import SEASON_START, Token
from tests.funding import IBAN, PROOF, RULES
from tests.platform import Elsewhere, archived, elsewhere, eventually, serving

HOLDER = "Association Synthétique canary-name"
ROLES = {
    "owner": "applicant",
    "officer": "authorising_officer",
    "accountant": "accountant",
    "programme": "programme_officer",
    "authority": "deciding_authority",
    "operator": "operator",
}
SIGNATURE = {"signatory": "canary-signatory"}
SCHEDULE = Schedule(zone="Europe/Paris", **dict.fromkeys(("opens_at", "closes_at", "evaluation_opens_at", "evaluation_closes_at", "announcement_at"), SEASON_START))  # fmt: skip  # noqa: E501


@dataclass
class Scene:
    """Funding running, other services stood in for, and the people around one call."""

    service: Service
    client: httpx.AsyncClient
    others: Elsewhere
    token: Token
    call: UUID = field(default_factory=uuid4)
    people: dict[str, UUID] = field(default_factory=lambda: {role: uuid4() for role in ROLES})

    async def by(self, who: str, method: str, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(self.people[who], ROLES[who])}"}
        if key:
            headers["Idempotency-Key"] = key
        sent = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self.client.request(method, path, headers=headers, **sent)

    async def done(self, who: str, path: str, body: Any = None) -> dict[str, Any]:
        answer = await self.by(who, "POST", path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def got(self, who: str, path: str) -> Any:
        answer = await self.by(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ask(self, kind: Any, subject: UUID, **facts: Any) -> UUID:
        command = kind(command_id=uuid4(), requester="test", **facts)
        await self.others.ask(command, subject, SEASON_START)
        return command.command_id

    async def told(self, name: str, times: int = 1) -> list[Any]:
        """The events of that name, once there are so many of them."""

        async def seen() -> list[Any]:
            return [item for item in await archived(self.service) if item.type.split(".")[2] == name]

        return await eventually(seen, lambda found: len(found) >= times)

    async def publish_call(self, cents: int) -> None:
        facts = {"schedule": SCHEDULE, "criteria": (Criterion(code="interest", weight=100),)}
        colleges = (College(name="citizens", weight=100, seats=15),)
        event = CallPublished(
            call_id=self.call, number="AIC-2021", kind="panel", colleges=colleges,
            evaluation=EvaluationRules(places=9, reserve=3), programme=SupportProgramme(tranches=RULES),
            envelope_cents=cents, funding_source="state_budget", **facts,
        )  # fmt: skip
        await self.others.happened(event, self.call, SEASON_START)
        await self.told("EnvelopeOpened")

    async def prepared(self) -> UUID:
        """An agreement that waits for the beneficiary's signature."""
        initiative = uuid4()
        event = InitiativePublished(
            initiative_id=initiative, call_id=self.call, number="AIC-2021-000042", title="Titre", purpose="Objet",
            applicant_kind="association", organisation_name=HOLDER, siret="73282932000074", rna=None, commune=None,
            departement="75", theme="health", synthetic=True,
        )  # fmt: skip
        await self.others.happened(event, initiative, SEASON_START)
        facts = {"owner_id": self.people["owner"], "theme": "health", "departement": "75", "tranches": RULES}
        await self.ask(funding.PrepareAgreement, initiative, initiative_id=initiative, call_id=self.call, **facts)

        async def there() -> int:
            return (await self.by("owner", "POST", f"/agreements/{initiative}/signature", SIGNATURE)).status_code

        await eventually(there, lambda status: status == 200)
        return initiative

    async def confirmed(self, initiative: UUID, iban: str = IBAN) -> None:
        details = {"holder": HOLDER.upper(), "iban": iban, "proof": PROOF}
        await self.done("owner", f"/agreements/{initiative}/bank-details", details)
        await self.done("officer", f"/agreements/{initiative}/bank-details/confirmations")
        await self.done("accountant", f"/agreements/{initiative}/bank-details/confirmations", {})

    async def opened(self, initiative: UUID, code: str = "start") -> UUID:
        tranche = tranche_id_of(initiative, code)
        await self.ask(payments.OpenTranche, initiative, agreement_id=initiative, code=code)
        await eventually(lambda: self.got("owner", f"/tranches/{tranche}"), lambda shown: shown["status"] == "open")
        return tranche

    async def accepted(self, initiative: UUID, code: str = "start") -> UUID:
        tranche = await self.opened(initiative, code)
        await self.done("owner", f"/tranches/{tranche}/request")
        if code != "start":
            await self.done("officer", f"/tranches/{tranche}/certification")
        await self.done("officer", f"/tranches/{tranche}/order")
        await self.done("accountant", f"/tranches/{tranche}/acceptance")
        return tranche

    async def issued(self, tranche: UUID, attempt: int = 1) -> tuple[str, bytes]:
        """A payment asked for by the workflow, and its file."""
        await self.ask(payments.IssuePayment, tranche, tranche_id=tranche)
        shown = await eventually(
            lambda: self.got("accountant", f"/tranches/{tranche}"), lambda shown: len(shown["payments"]) == attempt
        )
        payment = shown["payments"][-1]["payment_id"]
        file = await self.by("accountant", "GET", f"/payments/{payment}/file")
        assert file.status_code == 200
        return payment, file.content

    async def invariants(self) -> dict[str, bool]:
        return await self.got("operator", "/internal/invariants")

    async def caught_up(self) -> bool:
        """Whether the service has consumed all that it has published itself."""
        progress = await self.got("operator", "/internal/progress")
        return bool(progress["cursors"]["funding"] == progress["heads"])

    async def dead_letters(self) -> list[Any]:
        return await self.got("operator", "/internal/dead-letters")


@asynccontextmanager
async def scene(environment: Mapping[str, str], token: Token) -> AsyncIterator[Scene]:
    service = await build()
    async with serving(service) as client, elsewhere(environment["KAFKA_BOOTSTRAP_SERVERS"]) as others:
        yield Scene(service, client, others, token)
