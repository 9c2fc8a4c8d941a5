"""A hand that does faults to the platform while a season is played: one after another, each until all is well again."""

import asyncio
import math
import os
import resource
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Protocol

import psutil

from deploy.local.installation import Installation
from deploy.local.season.clockwork import Clockwork
from deploy.local.season.door import POLL_SECONDS, Door
from deploy.local.season.faults import PAUSE_SECONDS, Fault, Kind
from deploy.local.season.poison import poison
from deploy.local.season.watching import Watcher

HOUR = timedelta(hours=1)
RECOVERY_SECONDS = 120.0
DISK_FULL_SECONDS = 3.0


class House(Protocol):
    """The installation that a season runs on, and how it is stopped and started again."""

    installation: Installation

    async def open(self) -> Installation: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Survived:
    """A fault, the phase in which it struck (none after the play), and the seconds until every part answered and every
    service was ready.

    They count from a process's end or, for what lasts (a pause, a full disk, a wrong clock), from when it was over.
    """

    fault: Fault
    during: str | None
    seconds: float


class Hand:
    """Does ``faults`` in their order, each in the middle of people's requests: they wait for a hand that is late.

    ``phase`` is told it as the play goes on; none: it has ended, and what is left is done at once.
    """

    def __init__(self, faults: Sequence[Fault], house: House, door: Door, clock: Clockwork, watcher: Watcher) -> None:
        self._faults, self._house, self._door, self._clock, self._watcher = faults, house, door, clock, watcher
        self.phase: str | None = ""
        self.survived: list[Survived] = []

    async def work(self) -> None:
        """Do every fault. Raises ``SeasonFailure`` when the platform does not recover from one."""
        acts: dict[Kind, Callable[[str], Awaitable[float]]] = {
            "kill": self._kill,
            "pause": self._pause,
            "redeploy": self._redeploy,
            "restart": self._restart,
            "power_cut": self._power_cut,
            "full_disk": self._full_disk,
            "poison": self._poison,
            "clock": self._move_clock,
        }
        moments = (*(float(fault.after) for fault in self._faults), math.inf)
        self._door.most_requests = moments[0]
        for fault, following in zip(self._faults, moments[1:], strict=True):
            while self._door.requests < fault.after and self.phase is not None:  # noqa: ASYNC110 - many write, none tells
                await asyncio.sleep(POLL_SECONDS)
            during = self.phase
            self._door.most_requests = following
            since = await acts[fault.kind](fault.target)
            await self._door.until(self._house.installation.is_healthy, f"all is well after {fault}", RECOVERY_SECONDS)
            seconds = time.monotonic() - since
            self.survived.append(Survived(fault, during, seconds))
            self._watcher.struck(str(fault), during, seconds)

    def report(self) -> dict[str, Any]:
        """How many faults were survived, and struck during the play; the seconds to recover: median, worst, and by fault."""
        seconds = [each.seconds for each in self.survived]
        return {
            "survived": len(seconds),
            "during_play": sum(each.during is not None for each in self.survived),
            "median_seconds": round(median(seconds), 2) if seconds else None,
            "worst_seconds": round(max(seconds), 2) if seconds else None,
            "each": [
                {"fault": str(each.fault), "during": each.during, "seconds": round(each.seconds, 2)}
                for each in self.survived
            ],
        }

    @property
    def _pids(self) -> dict[str, int | None]:
        told = self._house.installation.description()
        return {name: each["pid"] for name, each in (*told["parts"].items(), *told["processes"].items())}

    async def _ended(self, *names: str, number: signal.Signals) -> float:
        """Send a signal to processes and wait until each has been started again; when it was sent."""
        before = {name: pid for name in names if (pid := self._pids[name])}
        since = time.monotonic()
        for pid in before.values():
            os.kill(pid, number)

        async def again() -> bool:
            now = self._pids
            return all(now[name] not in (None, pid) for name, pid in before.items())

        await self._door.until(again, f"{', '.join(before)} started again", RECOVERY_SECONDS)
        return since

    async def _kill(self, target: str) -> float:
        return await self._ended(target, number=signal.SIGKILL)

    async def _redeploy(self, target: str) -> float:
        return await self._ended(target, number=signal.SIGTERM)

    async def _power_cut(self, _: str) -> float:
        return await self._ended(*self._pids, number=signal.SIGKILL)

    async def _pause(self, target: str) -> float:
        if pid := self._pids[target]:
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(PAUSE_SECONDS)
            finally:
                os.kill(pid, signal.SIGCONT)
        return time.monotonic()

    async def _restart(self, _: str) -> float:
        since = time.monotonic()
        await self._house.close()
        await self._house.open()
        return since

    async def _full_disk(self, target: str) -> float:
        """No file of the database may be written for a while; then, if it does not answer, it is ended and starts again."""
        pid = self._pids[target]
        if pid is None:
            return time.monotonic()
        limits = psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE)
        psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        await asyncio.sleep(DISK_FULL_SECONDS)
        if psutil.pid_exists(pid):
            psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE, limits)
        since = time.monotonic()
        await self._house.installation.heal()
        return since

    async def _poison(self, _: str) -> float:
        since = time.monotonic()
        await poison(self._door, self._house.installation.description()["parts"]["kafka"]["address"])
        return since

    async def _move_clock(self, _: str) -> float:
        await self._clock.astray(HOUR)
        return time.monotonic()
