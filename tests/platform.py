"""Services started inside a test: real HTTP, real consumers and relays, on the fixtures' servers."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar, cast

import httpx

from contracts.envelope import Envelope, wrap, wrap_command
from contracts.model import Command, Event
from contracts.topics import commands_of, events_of, shard_of
from services.chassis import telemetry
from services.chassis.archive import Archive
from services.chassis.broker import PROFILES, ProfileName, Publisher, create_topics
from services.chassis.runtime import Service

T = TypeVar("T")
PROFILE = PROFILES[cast(ProfileName, os.environ.get("TREMPLIN_BROKER_PROFILE", "embedded"))]
"""That of the broker that the tests are on: the embedded one, or Apache Kafka under ``make test-kafka``."""
PATIENCE_SECONDS = 20.0 if not PROFILE.groups else 20.0 + 2 * PROFILE.session_ms / 1000
"""A member that was killed keeps its part of a group until its session is over."""


@contextlib.asynccontextmanager
async def serving(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """``service`` started, and a client of its HTTP API; stopped gracefully at the end."""
    try:
        await service.start()
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", timeout=120) as client:
            yield client
    finally:
        await service.stop()


async def eventually(seen: Callable[[], Awaitable[T]], until: Callable[[T], bool] = bool) -> T:
    """Ask ``seen`` again and again until its answer satisfies ``until``; a plain assertion error after ``PATIENCE_SECONDS``."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not until(answer := await seen()):
        assert asyncio.get_running_loop().time() < deadline, f"not within {PATIENCE_SECONDS} s; last seen: {answer!r}"
        await asyncio.sleep(0.02)
    return answer


async def archived(service: Service) -> list[Envelope]:
    """Everything that ``service`` has published so far, shard by shard."""
    archive: Archive = service.archive
    return [item for shard in range(service.database.shards) async for item in archive.read(shard)]


class Elsewhere:
    """The other services, as seen from the one under test: publishes their events with true positions, and commands."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._positions: dict[tuple[str, int], int] = {}
        self._versions: dict[str, int] = {}

    async def happened(self, event: Event, subject: object, time: object, causation: object = None) -> Envelope:
        """Publish ``event`` of the aggregate ``subject`` as its service would, at the season instant ``time``.

        ``causation`` is the id of the command that it answers; the trace is the one that the caller is in.
        """
        key = str(subject)
        topic = events_of(event.service)
        shard = shard_of(key, topic.partitions)
        position = self._positions[event.service, shard] = self._positions.get((event.service, shard), 0) + 1
        version = self._versions[key] = self._versions.get(key, 0) + 1
        identity = f"{event.service}-{shard}-{position}"
        cause = str(causation) if causation else None
        envelope = wrap(
            event,
            identity=identity,
            subject=key,
            time=time,  # type: ignore[arg-type]
            version=version,
            causation=cause,
            traceparent=telemetry.traceparent(),
        )
        envelope = envelope.model_copy(update={"sequence": position})
        await self._publisher.send(topic.name, [envelope], partition=shard)
        return envelope

    async def again(self, envelope: Envelope) -> None:
        """Publish once more what happened, at its own position, as a source does when it is asked to."""
        topic = events_of(envelope.source.rsplit("/", 1)[-1])
        await self._publisher.send(topic.name, [envelope], partition=shard_of(envelope.partitionkey, topic.partitions))

    async def ask(self, command: Command, subject: object, time: object) -> None:
        """Publish ``command`` to its service, as a workflow would."""
        envelope = wrap_command(command, str(subject), time)  # type: ignore[arg-type]
        await self._publisher.send(commands_of(command.service).name, [envelope])


@contextlib.asynccontextmanager
async def elsewhere(bootstrap: str) -> AsyncIterator[Elsewhere]:
    """Stand in for all other services on the broker at ``bootstrap``."""
    await create_topics(bootstrap)
    publisher = Publisher(bootstrap, PROFILE, "elsewhere")
    await publisher.start()
    try:
        yield Elsewhere(publisher)
    finally:
        await publisher.stop()
