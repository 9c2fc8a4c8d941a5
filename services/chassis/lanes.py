"""Partitions side by side, each in order: what one of them waits for, another may bring."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping

import structlog

from services.chassis.cursors import Place
from services.chassis.dead_letters import Raw

log = structlog.get_logger()
PATIENCE_SECONDS = 1.0
STOP_SECONDS = 8.0
MOST_QUEUED = 5_000
"""Records of one partition that wait in memory: some megabytes."""

Work = Callable[[Place, list[Raw]], Awaitable[None]]
"""What is done with a batch of one partition."""


class Lanes:
    """``turns`` are held by whoever works on a partition."""

    def __init__(self, service: str, work: Work) -> None:
        self._service, self._work = service, work
        self.turns: dict[Place, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._queued: dict[Place, int] = defaultdict(int)
        self._going: set[asyncio.Task[None]] = set()

    async def take(self, batches: Mapping[Place, list[Raw]]) -> None:
        """Work on the batches; returns when all is done, or after ``PATIENCE_SECONDS``.

        A lane that takes longer goes on by itself, with what comes for it meanwhile; beyond ``MOST_QUEUED`` that is dropped, and
        asked for again some seconds later.
        """
        tasks = [self._lane(place, batch) for place, batch in batches.items() if self._queued[place] < MOST_QUEUED]
        if tasks:
            await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)

    def _lane(self, place: Place, batch: list[Raw]) -> asyncio.Task[None]:
        self._queued[place] += len(batch)
        task = asyncio.create_task(self._go(place, batch))
        self._going.add(task)
        task.add_done_callback(self._going.discard)
        return task

    async def _go(self, place: Place, batch: list[Raw]) -> None:
        try:
            async with self.turns[place]:
                await self._work(place, batch)
        except Exception as error:
            log.error("partition.failed", service=self._service, error=type(error).__name__)
        finally:
            self._queued[place] -= len(batch)

    async def settle(self) -> None:
        """Let what is in hand come to its end, for as long as a graceful stop may take."""
        if self._going:
            await asyncio.wait(self._going, timeout=STOP_SECONDS)

    async def finish(self) -> None:
        """Settle, and give back what takes too long."""
        await self.settle()
        for task in self._going:
            task.cancel()
        await asyncio.gather(*self._going, return_exceptions=True)
