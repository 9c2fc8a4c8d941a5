"""Gateway and worker on a real broker, database and Temporal: events start stories, stories ask, and are answered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from uuid import uuid4, uuid5

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from contracts import applications, calls, coaching, evaluation, funding, payments
from services.chassis import telemetry
from services.chassis.clock import SharedClock
from tests.platform import elsewhere, eventually, serving
from tests.workflows.scene import DAY, Scene, Services, published, selected
from workflows import worker

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
    assert 'tremplin_workflow_unanswered{service="workflows"} 0.0' in (await scene.http.get("/metrics")).text


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
    await services.tell(selected(services, scene.clock.now() + 10 * DAY))
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


async def test_a_trace_goes_on_through_a_workflow_to_its_commands(scene: Scene) -> None:
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    call_id, services = uuid4(), scene.services
    services._facts |= {"call_id": call_id, "round_id": call_id}
    with telemetry.tracer.start_as_current_span("publish a call") as span:
        await services.tell(published(call_id, scene.clock.now() - DAY))
    await asyncio.wait_for(services.seen(calls.OpenCall), 20)
    assert format(span.get_span_context().trace_id, "032x") in (services.traces[calls.OpenCall] or "")


async def test_an_update_that_a_workflow_rejects_is_kept_with_its_code(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    initiative_id = uuid4()
    services = scene.services
    services._facts |= {**dict.fromkeys(("initiative_id", "application_id"), initiative_id), "call_id": uuid4()}
    await services.tell(selected(services, scene.clock.now() + 10 * DAY))
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
