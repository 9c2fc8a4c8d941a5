"""The season's time: it stands at life's pace while people act, and is moved on when they are done.

So an outcome never depends on the machine's speed. With ``week_seconds`` the clock runs through the weeks for people who
want to watch them pass; the stops, and the outcome, are the same.
"""

import asyncio
from datetime import datetime, timedelta

from deploy.local.season.door import Door
from services.chassis.clock import SharedClock

WEEK = timedelta(weeks=1)
LIFE = 1.0
ASTRAY_SECONDS = 1.0


class Clockwork:
    """Moves the clock, and waits until every open workflow has been told."""

    def __init__(self, clock: SharedClock, door: Door, week_seconds: float | None) -> None:
        self._clock, self._door = clock, door
        self._turn = asyncio.Lock()
        self._rate = WEEK.total_seconds() / week_seconds if week_seconds else None

    def now(self) -> datetime:
        return self._clock.now()

    async def advance(self, to: datetime) -> None:
        """Let season time pass until ``to``; nothing when it is past already."""
        async with self._turn:
            left = (to - self._clock.now()).total_seconds()
            if left <= 0:
                return
            if self._rate:
                sequence = self._clock.move(rate=self._rate).sequence
                await self._told(sequence)
                await asyncio.sleep(left / self._rate)
            await self._told(self._clock.move(to, LIFE).sequence)

    async def astray(self, by: timedelta) -> None:
        """Let the clock be wrong by ``by`` for a moment, then right again, each time with every workflow told."""
        async with self._turn:
            for error in (by, -by):
                await self._told(self._clock.advance(error).sequence)
                await asyncio.sleep(ASTRAY_SECONDS)

    async def _told(self, sequence: int) -> None:
        async def told() -> bool:
            answer = await self._door.operator("workflows", "/internal/clock")
            return int(answer["told"]) >= sequence

        await self._door.until(told, "the workflows know the time")
