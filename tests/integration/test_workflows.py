"""Gateway and worker on a real broker, database and Temporal: events start stories, stories ask, and are answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from contracts import applications, calls, coaching, evaluation, funding, payments
from contracts.envelope import Envelope
from contracts.model import Command, Event
from contracts.programme import College, Criterion, EvaluationRules, Schedule, SupportProgramme, TrancheRule
from contracts.registry import decode
from contracts.topics import TOPICS
from services.chassis.clock import SharedClock
from tests.platform import Elsewhere, elsewhere, eventually, serving
from tests.workflows.town import SOMEONE, Answers
from workflows import worker

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
                command = decode(Envelope.read(record.headers, record.value))
                assert isinstance(command, Command)
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


Playing = Callable[[], contextlib.AbstractAsyncContextManager[Scene]]


@pytest.fixture
async def playing(
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
    temporal: str,
    token: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Playing]:
    """``async with playing() as scene``: the worker is up; all else is there before and after."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal)
    bootstrap = service_environment["KAFKA_BOOTSTRAP_SERVERS"]
    headers = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    async with elsewhere(bootstrap) as others:
        services = Services(others, season_clock)
        listening = asyncio.create_task(services.listen(bootstrap))

        @contextlib.asynccontextmanager
        async def play() -> AsyncIterator[Scene]:
            async with serving(await worker.build()) as client:
                yield Scene(services, client, season_clock, headers)

        yield play
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


@pytest.fixture
async def scene(playing: Playing) -> AsyncIterator[Scene]:
    async with playing() as found:
        yield found


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


async def test_a_call_follows_the_clock_through_to_its_announcement(scene: Scene) -> None:
    call_id, opens_at = uuid4(), scene.clock.now() + DAY
    services = scene.services
    services._facts |= {"call_id": call_id, "round_id": call_id}
    services.reactions[evaluation.CloseRound] = lambda _: [services.event(evaluation.DecisionSigned)]
    await services.tell(published(call_id, opens_at))
    workflow_id = f"call-{call_id}"
    await scene.stage(workflow_id, "published")
    shown = await scene.get(f"/workflows/{workflow_id}")
    assert datetime.fromisoformat(shown["next_deadline"]) == opens_at
    for days, kind, count in (
        (0, calls.OpenCall, 1),
        (23, calls.RemindDrafts, 1),
        (29, calls.RemindDrafts, 2),
        (30, calls.CloseCall, 1),
        (40, evaluation.FreezePool, 1),
        (57, evaluation.RemindMembers, 1),
        (60, evaluation.CloseRound, 1),
        (70, evaluation.AnnounceResults, 1),
    ):
        await scene.move(opens_at + (days + 0.2) * DAY)
        await asyncio.wait_for(services.seen(kind, count), 20)
    await scene.stage(workflow_id, "announced")
    assert (await scene.get("/internal/progress"))["dead_letters"] == 0
    assert await scene.get("/workflows?waiting=true") == []


async def test_what_happened_while_the_worker_was_down_is_made_up_for(playing: Playing) -> None:
    call_id = uuid4()
    workflow_id = f"call-{call_id}"
    async with playing() as scene:
        services, opens_at = scene.services, scene.clock.now() + DAY
        services._facts |= {"call_id": call_id, "round_id": call_id}
        await services.tell(published(call_id, opens_at))
        await scene.stage(workflow_id, "published")
    scene.clock.move(opens_at + 0.1 * DAY)
    extended = services.event(calls.CallDeadlineExtended, closes_at=opens_at + 35 * DAY, reason="outage")
    await services.tell(extended)
    async with playing() as scene:
        await asyncio.wait_for(services.seen(calls.OpenCall), 20)

        async def deadline() -> datetime | None:
            found = (await scene.get(f"/workflows/{workflow_id}"))["next_deadline"]
            return datetime.fromisoformat(found) if found else None

        await eventually(deadline, lambda found: found == opens_at + 28 * DAY)


async def test_a_cycle_is_paused_stopped_and_its_payments_undone(scene: Scene) -> None:
    initiative_id = uuid4()
    tranche_id, late_id = (uuid5(initiative_id, name) for name in ("start", "late"))
    services, cycle = scene.services, f"acceleration-{initiative_id}"
    own = dict.fromkeys(("initiative_id", "application_id", "agreement_id"), initiative_id)
    services._facts |= {**own, "tranche_id": tranche_id, "call_id": uuid4()}
    services.reactions[funding.PrepareAgreement] = lambda _: [services.event(funding.AgreementSigned)]
    await services.tell(_selected(services, scene.clock.now() + 10 * DAY))
    await services.tell(services.event(applications.SelectionAccepted, accepted_at=scene.clock.now()))
    await scene.stage(cycle, "running")
    await scene.stage(f"disbursement-{tranche_id}", "request")
    await services.tell(services.event(coaching.CyclePaused, paused_at=scene.clock.now()))
    await scene.stage(cycle, "paused")
    resumed = services.event(coaching.CycleResumed, resumed_at=scene.clock.now(), paused_seconds=0)
    await services.tell(resumed)
    await scene.stage(cycle, "running")
    await services.tell(services.event(coaching.CycleStopped, reason="project_abandoned"))
    await scene.stage(cycle, "stopped")
    await scene.stage(f"disbursement-{tranche_id}", "cancelled")
    assert [command.reason for command in services.of(funding.ReleaseCommitment)] == ["project_abandoned"]
    await services.tell(services.event(payments.TrancheOpened, tranche_id=late_id))
    await scene.stage(f"disbursement-{late_id}", "cancelled")
    assert (await scene.get("/internal/progress"))["dead_letters"] == 0


def _selected(services: Services, accept_by: datetime) -> Event:
    return services.event(
        applications.ApplicationSelected,
        accept_by=accept_by,
        programme=PROGRAMME,
        from_reserve=False,
        applicant_kind="association",
        owner_id=SOMEONE,
    )


async def test_an_update_that_a_workflow_rejects_is_kept_with_its_code(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    initiative_id = uuid4()
    services = scene.services
    services._facts |= {**dict.fromkeys(("initiative_id", "application_id"), initiative_id), "call_id": uuid4()}
    await services.tell(_selected(services, scene.clock.now() + 10 * DAY))
    resumed = services.event(coaching.CycleResumed, resumed_at=scene.clock.now(), paused_seconds=1)
    await scene.stage(f"acceleration-{initiative_id}", "offered")
    await services.tell(resumed)
    letters = await eventually(lambda: scene.get("/internal/dead-letters"))
    assert [letter["reason"] for letter in letters] == ["cycle_not_paused"]


async def test_an_event_of_a_workflow_that_never_was_is_kept(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    services = scene.services
    await services.tell(services.event(coaching.CheckInRecorded, initiative_id=uuid4(), week=1))
    letters = await eventually(lambda: scene.get("/internal/dead-letters"))
    assert [letter["reason"] for letter in letters] == ["not_yet"]


async def test_only_staff_may_follow_a_workflow(scene: Scene, token: Callable[..., str]) -> None:
    applicant = {"Authorization": f"Bearer {token(uuid4(), 'applicant')}"}
    assert (await scene.http.get("/workflows", headers=applicant)).status_code == 403
    assert (await scene.http.get("/internal/clock", headers=applicant)).status_code == 403
    assert (await scene.get("/health/ready"))["parts"]["temporal"] == "ok"
    unknown = await scene.http.get("/workflows/call-none", headers=scene.headers)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
