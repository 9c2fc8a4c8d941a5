"""Consuming: at least once from the broker, each position once by the service's own cursor, in order by aggregate.

The cursor of a source's shard says what is confirmed. A position already passed is skipped; what comes after a gap is dropped,
and the missing part is asked of its source, which publishes from there again.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from contracts.decision import NotYet, Refusal
from contracts.envelope import Envelope
from contracts.model import Command, CommandRefused, Message
from contracts.registry import MESSAGES, Malformed, UnknownType, decode
from contracts.topics import BY_NAME, commands_of, events_of
from services.chassis import telemetry
from services.chassis.broker import Publisher, PublishError
from services.chassis.control import Heads
from services.chassis.cursors import Cursors, Place, key_of
from services.chassis.database import Database
from services.chassis.dead_letters import DeadLetters, Raw, reason_of
from services.chassis.gaps import Gaps
from services.chassis.lanes import Lanes
from services.chassis.turns import Late, turn

log = structlog.get_logger()
DAMAGED = "damaged:"
SURE_SECONDS = 1.0
"""After so long in the middle of a batch, the cursor is looked at again: another process may have taken the partition over."""
PASSING = frozenset({"unavailable", "busy"})
"""Reasons that say nothing of the message: tried again for ever, since dead letters could not be written either."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a handler may know of a message beside its content. ``sequence`` is the position in its source's shard."""

    id: str
    source: str
    subject: str
    time: datetime
    sequence: int
    version: int
    causation: str | None

    @property
    def command_id(self) -> UUID:
        """The id of the command that an event becomes: the same at every redelivery."""
        return uuid5(NAMESPACE_URL, f"{self.source}/{self.id}")


Handler = Callable[[Any, Received], Awaitable[None]]
Subscriptions = Mapping[type[Message], Handler]


class Damaged(Exception):
    """The record cannot be understood; trying again cannot help. Its text is a code."""


def delay(attempt: int) -> float | None:
    """Seconds to wait after failed attempt number ``attempt`` (from 1), or None to give up: 0.05 to 2 s, about 8 s in all."""
    return None if attempt >= 10 else float(min(2.0, 0.05 * 2 ** (attempt - 1)))


def _patience(reason: str, attempt: int) -> float | None:
    if reason.startswith(DAMAGED):
        return None
    return delay(min(attempt, 6) if reason in PASSING else attempt)


