"""Where events wait: what this process has written is looked at at once, everything else now and then."""

from collections import defaultdict
from collections.abc import Collection as Some
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pymongo import UpdateMany

from contracts.envelope import Envelope
from services.chassis.database import Collection, Database

T = TypeVar("T")
SWEEP_SECONDS = 1.0
BATCH = 500
EMPTIED = 50
"""How many outboxes one statement empties: what it costs grows with the square of that."""

_READ = {"outbox": 1, "shard": 1, "version": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """An aggregate that has events: its version when they were read, and their ids."""

    collection: Collection
    key: str
    version: int
    ids: list[str]


@dataclass
class Batch:
    """What one shard has to send: envelopes in order, and where each is to be pulled from."""

    envelopes: list[Envelope] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How many aggregates of a collection had events when it was last looked at, and since when."""

    waiting: int = 1
    oldest: str | None = None


class Outboxes:
    """All outboxes of a service."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = defaultdict[str, _Seen](_Seen, {each.name: _Seen() for each in database.outboxes})
        self._sweep_at = 0.0

    @property
    def depth(self) -> int:
        """How many aggregates have events that wait, as last looked at."""
        return sum(seen.waiting for seen in self._seen.values())

    @property
    def oldest(self) -> str | None:
        """When the oldest event happened that waits, as last looked at."""
        return min((seen.oldest for seen in self._seen.values() if seen.oldest), default=None)

    def due(self, now: float) -> list[Collection]:
        """Where to look: in what this process has written to, where something was left, and now and then everywhere."""
        for name in self._database.written.take():
            seen = self._seen[name]
            self._seen[name] = _Seen(max(1, seen.waiting), seen.oldest)
        if now >= self._sweep_at:
            self._sweep_at = now + SWEEP_SECONDS
            return self._database.outboxes
        return [each for each in self._database.outboxes if self._seen[each.name].waiting]

    def doubt(self) -> None:
        """Look everywhere next time."""
        self._sweep_at = 0.0

    async def collect(self, collections: Sequence[Collection], shards: Some[int]) -> dict[int, Batch]:
        """What waits in these collections for these shards."""
        found: dict[int, Batch] = defaultdict(Batch)
        mine = {"pending": {"$in": list(shards)}}
        for collection in collections:
            documents = await collection.find(mine, _READ).limit(BATCH).to_list(BATCH)
            for document in documents:
                envelopes = [Envelope.model_validate(record) for record in document["outbox"]]
                batch = found[document["shard"]]
                batch.envelopes += envelopes
                ids = [each.id for each in envelopes]
                batch.places.append(Place(collection, document["_id"], document["version"], ids))
            times = [document["outbox"][0]["time"] for document in documents if document["outbox"]]
            self._seen[collection.name] = _Seen(len(documents), min(times, default=None))
        return found

    async def empty(self, sent: Sequence[Place]) -> None:
        """Take what was sent out; an aggregate written meanwhile keeps its mark, and its newer events."""
        by_collection: dict[str, list[Place]] = defaultdict(list)
        for place in sent:
            by_collection[place.collection.name].append(place)
        for name, places in by_collection.items():
            done = await places[0].collection.bulk_write(list(_emptying(places)), ordered=False)
            if done.matched_count < len(places):
                await places[0].collection.bulk_write(list(_pulling(places)), ordered=False)
            left = self._seen[name].waiting - len(places)
            self._seen[name] = _Seen(left, self._seen[name].oldest if left else None)


def _emptying(places: Sequence[Place]) -> Iterator[UpdateMany]:
    """Empty the outboxes of what was not written since, and take their mark away."""
    change = {"$set": {"outbox": []}, "$unset": {"pending": ""}}
    by_version: dict[int, list[str]] = defaultdict(list)
    for place in places:
        by_version[place.version].append(place.key)
    for version, keys in by_version.items():
        for part in _parts(keys):
            yield UpdateMany({"_id": {"$in": part}, "version": version}, change)


def _pulling(places: Sequence[Place]) -> Iterator[UpdateMany]:
    """Take what was sent out of the outboxes, and leave what has come since."""
    for part in _parts(places):
        sent = [identity for place in part for identity in place.ids]
        yield UpdateMany({"_id": {"$in": [place.key for place in part]}}, {"$pull": {"outbox": {"id": {"$in": sent}}}})


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + EMPTIED] for start in range(0, len(items), EMPTIED))
