"""The numbers that applications get, one after the other in each call."""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.chassis.database import Collection


@dataclass
class _Draw:
    """Numbers that are drawn together: how many were asked for, and the first of them once they are drawn."""

    asked: int = 0
    first: int | None = None


class Numbers:
    """Those who ask while a draw is under way share the next one: one write, however many submit at once."""

    def __init__(self, counters: Collection) -> None:
        self._counters = counters
        self._next: dict[UUID, _Draw] = {}
        self._turns: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def draw(self, call_id: UUID) -> int:
        """The call's next number, from 1; each is drawn once, and one drawn by a process that dies is skipped."""
        mine = self._next.setdefault(call_id, _Draw())
        place, mine.asked = mine.asked, mine.asked + 1
        async with self._turns[call_id]:
            if mine.first is None:
                if self._next.get(call_id) is mine:
                    del self._next[call_id]
                mine.first = await self._last_of(call_id, mine.asked) - mine.asked + 1
        return mine.first + place

    async def _last_of(self, call_id: UUID, count: int) -> int:
        """Draw ``count`` numbers; the last of them."""
        while True:
            counter = await self._counters.find_one_and_update(
                {"_id": str(call_id)}, {"$inc": {"last": count}}, return_document=ReturnDocument.AFTER
            )
            if counter is not None:
                return int(counter["last"])
            with suppress(DuplicateKeyError):
                await self._counters.insert_one({"_id": str(call_id), "last": 0})
