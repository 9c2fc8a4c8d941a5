"""How far a service has come in every source: a cursor per shard, in the service's own database.

Processes of one service may share its sources. A cursor moves on only from where its mover read it, so that a service set
back by one process is not moved on again by the batch that another has in hand.

A process that has its sources to itself writes its cursors once a second: what it handled since is handled again after a
crash, as the batch in hand is.
"""

import asyncio
import contextlib
from dataclasses import dataclass

import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.chassis.database import Collection

log = structlog.get_logger()
WRITE_SECONDS = 1.0
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
        self._written: dict[Place, Cursor] = {}
        self._writing = asyncio.Lock()
        self._soon: asyncio.Task[None] | None = None

    async def read(self, place: Place) -> Cursor:
        """Where the cursor is. What moved it on while the database was asked is newer than its answer."""
        if not self._shared and place in self._known:
            return self._known[place]
        stored = await self._stored(place)
        return stored if self._shared else self._known.setdefault(place, stored)

    async def _stored(self, place: Place) -> Cursor:
        stored = await self._collection.find_one({"_id": key_of(place)})
        return Cursor(stored["position"], stored["rewinds"]) if stored else Cursor()

    async def advance(self, place: Place, start: Cursor, position: int) -> None:
        """Confirm everything up to ``position``, unless the cursor is no longer where it was read."""
        here = Cursor(position, start.rewinds)
        if self._shared:
            await self._move(place, start, here)
            return
        self._written.setdefault(place, start)
        self._known[place] = here
        if self._soon is None or self._soon.done():
            self._soon = asyncio.create_task(self._write_soon())

    async def _write_soon(self) -> None:
        while self._written:
            await asyncio.sleep(WRITE_SECONDS)
            try:
                await self.write()
            except PyMongoError as error:
                log.warning("cursors.unwritten", error=type(error).__name__)

    async def write(self, *places: Place) -> None:
        """Write what is known better than the database knows it, of these places or of all."""
        async with self._writing:
            for place in places or tuple(self._written):
                if before := self._written.get(place):
                    await self._write(place, before)

    async def _write(self, place: Place, before: Cursor) -> None:
        here = self._known[place]
        if not await self._move(place, before, here):
            del self._known[place], self._written[place]
            return
        if self._known[place] == here:
            del self._written[place]
        else:
            self._written[place] = here

    async def _move(self, place: Place, before: Cursor, here: Cursor) -> bool:
        """Move the cursor on in the database, from where it was; whether it still was there."""
        unmoved = {"_id": key_of(place), "position": before.position, "rewinds": before.rewinds}
        change = {"$set": {"position": here.position}, "$setOnInsert": _names(place)}
        try:
            await self._collection.update_one(unmoved, change, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    async def close(self) -> None:
        """Write what is left, unless the database is gone."""
        if self._soon:
            self._soon.cancel()
        with contextlib.suppress(PyMongoError):
            await self.write()

    async def set_back(self, place: Place, position: int) -> int:
        """Set the cursor to ``position``, never forwards; where it is now."""
        await self.write(place)
        here = {"_id": key_of(place)}
        first = {"$setOnInsert": {"position": 0, "rewinds": 0, **_names(place)}}
        await self._collection.update_one(here, first, upsert=True)
        await self._collection.update_one(here, {"$min": {"position": position}, "$inc": {"rewinds": 1}})
        self._known[place] = back = await self._stored(place)
        return back.position


def key_of(place: Place) -> str:
    """A source and its shard as one name."""
    return f"{place[0]}:{place[1]}"


def _names(place: Place) -> dict[str, str | int]:
    return {"source": place[0], "shard": place[1]}
