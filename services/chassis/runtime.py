"""A service as a process sees it: its parts started together, its health true, its stop graceful."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiokafka.errors import KafkaConnectionError, KafkaError
from fastapi import FastAPI
from prometheus_client import Gauge
from pymongo.errors import PyMongoError

from contracts.model import CommandRefused
from services.chassis import doors, http, telemetry
from services.chassis.archive import Archive
from services.chassis.broker import PROFILES, IdempotenceRefused, Publisher, create_topics
from services.chassis.clock import Clock, SharedClock, SystemClock
from services.chassis.consuming import Consumer, Subscriptions
from services.chassis.database import Database
from services.chassis.identity import Verifier
from services.chassis.outbox import Relay
from services.chassis.security import broker_security
from services.chassis.serving import HttpServer
from services.chassis.settings import CommonSettings
from services.chassis.subscribing import Subscriber
from services.chassis.vault import read_master_key

log = structlog.get_logger()
RELAY_SILENCE_SECONDS = 15.0


class NotReady(Exception):
    """A part does not answer."""


def make_clock(settings: CommonSettings) -> Clock:
    """The installation's clock: the system's, or the shared file's, which only the embedded platform and rehearsals have."""
    if settings.clock_file is None:
        return SystemClock()
    if settings.broker_profile == "kafka":
        raise SystemExit("TREMPLIN_CLOCK_FILE: only the embedded platform and rehearsals may have a clock of their own")
    try:
        return SharedClock(settings.clock_file)
    except (OSError, ValueError):
        raise SystemExit("TREMPLIN_CLOCK_FILE: there is no clock that can be shared") from None


def make_database(settings: CommonSettings, service: str, clock: Clock, shards: int = 1) -> Database:
    """The database of ``service``, not connected yet. Raises ``SystemExit`` with a sentence."""
    key = read_master_key(settings.master_key_file)
    try:
        return Database(settings.mongodb_uri, f"{settings.database_prefix}{service}", service, shards, key, clock)
    except (PyMongoError, ValueError):
        raise SystemExit("MONGODB_URI: this is no address of a database") from None


@dataclass
class Service:
    """A service with all its parts. ``tasks`` are extra loops that run while it does; ``checks`` are what else it needs.

    ``counts``: gauges with the label ``service``, and what counts them anew whenever metrics are read.
    """

    name: str
    settings: CommonSettings
    port: int
    database: Database
    api: FastAPI
    subscriptions: Subscriptions = field(default_factory=dict)
    refused: type[CommandRefused] | None = None
    publishes: bool = True
    prepare: Callable[[], Awaitable[None]] | None = None
    tasks: tuple[Callable[[], Awaitable[None]], ...] = ()
    checks: Mapping[str, doors.Check] = field(default_factory=dict)
    counts: Mapping[Gauge, doors.Count] = field(default_factory=dict)
    body_limit: http.Limit = lambda path: http.MAX_BODY

    def __post_init__(self) -> None:
        profile = PROFILES[self.settings.broker_profile]
        bootstrap, security = self.settings.kafka_bootstrap_servers, broker_security(self.settings)
        self.publisher = Publisher(bootstrap, profile, self.name, security)
        self.archive = Archive(
            self.database.collection("archive"), self.database.collection("heads"), self.database.shards
        )
        owner = f"{self.name}@{self.settings.instance}"
        self.relay = Relay(self.database, self.archive, self.publisher, owner) if self.publishes else None
        self.consumer = Consumer(self.database, self.publisher, self.subscriptions, self.refused, profile.groups)
        self._subscriber = Subscriber(self.name, bootstrap, profile, self.consumer, self.relay, security)
        self._create_topics = partial(create_topics, bootstrap, security)
        edge = http.Edge(self.api, self.name, self.body_limit)
        self._server = HttpServer(edge, self.settings.host, self.port, self.name)
        self._loops: list[asyncio.Task[None]] = []
        self._relaying: list[asyncio.Task[None]] = []
        self._dead_tasks = 0
        self._stopping = False
        counts = {telemetry.DEAD_LETTERS: self.consumer.dead_letters.count, **self.counts}
        doors.install(self.api, self.name, self._checks(), counts, self.consumer, self.archive, self.relay)

    def _checks(self) -> dict[str, doors.Check]:
        checks: dict[str, doors.Check] = {"database": self.database.ping, "broker": self.publisher.ping}
        checks |= {"tasks": self._tasks_alive, **self.checks}
        return {**checks, "relay": self._relay_alive} if self.relay else checks

    async def _relay_alive(self) -> None:
        if self.relay and time.monotonic() - self.relay.beat > RELAY_SILENCE_SECONDS:
            raise NotReady

    async def lay_out(self) -> None:
        """Create the indexes and topics that are not there yet. Every start does it; any number may do it at once."""
        await self.database.prepare()
        if self.relay:
            await self.archive.prepare()
        if self.prepare:
            await self.prepare()
        await self.consumer.dead_letters.prepare()
        await self._create_topics()

    async def start(self) -> None:
        """Start everything; returns when requests are answered and messages consumed."""
        await self.lay_out()
        await self.publisher.start()
        await self._subscriber.start()
        if self.relay:
            self._relaying = [asyncio.create_task(self._task(self.relay.run))]
        self._loops = [asyncio.create_task(self._task(task)) for task in self.tasks]
        await self._server.start(self._task)
        log.info("service.started", service=self.name, port=self.port)

    async def _task(self, task: Callable[[], Awaitable[None]]) -> None:
        error = None
        try:
            await task()
        except Exception as failure:
            error = type(failure).__name__
        if not self._stopping:
            self._dead_tasks += 1
            log.error("task.died", service=self.name, error=error)

    async def _tasks_alive(self) -> None:
        if self._dead_tasks:
            raise NotReady

    async def stop(self) -> None:
        """Take nothing more, finish what is in hand or give it back, send what was written, give the leases back, close."""
        self._stopping = True
        self._server.close()
        await self._subscriber.stop()
        await self.consumer.finish()
        await self._server.closed()
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self.relay:
            self.relay.stop()
        await asyncio.gather(*self._relaying, return_exceptions=True)
        await self.publisher.stop()
        self.database.close()
        log.info("service.stopped", service=self.name)


