"""How far a service has come in every source: a cursor per shard, in the service's own database.

Processes of one service may share its sources. A cursor moves on only from where its mover read it, so that a service set
back by one process is not moved on again by the batch that another has in hand.
"""

from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from services.chassis.database import Collection

Place = tuple[str, int]
"""A source, and one of its shards."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``position`` is the last that is confirmed; ``rewinds`` counts how often the cursor was set back."""

    position: int = 0
    rewinds: int = 0


class Cursors:
    """``shared``: whether other processes move these cursors too, so that what this one remembers may be old."""

    def __init__(self, collection: Collection, shared: bool) -> None:
        self._collection, self._shared = collection, shared
        self._known: dict[Place, Cursor] = {}

    async def read(self, place: Place) -> Cursor:
        if self._shared or place not in self._known:
            stored = await self._collection.find_one({"_id": _key(place)})
            self._known[place] = Cursor(stored["position"], stored["rewinds"]) if stored else Cursor()
        return self._known[place]

    async def advance(self, place: Place, start: Cursor, position: int) -> None:
        """Confirm everything up to ``position``, unless the cursor is no longer where it was read."""
        unmoved = {"_id": _key(place), "position": start.position, "rewinds": start.rewinds}
        change = {"$set": {"position": position}, "$setOnInsert": _names(place)}
        try:
            await self._collection.update_one(unmoved, change, upsert=True)
        except DuplicateKeyError:
            self._known.pop(place, None)
        else:
            self._known[place] = Cursor(position, start.rewinds)

    async def set_back(self, place: Place, position: int) -> int:
        """Set the cursor to ``position``, never forwards; where it is now."""
        here = {"_id": _key(place)}
        first = {"$setOnInsert": {"position": 0, "rewinds": 0, **_names(place)}}
        await self._collection.update_one(here, first, upsert=True)
        await self._collection.update_one(here, {"$min": {"position": position}, "$inc": {"rewinds": 1}})
        self._known.pop(place, None)
        return (await self.read(place)).position


def _key(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


def _names(place: Place) -> dict[str, str | int]:
    return {"source": place[0], "shard": place[1]}
