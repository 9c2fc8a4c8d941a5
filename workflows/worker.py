"""The composition root of the workflows: gateway, Temporal worker and clock watch, as one service."""

from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Gauge
from temporalio.client import Client
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Worker

from contracts.envelope import wrap_command
from contracts.model import Command
from contracts.topics import commands_of
from services.chassis import telemetry
from services.chassis.broker import Publisher
from services.chassis.clock import Clock
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import read
from workflows.acceleration_cycle.activities import CycleActivities
from workflows.acceleration_cycle.workflow import AccelerationCycle
from workflows.activities import Activities, Commands, Register, definitions
from workflows.api import make_api
from workflows.call_for_projects.activities import CallActivities
from workflows.call_for_projects.workflow import CallForProjects
from workflows.clockwatch import ClockWatch
from workflows.disbursement.activities import DisbursementActivities
from workflows.disbursement.workflow import Disbursement
from workflows.engine import TASK_QUEUE, Engine
from workflows.failures import ClassesOnly
from workflows.gateway import Gateway
from workflows.messages import Ended, Waits
from workflows.security import temporal_security
from workflows.settings import Settings
from workflows.store import Store

log = structlog.get_logger()
UNANSWERED = Gauge("tremplin_workflow_unanswered", "Workflows that wait for something overdue", ["service"])
SUBJECTS = ("tranche_id", "agreement_id", "initiative_id", "application_id", "round_id", "call_id")
WORKFLOWS = (CallForProjects, AccelerationCycle, Disbursement)


class PublishedCommands:
    """Commands on their service's topic, keyed by the aggregate that they are for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.publisher: Publisher | None = None

    async def send(self, command: Command) -> None:
        """Raises ``PublishError`` when the broker does not acknowledge."""
        assert self.publisher is not None  # noqa: S101
        subject = next(str(getattr(command, name)) for name in SUBJECTS if hasattr(command, name))
        envelope = wrap_command(command, subject, self._clock.now(), telemetry.traceparent())
        await self.publisher.send(commands_of(command.service).name, [envelope])


class Noted:
    """The register in the store, with a log line for whoever watches."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def waits(self, note: Waits) -> None:
        await self._store.waits(note)
        if note.waits_for:
            log.warning("workflow.waits", workflow=note.workflow_id, waits_for=note.waits_for)

    async def ended(self, note: Ended) -> None:
        await self._store.ended(note)
        log.info("workflow.ended", workflow=note.workflow_id, state=note.state)


def make_worker(client: Client, commands: Commands, register: Register, task_queue: str = TASK_QUEUE) -> Worker:
    """A worker for all workflows and activities, of a size for two processors."""
    groups = [
        kind(commands, register) for kind in (Activities, CallActivities, CycleActivities, DisbursementActivities)
    ]
    return Worker(
        client,
        task_queue=task_queue,
        workflows=WORKFLOWS,
        activities=definitions(*groups),
        interceptors=[ClassesOnly()],
        max_cached_workflows=1_000,
        max_concurrent_workflow_tasks=10,
        max_concurrent_workflow_task_polls=4,
        max_concurrent_local_activities=50,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def connect(address: str, namespace: str = "default", **security: Any) -> Client:
    """A client of Temporal; ``security`` are the arguments by which the server lets it in.

    Raises ``SystemExit`` with a sentence when the server does not answer, or not to us.
    """
    try:
        return await Client.connect(
            address,
            namespace=namespace,
            data_converter=pydantic_data_converter,
            interceptors=[TracingInterceptor(telemetry.tracer)],
            **security,
        )
    except RuntimeError:
        raise SystemExit("TEMPORAL_ADDRESS: no Temporal server answers there, or none lets us in") from None


async def build() -> Service:
    settings = read(Settings)
    clock = make_clock(settings)
    database = make_database(settings, "workflows", clock)
    security = temporal_security(settings)
    client = await connect(settings.temporal_address, settings.temporal_namespace, **security)
    store, engine = Store(database), Engine(client)
    gateway = Gateway(engine, store, clock)
    watch = ClockWatch(gateway, engine, store, clock) if settings.clock_file else None
    commands = PublishedCommands(clock)

    async def work() -> None:
        await make_worker(client, commands, Noted(store)).run()

    service = Service(
        name="workflows",
        settings=settings,
        port=settings.port,
        database=database,
        api=make_api(store, engine, clock, watch, make_verifier(settings)),
        subscriptions=gateway.subscriptions(),
        publishes=False,
        prepare=store.prepare,
        tasks=(work, watch.run) if watch else (work,),
        checks={"temporal": engine.ping},
        counts={UNANSWERED: store.waiting},
    )
    commands.publisher = service.publisher
    return service
