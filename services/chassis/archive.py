"""The log that counts: every event of a service, by shard and position, append-only, each entry hashed over the one before.

A position is the document's ``_id``, so that two writers cannot give the same one; an event's id is unique, so that none is
archived twice. Reading is by narrow ranges of ``place``, which repeats the key: SecantusDB scans for a range of ``_id``.
"""

import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from contracts.envelope import Envelope
from services.chassis.database import Collection

GENESIS = hashlib.sha256(b"tremplin").hexdigest()
PAGE = 500
DUPLICATE = 11000


@dataclass(frozen=True, slots=True)
class Head:
    """The last position of a shard (0 when it is empty) and the hash there."""

    position: int = 0
    hash: str = GENESIS


class Broken(Exception):
    """The chain of a shard does not hold at ``position``."""

    def __init__(self, shard: int, position: int, reason: str) -> None:
        super().__init__(f"shard {shard}, position {position}: {reason}")
        self.shard, self.position, self.reason = shard, position, reason


def key_of(shard: int, position: int) -> str:
    return f"{shard:03d}:{position:012d}"


def chained(previous: str, position: int, record: dict[str, Any]) -> str:
    """SHA-256 over the previous hash, the position and the record's canonical JSON (sorted keys)."""
    body = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(previous.encode() + str(position).encode() + body).hexdigest()


def follow(shard: int, head: Head, entry: Mapping[str, Any]) -> Head:
    """The head after ``entry``, which has to be the one that comes after ``head``. Raises ``Broken``."""
    if entry["position"] != head.position + 1:
        raise Broken(shard, head.position + 1, "missing")
    if chained(head.hash, entry["position"], entry["record"]) != entry["hash"]:
        raise Broken(shard, entry["position"], "hash")
    return Head(entry["position"], entry["hash"])


class Archive:
    """The log of one service, in ``shards`` chains of its own each."""

    def __init__(self, entries: Collection, heads: Collection, shards: int) -> None:
        self._entries, self._heads, self._shards = entries, heads, range(shards)

    async def prepare(self) -> None:
        await self._entries.create_index("event_id", unique=True, name="event")
        await self._entries.create_index("place", name="place")

    async def head(self, shard: int) -> Head:
        """The end of the shard: the noted head, and whatever was appended after it was noted."""
        noted = await self._heads.find_one({"_id": shard})
        head = Head(noted["position"], noted["hash"]) if noted else Head()
        while entry := await self._entries.find_one({"_id": key_of(shard, head.position + 1)}):
            head = Head(entry["position"], entry["hash"])
        return head

    async def append(
        self, heads: Mapping[int, Head], fresh: Mapping[int, Iterable[Envelope]]
    ) -> tuple[dict[int, Head], dict[int, list[Envelope]]]:
        """Give each shard's envelopes the positions after its head; the new heads, and the envelopes with their ``sequence``.

        Raises ``DuplicateKeyError`` when another relay was there first or an event is archived already; those that came
        before it, of any shard, are then in the archive.
        """
        moved, placed = dict(heads), dict[int, list[Envelope]]()
        documents = []
        for shard, envelopes in fresh.items():
            placed[shard] = []
            for envelope in envelopes:
                moved[shard], entry = _entry(shard, moved[shard], envelope)
                documents.append(entry)
                placed[shard].append(envelope.model_copy(update={"sequence": entry["position"]}))
        try:
            await self._entries.insert_many(documents, ordered=True)
        except BulkWriteError as error:
            if all(item["code"] == DUPLICATE for item in error.details["writeErrors"]):
                raise DuplicateKeyError("position_or_event_archived", DUPLICATE) from None
            raise
        return moved, placed

    async def note(self, heads: Mapping[int, Head]) -> None:
        """Remember the heads of these shards, so that finding one again is a look-up and not a walk."""
        changes = {shard: {"position": head.position, "hash": head.hash} for shard, head in heads.items()}
        noted = [UpdateOne({"_id": shard}, {"$set": change}, upsert=True) for shard, change in changes.items()]
        await self._heads.bulk_write(noted, ordered=False)

    async def find(self, event_ids: list[str]) -> dict[str, int]:
        """The positions of those of ``event_ids`` that are archived."""
        found = self._entries.find({"event_id": {"$in": event_ids}}, {"event_id": 1, "position": 1})
        return {entry["event_id"]: entry["position"] async for entry in found}

    async def read(self, shard: int, after: int = 0, upto: int | None = None) -> AsyncIterator[Envelope]:
        """The shard's envelopes after position ``after``, in order, each with its ``sequence``."""
        async for entry in self._walk(shard, after, upto):
            yield Envelope.model_validate({**entry["record"], "sequence": entry["position"]})

    async def positions(self, since: datetime | None) -> dict[int, int]:
        """The last position of every shard, or the last before ``since``."""
        return {shard: await self._position(shard, since) for shard in self._shards}

    async def _position(self, shard: int, instant: datetime | None) -> int:
        """By a binary search, since positions and times rise together."""
        low, high = 0, (await self.head(shard)).position
        if instant is None:
            return high
        while low < high:
            middle = (low + high + 1) // 2
            entry = await self._entries.find_one({"_id": key_of(shard, middle)}, {"record.time": 1})
            if entry is not None and datetime.fromisoformat(entry["record"]["time"]) < instant:
                low = middle
            else:
                high = middle - 1
        return low

    async def verify(self) -> dict[str, Any]:
        """Walk every shard from its first entry and recompute its hashes: how many events there are, or where it breaks."""
        events = 0
        for shard in self._shards:
            try:
                events += await self._verify(shard)
            except Broken as error:
                return {"intact": False, "shard": shard, "position": error.position, "reason": error.reason}
        return {"intact": True, "events": events}

    async def _verify(self, shard: int) -> int:
        head = Head()
        async for entry in self._walk(shard, 0, None):
            head = follow(shard, head, entry)
        noted = await self._heads.find_one({"_id": shard})
        if noted and noted["position"] > head.position:
            raise Broken(shard, head.position + 1, "cut off")
        return head.position

    async def _walk(self, shard: int, after: int, upto: int | None) -> AsyncIterator[dict[str, Any]]:
        while upto is None or after < upto:
            last = after + PAGE if upto is None else min(after + PAGE, upto)
            keys = {"$gt": key_of(shard, after), "$lte": key_of(shard, last)}
            page = await self._entries.find({"place": keys}).sort("place", 1).to_list(PAGE)
            for entry in page:
                yield entry
            if len(page) < last - after:
                return
            after = last


def _entry(shard: int, head: Head, envelope: Envelope) -> tuple[Head, dict[str, Any]]:
    position, record = head.position + 1, envelope.record()
    key = key_of(shard, position)
    after = Head(position, chained(head.hash, position, record))
    return after, {
        "_id": key,
        "place": key,
        "position": position,
        "event_id": envelope.id,
        "hash": after.hash,
        "record": record,
    }
