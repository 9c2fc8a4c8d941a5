"""Season time inside a workflow: Temporal's timers run in real time, deadlines are instants of the installation's clock."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.chassis.clock import Pace

SHORTEST_TIMER_SECONDS = 0.001


def never() -> bool:
    return False


class Timekeeper:
    """The installation's clock as a workflow knows it: the pace that it was started with, or the last that it was told."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.deadline: datetime | None = None

    def moved(self, pace: Pace) -> None:
        """Follow a move of the clock, forwards or back; an older one that comes late changes nothing."""
        if (pace.system_origin, pace.sequence) > (self._pace.system_origin, self._pace.sequence):
            self._pace = pace

    def now(self) -> datetime:
        """The season instant (UTC)."""
        return self._pace.at(workflow.time())

    async def until(self, deadline: datetime, unless: Callable[[], bool] = never) -> bool:
        """Wait for the season instant ``deadline``, or for ``unless``; whether it was the deadline that came."""
        self.deadline = deadline
        try:
            while not unless():
                if self.now() >= deadline:
                    return True
                await self._wait(deadline, unless)
            return False
        finally:
            self.deadline = None

    async def _wait(self, deadline: datetime, unless: Callable[[], bool]) -> None:
        pace = self._pace
        timeout = None
        if pace.rate > 0:
            timeout = max(SHORTEST_TIMER_SECONDS, pace.wait(deadline, workflow.time()))
        try:
            await workflow.wait_condition(lambda: unless() or self._pace is not pace, timeout=timeout)
        except TimeoutError:
            return
