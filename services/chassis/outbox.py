"""The relay: takes events from the aggregates' outboxes to the archive, then to the broker, then out of the outbox.

Dying anywhere in between repeats, never loses, never forks: positions and event ids are unique in the archive, consumers
skip positions they have passed, and pulling twice pulls once.
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError, PyMongoError

from contracts.envelope import Envelope
from contracts.topics import CONTROL, events_of
from services.chassis import telemetry
from services.chassis.archive import Archive, Head
from services.chassis.broker import Publisher
from services.chassis.control import Heads, Missing
from services.chassis.database import Collection, Database
from services.chassis.leases import TTL_SECONDS, Leases

log = structlog.get_logger()
SWEEP_SECONDS = 1.0
ANNOUNCE_SECONDS = 5.0
BATCH = 500
PAUSE_AFTER_FAILURE = 0.5


@dataclass(frozen=True, slots=True)
class _Place:
    """An aggregate whose events were read at ``version``, and their ids."""

    collection: Collection
    key: str
    version: int
    ids: list[str]

    @property
    def unchanged(self) -> dict[str, Any]:
        return {"_id": self.key, "version": self.version}

    @property
    def pull(self) -> dict[str, Any]:
        return {"$pull": {"outbox": {"id": {"$in": self.ids}}}}


@dataclass
class _Waiting:
    """What one shard has to send: envelopes in order, and where each is to be pulled from."""

    envelopes: list[Envelope] = field(default_factory=list)
    places: list[_Place] = field(default_factory=list)


class Relay:
    """One service's relay, for the shards whose lease this process holds."""

    def __init__(self, database: Database, archive: Archive, publisher: Publisher, owner: str) -> None:
        self._database, self._archive, self._publisher = database, archive, publisher
        self._leases = Leases(database.collection("leases"), owner)
        self._topic = events_of(database.service).name
        self.heads: dict[int, Head] = {}
        self.oldest: str | None = None
        self._waiting = 1
        self._asked: dict[int, int] = {}
        self._doubtful: set[int] = set()
        self._renew_at = self._announce_at = 0.0
        self.beat = time.monotonic()
        self._stopping = False

    async def run(self) -> None:
        """Relay until ``stop``, then give the leases back; whatever fails is logged and tried again."""
        while not self._stopping:
            try:
                await self._turn()
                self.beat = time.monotonic()
            except Exception as error:
                self._doubtful.update(self.heads)
                log.warning("relay.failed", service=self._database.service, error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
        with contextlib.suppress(PyMongoError):
            for shard in self.heads:
                await self._leases.release(f"shard-{shard}")

    def stop(self) -> None:
        """Let the turn in hand be the last."""
        self._stopping = True
        self._database.written.set()

    async def depth(self) -> int:
        """How many aggregates have events that wait, counted in the database."""
        waits = {"pending": {"$gte": 0}}
        return sum([await collection.count_documents(waits) for collection in self._database.outboxes])

    async def positions(self) -> dict[int, int]:
        """The last position of every shard: as this relay knows it, or from the archive for those that another holds."""
        if len(self.heads) < self._database.shards:
            return await self._archive.positions(None)
        return {shard: head.position for shard, head in self.heads.items()}

    def outbox(self) -> dict[str, float]:
        """How many events wait, as last looked at, and since how many seconds (on the installation's clock) if any do.

        What this process has written since, and not looked at yet, counts as one.
        """
        depth = max(self._waiting, int(self._database.written.is_set()))
        if not depth or not self.oldest:
            return {"depth": depth}
        age = self._database.clock.now() - datetime.fromisoformat(self.oldest)
        return {"depth": depth, "age_seconds": max(0.0, age.total_seconds())}

    def ask(self, request: Missing) -> None:
        """A consumer misses what comes after a position: publish it again in the next turns."""
        if request.source != self._database.service or request.shard not in self.heads:
            return
        self._asked[request.shard] = min(request.after, self._asked.get(request.shard, request.after))
        self._database.written.set()

    async def _turn(self) -> None:
        now = time.monotonic()
        if now >= self._renew_at:
            await self._hold_leases()
            self._renew_at = now + TTL_SECONDS / 3
        if self._database.written.is_set():
            self._waiting = max(1, self._waiting)
            self._database.written.clear()
        for shard, after in list(self._asked.items()):
            del self._asked[shard]
            if shard in self.heads:
                await self._publish_again(shard, after)
        if not await self._drain() and not self._asked:
            await self._announce()
            await self._wait()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._database.written.wait(), SWEEP_SECONDS)
        except TimeoutError:
            return

    async def _hold_leases(self) -> None:
        for shard in range(self._database.shards):
            if not await self._leases.hold(f"shard-{shard}"):
                self.heads.pop(shard, None)
            elif shard not in self.heads:
                self.heads[shard] = await self._archive.head(shard)
                self._doubtful.add(shard)
                self._announce_at = 0.0

    async def _drain(self) -> int:
        """Send what waits; a shard that cannot be sent does not hold up the others."""
        waiting = await self._collect()
        sending = (self._send(shard, batch) for shard, batch in waiting.items())
        for failure in filter(None, await asyncio.gather(*sending, return_exceptions=True)):
            raise failure
        return self._waiting

    async def _collect(self) -> dict[int, _Waiting]:
        waiting: dict[int, _Waiting] = defaultdict(_Waiting)
        mine = {"pending": {"$in": list(self.heads)}}
        oldest: str | None = None
        for collection in self._database.outboxes:
            async for document in collection.find(mine, {"outbox": 1, "shard": 1, "version": 1}).limit(BATCH):
                envelopes = [Envelope.model_validate(record) for record in document["outbox"]]
                batch = waiting[document["shard"]]
                batch.envelopes += envelopes
                ids = [envelope.id for envelope in envelopes]
                batch.places.append(_Place(collection, document["_id"], document["version"], ids))
                if envelopes:
                    first = document["outbox"][0]["time"]
                    oldest = min(oldest or first, first)
        self.oldest = oldest
        self._waiting = sum(len(batch.places) for batch in waiting.values())
        telemetry.outbox(self._database.service, self._waiting, oldest, self._database.clock.now())
        return waiting

    async def _send(self, shard: int, batch: _Waiting) -> None:
        placed: list[Envelope] = []
        fresh = batch.envelopes
        if shard in self._doubtful:
            placed, fresh = await self._sort_out(shard, batch.envelopes)
        if fresh:
            try:
                self.heads[shard], appended = await self._archive.append(shard, self.heads[shard], fresh)
            except DuplicateKeyError:
                self._doubtful.add(shard)
                self.heads[shard] = await self._archive.head(shard)
                return
            placed += appended
        await self._publish(shard, placed)
        self._doubtful.discard(shard)
        await self._pull(batch)
        await self._archive.note(shard, self.heads[shard])

    async def _sort_out(self, shard: int, envelopes: list[Envelope]) -> tuple[list[Envelope], list[Envelope]]:
        """After a failure or a change of hands: those archived already, by position, and those not."""
        self.heads[shard] = await self._archive.head(shard)
        known = await self._archive.find([envelope.id for envelope in envelopes])
        placed = [item.model_copy(update={"sequence": known[item.id]}) for item in envelopes if item.id in known]
        placed.sort(key=lambda envelope: envelope.sequence or 0)
        return placed, [item for item in envelopes if item.id not in known]

    async def _publish(self, shard: int, envelopes: list[Envelope]) -> None:
        await self._publisher.send(self._topic, envelopes, partition=shard)

    async def _pull(self, batch: _Waiting) -> None:
        """Take what is published out of the outboxes; an aggregate written meanwhile keeps its mark, and its newer events."""
        by_collection: dict[str, list[_Place]] = defaultdict(list)
        for place in batch.places:
            by_collection[place.collection.name].append(place)
        for places in by_collection.values():
            emptied = [UpdateOne(place.unchanged, {**place.pull, "$unset": {"pending": ""}}) for place in places]
            done = await places[0].collection.bulk_write(emptied, ordered=False)
            if done.matched_count < len(places):
                again = [UpdateOne({"_id": place.key}, place.pull) for place in places if place.ids]
                if again:
                    await places[0].collection.bulk_write(again, ordered=False)

    async def _publish_again(self, shard: int, after: int) -> None:
        """One batch; the rest comes after what is new, which a long archive must not hold up."""
        head = self.heads[shard].position
        upto = min(after + BATCH, head)
        await self._publish(shard, [envelope async for envelope in self._archive.read(shard, after, upto)])
        if upto < head:
            self._asked[shard] = min(upto, self._asked.get(shard, upto))

    async def _announce(self) -> None:
        now = time.monotonic()
        if now < self._announce_at or not self.heads:
            return
        self._announce_at = now + ANNOUNCE_SECONDS
        notice = Heads(
            source=self._database.service, heads={shard: head.position for shard, head in self.heads.items()}
        )
        await self._publisher.notify(CONTROL.name, notice)