def make_verifier(settings: CommonSettings) -> Verifier:
    return Verifier(settings.issuer, settings.jwks_url)


@contextlib.contextmanager
def _there() -> Iterator[None]:
    """Raises ``SystemExit`` with a sentence when the database or the broker is not there."""
    try:
        yield
    except PyMongoError as error:
        raise SystemExit(f"MONGODB_URI: no database answers there as it should ({type(error).__name__})") from None
    except KafkaConnectionError:
        raise SystemExit(
            "KAFKA_BOOTSTRAP_SERVERS: no broker answers there, or none lets us in as KAFKA_SECURITY_PROTOCOL says"
        ) from None
    except KafkaError as error:
        raise SystemExit(f"KAFKA_BOOTSTRAP_SERVERS: the broker refuses us ({type(error).__name__})") from None
    except IdempotenceRefused as error:
        raise SystemExit(
            f"KAFKA_BOOTSTRAP_SERVERS: the broker refuses an idempotent producer ({error}). Apache Kafka gives one to every "
            "account that may write to a topic; for the embedded broker, which has none, set TREMPLIN_BROKER_PROFILE=embedded"
        ) from None


async def lay_out(*services: Service) -> None:
    """Create what ``services`` need in their databases and on the broker, without starting them. Raises ``SystemExit``."""
    telemetry.start("prepare")
    with _there():
        for service in services:
            await service.lay_out()
            service.database.close()
            log.info("service.laid_out", service=service.name)


async def _started(service: Service) -> SystemExit | None:
    """Start ``service``; what ends the process is returned: raised in a task, it would end the loop before anything is stopped."""
    try:
        await service.start()
    except SystemExit as refusal:
        return refusal
    return None


async def run(*services: Service) -> None:
    """Run ``services`` in this event loop until SIGTERM or SIGINT, then stop them gracefully.

    Raises ``SystemExit`` with a sentence when the database or the broker is not there at the start.
    """
    telemetry.start(services[0].name if len(services) == 1 else "all")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        with _there():
            for refusal in filter(None, await asyncio.gather(*(_started(service) for service in services))):
                raise refusal
            await stopping.wait()
    finally:
        stops = await asyncio.gather(*(service.stop() for service in services), return_exceptions=True)
        for failure in filter(None, stops):
            log.error("service.stop_failed", error=type(failure).__name__)
