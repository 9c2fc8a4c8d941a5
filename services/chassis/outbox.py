"""The relay: takes events from the aggregates' outboxes to the archive, then to the broker, then out of the outbox.

Dying anywhere in between repeats, never loses, never forks: positions and event ids are unique in the archive, consumers
skip positions they have passed, and pulling twice pulls once.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from contracts.envelope import Envelope
from contracts.topics import CONTROL, events_of
from services.chassis import telemetry
from services.chassis.archive import Archive, Head
from services.chassis.broker import Publisher
from services.chassis.control import Heads, Missing
from services.chassis.database import Collection, Database
from services.chassis.leases import TTL_SECONDS, Leases
from services.chassis.outboxes import BATCH, SWEEP_SECONDS, Outboxes, Place

log = structlog.get_logger()
ANNOUNCE_SECONDS = 5.0
PAUSE_AFTER_FAILURE = 0.5
NOTE_SECONDS = 1.0


class Relay:
    """One service's relay, for the shards whose lease this process holds."""

    def __init__(self, database: Database, archive: Archive, publisher: Publisher, owner: str) -> None:
        self._database, self._archive, self._publisher = database, archive, publisher
        self._leases = Leases(database.collection("leases"), owner)
        self._topic = events_of(database.service).name
        self.heads: dict[int, Head] = {}
        self._outboxes = Outboxes(database)
        self._asked: dict[int, int] = {}
        self._doubtful: set[int] = set()
        self._unnoted: set[int] = set()
        self._renew_at = self._announce_at = self._note_at = 0.0
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
                self._outboxes.doubt()
                log.warning("relay.failed", service=self._database.service, error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE)
        with contextlib.suppress(PyMongoError):
            await self._note()
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
        depth = max(self._outboxes.depth, int(self._database.written.is_set()))
        oldest = self._outboxes.oldest
        if not depth or not oldest:
            return {"depth": depth}
        age = self._database.clock.now() - datetime.fromisoformat(oldest)
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
        if now >= self._note_at:
            await self._note()
            self._note_at = now + NOTE_SECONDS
        for shard, after in list(self._asked.items()):
            del self._asked[shard]
            if shard in self.heads:
                await self._publish_again(shard, after)
        if collections := self._outboxes.due(now):
            await self._drain(collections)
        elif not self._asked:
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

    async def _drain(self, collections: Sequence[Collection]) -> None:
        """Send what waits in these; a shard that cannot be sent does not hold up the others."""
        waiting = await self._outboxes.collect(collections, self.heads)
        telemetry.outbox(
            self._database.service, self._outboxes.depth, self._outboxes.oldest, self._database.clock.now()
        )
        placed = await self._place({shard: batch.envelopes for shard, batch in waiting.items()})
        sending = (self._publish(shard, envelopes) for shard, envelopes in placed.items())
        outcomes = dict(zip(placed, await asyncio.gather(*sending, return_exceptions=True), strict=True))
        sent = [shard for shard, outcome in outcomes.items() if outcome is None]
        self._doubtful.difference_update(sent)
        if sent:
            await self._empty([place for shard in sent for place in waiting[shard].places])
        for outcome in outcomes.values():
            if isinstance(outcome, BaseException):
                raise outcome

    async def _place(self, waiting: Mapping[int, list[Envelope]]) -> dict[int, list[Envelope]]:
        """Archive what is not archived yet; by shard, in order, what has a position now.

        Nothing when another relay was faster somewhere: these shards have to be looked at again.
        """
        placed, fresh = dict[int, list[Envelope]](), dict[int, list[Envelope]]()
        for shard, envelopes in waiting.items():
            placed[shard], fresh[shard] = [], envelopes
            if shard in self._doubtful:
                placed[shard], fresh[shard] = await self._sort_out(shard, envelopes)
        if not any(fresh.values()):
            return placed
        try:
            heads, appended = await self._archive.append({shard: self.heads[shard] for shard in fresh}, fresh)
        except DuplicateKeyError:
            self._doubtful.update(fresh)
            return {}
        self.heads |= heads
        self._unnoted.update(heads)
        return {shard: placed[shard] + appended[shard] for shard in placed}

    async def _sort_out(self, shard: int, envelopes: list[Envelope]) -> tuple[list[Envelope], list[Envelope]]:
        """After a failure or a change of hands: those archived already, by position, and those not."""
        self.heads[shard] = await self._archive.head(shard)
        known = await self._archive.find([envelope.id for envelope in envelopes])
        placed = [item.model_copy(update={"sequence": known[item.id]}) for item in envelopes if item.id in known]
        placed.sort(key=lambda envelope: envelope.sequence or 0)
        return placed, [item for item in envelopes if item.id not in known]

    async def _publish(self, shard: int, envelopes: list[Envelope]) -> None:
        await self._publisher.send(self._topic, envelopes, partition=shard)

    async def _empty(self, places: list[Place]) -> None:
        await self._outboxes.empty(places)

    async def _note(self) -> None:
        """Note the heads that moved: what is archived after them is found by walking, should this process die."""
        moved = {shard: self.heads[shard] for shard in self._unnoted if shard in self.heads}
        if moved:
            await self._archive.note(moved)
        self._unnoted.clear()

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
