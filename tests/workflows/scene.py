"""What stands around the workflows in their integration tests: the other services, and the operator who follows them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from aiokafka import AIOKafkaConsumer

from contracts import applications, calls
from contracts.envelope import Envelope
from contracts.model import Command, Event
from contracts.programme import College, Criterion, EvaluationRules, Schedule, SupportProgramme, TrancheRule
from contracts.registry import decode
from contracts.topics import TOPICS
from services.chassis.clock import SharedClock
from tests.platform import Elsewhere, eventually
from tests.workflows.town import SOMEONE, Answers

DAY = timedelta(days=1)
PROGRAMME = SupportProgramme(
    tranches=(TrancheRule(code="start", amount_cents=8_000_000, after="agreement", advance=True),)
)
SUBJECTS = ("tranche_id", "agreement_id", "initiative_id", "application_id", "round_id", "call_id", "command_id")


class Services(Answers):
    """All other services: they answer the commands that they find on their topics."""

    def __init__(self, others: Elsewhere, clock: SharedClock, **facts: Any) -> None:
        super().__init__(**facts)
        self._others, self._clock = others, clock
        self.traces: dict[type[Command], str | None] = {}

    async def tell(self, event: Event, causation: UUID | None = None) -> None:
        subject = next(getattr(event, name) for name in SUBJECTS if hasattr(event, name))
        await self._others.happened(event, subject, self._clock.now(), causation)

    async def listen(self, bootstrap: str) -> None:
        topics = [topic.name for topic in TOPICS if topic.kind == "commands"]
        consumer = AIOKafkaConsumer(
            *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=20
        )
        await consumer.start()
        try:
            async for record in consumer:
                envelope = Envelope.read(record.headers, record.value)
                command = decode(envelope)
                assert isinstance(command, Command)
                self.traces[type(command)] = envelope.traceparent
                await self.handle(command)
        finally:
            await consumer.stop()


@dataclass
class Scene:
    services: Services
    http: httpx.AsyncClient
    clock: SharedClock
    headers: dict[str, str]

    async def get(self, path: str) -> Any:
        return (await self.http.get(path, headers=self.headers)).json()

    async def stage(self, workflow_id: str, *wanted: str) -> None:
        """Wait until the workflow is in one of the ``wanted`` stages."""

        async def stage() -> Any:
            return (await self.get(f"/workflows/{workflow_id}")).get("stage")

        await eventually(stage, lambda found: found in wanted)

    async def move(self, to: datetime) -> None:
        """Move the clock, and wait until every open workflow was told."""
        sequence = self.clock.move(to).sequence
        told = await eventually(lambda: self.get("/internal/clock"), lambda answer: answer["told"] >= sequence)
        assert told["sequence"] == sequence


def published(call_id: UUID, opens_at: datetime) -> calls.CallPublished:
    return calls.CallPublished(
        call_id=call_id,
        number="AIC-2021",
        kind="panel",
        schedule=Schedule(
            zone="Europe/Paris",
            opens_at=opens_at,
            closes_at=opens_at + 30 * DAY,
            evaluation_opens_at=opens_at + 40 * DAY,
            evaluation_closes_at=opens_at + 60 * DAY,
            announcement_at=opens_at + 70 * DAY,
        ),
        criteria=(Criterion(code="interest", weight=100),),
        colleges=(College(name="citizens", weight=100, seats=15),),
        evaluation=EvaluationRules(places=9, reserve=3),
        programme=PROGRAMME,
        envelope_cents=10**9,
        funding_source="france_relance",
    )


def selected(services: Services, accept_by: datetime) -> Event:
    return services.event(
        applications.ApplicationSelected,
        accept_by=accept_by,
        programme=PROGRAMME,
        from_reserve=False,
        applicant_kind="association",
        owner_id=SOMEONE,
    )