class Consumer:
    """One service's consumer of other services' events and of the commands to itself.

    ``shared``: whether other processes of the service take a part of the partitions.
    """

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        subscriptions: Subscriptions,
        refused: type[CommandRefused] | None,
        shared: bool,
    ) -> None:
        self._database, self._publisher, self._on, self._refused = database, publisher, subscriptions, refused
        self._cursors = Cursors(database.collection("cursors"), shared)
        self._gaps = Gaps(database.service, publisher)
        self.lanes = Lanes(database.service, self._partition)
        discarded = database.collection("discarded_letters")
        self.dead_letters = DeadLetters(database.collection("dead_letters"), discarded, shared)
        kinds = list(subscriptions)
        self.sources = sorted({kind.service for kind in kinds if not issubclass(kind, Command)})
        self.event_topics = [events_of(source) for source in self.sources]
        self.command_topics = [
            commands_of(name) for name in {kind.service for kind in kinds if issubclass(kind, Command)}
        ]

    async def receive(self, raws: list[Raw]) -> None:
        """Handle one batch, the partitions side by side. What is dropped because a partition waits is asked for again later."""
        by_partition: dict[Place, list[Raw]] = defaultdict(list)
        for raw in raws:
            by_partition[raw.source, raw.partition].append(raw)
        await self.lanes.take(by_partition)

    async def _partition(self, place: Place, batch: list[Raw]) -> None:
        if BY_NAME[batch[0].topic].kind == "events":
            await self._in_turn(place, batch)
            return
        for raw in batch:
            await self._attempt(raw)

    async def _in_turn(self, place: Place, batch: list[Raw]) -> None:
        start, sure = await self._cursors.read(place), time.monotonic()
        done = furthest = start.position
        for raw in batch:
            if raw.position is None:
                await self.dead_letters.bury(raw, "no_position", 1, self._database.clock.now())
                continue
            furthest = max(furthest, raw.position)
            if raw.position == done + 1:
                if time.monotonic() - sure > SURE_SECONDS:
                    if await self._cursors.read(place) != start:
                        return
                    sure = time.monotonic()
                with turn(key_of(place), start.rewinds, raw.position):
                    await self._attempt(raw)
                done = raw.position
        if done > start.position:
            await self._cursors.advance(place, start, done)
            self._gaps.confirmed(place, done)
        if furthest > done:
            await self._gaps.ask(place, done)

    async def _attempt(self, raw: Raw) -> None:
        """Handle ``raw`` with bounded back-off, or bury it behind an earlier one of its aggregate."""
        if BY_NAME[raw.topic].kind == "events" and await self.dead_letters.blocks(raw):
            await self.dead_letters.bury(raw, "waits_behind", 0, self._database.clock.now())
            return
        attempt = 1
        while (reason := await self._failure(raw)) is not None:
            wait = _patience(reason, attempt)
            if wait is None:
                await self._give_up(raw, reason, attempt)
                return
            attempt += 1
            await asyncio.sleep(wait)

    async def _give_up(self, raw: Raw, reason: str, attempts: int) -> None:
        """A command is dropped, unless it is damaged: its workflow publishes it again until answered, and tells a person."""
        kept = BY_NAME[raw.topic].kind == "events" or reason.startswith(DAMAGED)
        log.error(
            "message.buried" if kept else "command.dropped",
            service=self._database.service,
            id=raw.header("id"),
            reason=reason,
        )
        if kept:
            await self.dead_letters.bury(raw, reason, attempts, self._database.clock.now())

    async def _failure(self, raw: Raw) -> str | None:
        try:
            await self.handle(raw)
        except Damaged as error:
            return f"{DAMAGED}{error}"
        except NotYet:
            return "not_yet"
        except (PyMongoError, PublishError):
            return "unavailable"
        except Exception as error:
            log.warning(
                "message.failed", service=self._database.service, id=raw.header("id"), error=type(error).__name__
            )
            return reason_of(error)
        return None

    async def handle(self, raw: Raw) -> None:
        """Decode and hand one record to its handler; types that this service does not subscribe to pass by unread."""
        known = MESSAGES.get(raw.header("type") or "")
        if known and known not in self._on:
            return
        try:
            envelope = Envelope.read(raw.headers, raw.value)
            message = decode(envelope)
        except UnknownType:
            raise Damaged("unknown_type") from None
        except Malformed as error:
            raise Damaged(f"malformed ({error})") from None
        except (ValidationError, ValueError):
            raise Damaged("not_an_envelope") from None
        handler = self._on.get(type(message))
        if handler is None:
            return
        with telemetry.consumed(self._database.service, envelope):
            await self._call(handler, message, envelope)

    async def _call(self, handler: Handler, message: Message, envelope: Envelope) -> None:
        received = Received(
            id=envelope.id,
            source=envelope.source.rsplit("/", 1)[-1],
            subject=envelope.subject,
            time=envelope.time,
            sequence=envelope.sequence or 0,
            version=envelope.aggregateversion or 0,
            causation=envelope.causationid,
        )
        try:
            await handler(message, received)
        except Late:
            return
        except Refusal as refusal:
            if not isinstance(message, Command) or self._refused is None or refusal.status == 503:
                raise
            await self._database.refuse(message, refusal, self._refused)

    async def cursor(self, source: str, shard: int) -> int:
        """The last position of the source's shard that is confirmed here."""
        return (await self._cursors.read((source, shard))).position

    async def rewind(self, source: str, shard: int, position: int) -> None:
        """Set the cursor back, so that everything after ``position`` is consumed again, and ask for it; never forwards."""
        place = (source, shard)
        async with self.lanes.turns[place]:
            position = await self._cursors.set_back(place, max(0, position))
        await self._gaps.ask(place, position, again=True)

    async def told(self, notice: Heads) -> None:
        """A source says how far it goes: when we are behind and do not move, ask for what is missing."""
        if notice.source in self.sources:
            for shard, head in notice.heads.items():
                await self._gaps.told((notice.source, shard), head, await self.cursor(notice.source, shard))

    async def finish(self) -> None:
        """End what is in hand, or give it back, and write how far this has come."""
        await self.lanes.finish()
        await self._cursors.close()

    async def progress(self) -> dict[str, dict[int, int]]:
        """The cursors by source and shard."""
        return {
            source: {shard: await self.cursor(source, shard) for shard in range(events_of(source).partitions)}
            for source in self.sources
        }
