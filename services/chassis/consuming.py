"""Consuming: at least once from the broker, each position once by the service's own cursor, in order by aggregate.

The cursor, kept per source and shard in the service's database, says what is confirmed. A position already passed is
skipped; after a gap everything is dropped and the missing part is asked of its source, which publishes from there again.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from contracts.decision import NotYet, Refusal
from contracts.envelope import Envelope
from contracts.model import Command, CommandRefused, Message
from contracts.registry import Malformed, UnknownType, decode
from contracts.topics import BY_NAME, CONTROL, commands_of, events_of
from services.chassis import telemetry
from services.chassis.broker import Publisher, PublishError
from services.chassis.control import Heads, Missing
from services.chassis.database import Database
from services.chassis.dead_letters import DeadLetters, Raw

log = structlog.get_logger()
STALLED_SECONDS = 2.0
PATIENCE_SECONDS = 1.0
STOP_SECONDS = 8.0
MOST_QUEUED = 2
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


Handler = Callable[[Any, Received], Awaitable[None]]
Subscriptions = Mapping[type[Message], Handler]


class Damaged(Exception):
    """The record cannot be understood; trying again cannot help. Its text is a code."""


def delay(attempt: int) -> float | None:
    """Seconds to wait after failed attempt number ``attempt`` (from 1), or None to give up: 0.05 to 2 s, about 8 s in all."""
    return None if attempt >= 10 else float(min(2.0, 0.05 * 2 ** (attempt - 1)))


class Consumer:
    """One service's consumer of other services' events and of the commands to itself."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        subscriptions: Subscriptions,
        refused: type[CommandRefused] | None = None,
    ) -> None:
        self._database, self._publisher, self._on, self._refused = database, publisher, subscriptions, refused
        self._cursors = database.collection("cursors")
        self._known: dict[tuple[str, int], int] = {}
        self._heads: dict[tuple[str, int], int] = {}
        self._seen: dict[tuple[str, int], int] = {}
        self._asked_at: dict[tuple[str, int], float] = {}
        self._turns: dict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._queued: dict[tuple[str, int], int] = defaultdict(int)
        self._lanes: set[asyncio.Task[None]] = set()
        self.dead_letters = DeadLetters(database.collection("dead_letters"))
        kinds = list(subscriptions)
        self.sources = sorted({kind.service for kind in kinds if not issubclass(kind, Command)})
        self.event_topics = [events_of(source) for source in self.sources]
        self.command_topics = [
            commands_of(name) for name in {kind.service for kind in kinds if issubclass(kind, Command)}
        ]

    async def prepare(self) -> None:
        await self.dead_letters.prepare()

    async def forget(self) -> None:
        """Partitions changed hands: read cursors and dead letters again from the database."""
        self._known.clear()
        await self.dead_letters.remember()

    async def receive(self, raws: list[Raw]) -> None:
        """Handle one batch, the partitions side by side; returns when all of it is done or buried.

        A partition that has to wait, for another's message perhaps, is not waited for longer than ``PATIENCE_SECONDS``: it goes
        on by itself, and what comes for it meanwhile beyond ``MOST_QUEUED`` batches is dropped and asked for again later.
        """
        by_partition: dict[tuple[str, int], list[Raw]] = defaultdict(list)
        for raw in raws:
            by_partition[raw.source, raw.partition].append(raw)
        tasks = [self._lane(place, batch) for place, batch in by_partition.items() if self._queued[place] < MOST_QUEUED]
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)

    def _lane(self, place: tuple[str, int], batch: list[Raw]) -> asyncio.Task[None]:
        self._queued[place] += 1
        task = asyncio.create_task(self._partition(place, batch))
        self._lanes.add(task)
        task.add_done_callback(self._lanes.discard)
        return task

    async def _partition(self, place: tuple[str, int], batch: list[Raw]) -> None:
        try:
            async with self._turns[place]:
                if BY_NAME[batch[0].topic].kind == "commands":
                    for raw in batch:
                        await self._attempt(raw)
                else:
                    await self._in_turn(place, batch)
        except Exception as error:
            log.error("partition.failed", service=self._database.service, error=type(error).__name__)
        finally:
            self._queued[place] -= 1

    async def finish(self) -> None:
        """Let what is in hand come to its end, for as long as a graceful stop may take."""
        if self._lanes:
            _, late = await asyncio.wait(self._lanes, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()

    async def _in_turn(self, place: tuple[str, int], batch: list[Raw]) -> None:
        cursor = start = await self.cursor(*place)
        for raw in batch:
            if raw.position is None:
                await self.dead_letters.bury(raw, "no_position", 1, self._database.clock.now())
            elif raw.position > cursor + 1:
                await self._ask(place, cursor)
                break
            elif raw.position == cursor + 1:
                await self._attempt(raw)
                cursor = raw.position
        if cursor > start:
            await self._advance(place, cursor)

    async def _attempt(self, raw: Raw) -> None:
        """Handle ``raw`` with bounded back-off; bury it when that does not help or an earlier one of its aggregate lies there.

        A command that fails is dropped, not buried: its workflow publishes it again until it is answered, and tells a person.
        """
        command = BY_NAME[raw.topic].kind == "commands"
        if not command and self.dead_letters.blocks(raw):
            await self.dead_letters.bury(raw, "waits_behind", 0, self._database.clock.now())
            return
        attempt = 1
        while (reason := await self._failure(raw)) is not None:
            wait = None if reason.startswith("damaged:") else delay(attempt)
            if reason in PASSING:
                wait = delay(min(attempt, 6))
            if wait is None and command and not reason.startswith("damaged:"):
                log.error("command.dropped", service=self._database.service, id=raw.header("id"), reason=reason)
                return
            if wait is None:
                log.error("message.buried", service=self._database.service, id=raw.header("id"), reason=reason)
                await self.dead_letters.bury(raw, reason, attempt, self._database.clock.now())
                return
            attempt += 1
            await asyncio.sleep(wait)

    async def _failure(self, raw: Raw) -> str | None:
        try:
            await self.handle(raw)
        except Damaged as error:
            return f"damaged:{error}"
        except NotYet:
            return "not_yet"
        except (PyMongoError, PublishError):
            return "unavailable"
        except Exception as error:
            log.warning(
                "message.failed", service=self._database.service, id=raw.header("id"), error=type(error).__name__
            )
            return getattr(error, "code", type(error).__name__)
        return None

    async def handle(self, raw: Raw) -> None:
        """Decode and hand one record to its handler; types that this service does not subscribe to pass by."""
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
        except Refusal as refusal:
            if not isinstance(message, Command) or self._refused is None or refusal.status == 503:
                raise
            await self._database.refuse(message, refusal, self._refused)

    async def cursor(self, source: str, shard: int) -> int:
        """The last position of the source's shard that is confirmed here."""
        place = (source, shard)
        if place not in self._known:
            stored = await self._cursors.find_one({"_id": f"{source}:{shard}"})
            self._known[place] = stored["position"] if stored else 0
        return self._known[place]

    async def _advance(self, place: tuple[str, int], position: int) -> None:
        source, shard = place
        change = {"$max": {"position": position}, "$set": {"source": source, "shard": shard}}
        await self._cursors.update_one({"_id": f"{source}:{shard}"}, change, upsert=True)
        self._known[place] = position
        telemetry.lag(self._database.service, source, shard, max(0, self._heads.get(place, 0) - position))

    async def rewind(self, source: str, shard: int, position: int) -> None:
        """Set the cursor back, so that everything after ``position`` is consumed again, and ask for it; never forwards."""
        async with self._turns[source, shard]:
            position = min(position, await self.cursor(source, shard))
            change = {"$set": {"position": position, "source": source, "shard": shard}}
            await self._cursors.update_one({"_id": f"{source}:{shard}"}, change, upsert=True)
            self._known[source, shard] = position
        self._asked_at.pop((source, shard), None)
        await self._ask((source, shard), position)

    async def told(self, notice: Heads) -> None:
        """A source says how far it goes: when we are behind and do not move, ask for what is missing."""
        if notice.source not in self.sources:
            return
        for shard, head in notice.heads.items():
            place = (notice.source, shard)
            self._heads[place] = head
            cursor = await self.cursor(*place)
            telemetry.lag(self._database.service, *place, max(0, head - cursor))
            if cursor < head and self._seen.get(place) == cursor:
                await self._ask(place, cursor)
            self._seen[place] = cursor

    async def _ask(self, place: tuple[str, int], after: int) -> None:
        now = time.monotonic()
        if now - self._asked_at.get(place, 0.0) < STALLED_SECONDS:
            return
        self._asked_at[place] = now
        await self._publisher.notify(CONTROL.name, Missing(source=place[0], shard=place[1], after=after))

    async def progress(self) -> dict[str, dict[int, int]]:
        """The cursors by source and shard."""
        return {
            source: {shard: await self.cursor(source, shard) for shard in range(events_of(source).partitions)}
            for source in self.sources
        }
