"""A hand that does faults to the platform while a season is played: one after another, each until all is well again."""

import asyncio
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
from deploy.local.season.faults import PAUSE_SECONDS, Fault
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
    """A fault, and the seconds from its end until every part answered and every service was ready."""

    fault: Fault
    seconds: float


class Hand:
    """Does ``faults`` in their order. ``over`` tells it that the play has ended: what is left is done at once."""

    def __init__(self, faults: Sequence[Fault], house: House, door: Door, clock: Clockwork, watcher: Watcher) -> None:
        self._faults, self._house, self._door, self._clock, self._watcher = faults, house, door, clock, watcher
        self.over = asyncio.Event()
        self.survived: list[Survived] = []

    async def work(self) -> None:
        """Do every fault. Raises ``SeasonFailure`` when the platform does not recover from one."""
        acts: dict[str, Callable[[str], Awaitable[None]]] = {
            "kill": self._kill,
            "pause": self._pause,
            "redeploy": self._redeploy,
            "restart": self._restart,
            "power_cut": self._power_cut,
            "full_disk": self._full_disk,
            "poison": self._poison,
            "clock": self._move_clock,
        }
        for fault in self._faults:
            while self._door.requests < fault.after and not self.over.is_set():  # noqa: ASYNC110 - many write, none tells
                await asyncio.sleep(POLL_SECONDS)
            await acts[fault.kind](fault.target)
            seconds = await self._recovered(fault)
            self.survived.append(Survived(fault, seconds))
            self._watcher.struck(str(fault), seconds)

    def report(self) -> dict[str, Any]:
        """How many faults were survived, and the seconds to recover: median, worst, and by fault."""
        seconds = [each.seconds for each in self.survived]
        return {
            "survived": len(seconds),
            "median_seconds": round(median(seconds), 2) if seconds else None,
            "worst_seconds": round(max(seconds), 2) if seconds else None,
            "each": [{"fault": str(each.fault), "seconds": round(each.seconds, 2)} for each in self.survived],
        }

    @property
    def _pids(self) -> dict[str, int | None]:
        told = self._house.installation.description()
        return {name: each["pid"] for name, each in (*told["parts"].items(), *told["processes"].items())}

    async def _recovered(self, fault: Fault) -> float:
        begin = time.monotonic()
        await self._door.until(self._house.installation.is_healthy, f"all is well after {fault}", RECOVERY_SECONDS)
        return time.monotonic() - begin

    async def _ended(self, *names: str, number: signal.Signals) -> None:
        """Send a signal to processes and wait until each has been started again."""
        before = {name: pid for name in names if (pid := self._pids[name])}
        for pid in before.values():
            os.kill(pid, number)

        async def again() -> bool:
            now = self._pids
            return all(now[name] not in (None, pid) for name, pid in before.items())

        await self._door.until(again, f"{', '.join(before)} started again", RECOVERY_SECONDS)

    async def _kill(self, target: str) -> None:
        await self._ended(target, number=signal.SIGKILL)

    async def _redeploy(self, target: str) -> None:
        await self._ended(target, number=signal.SIGTERM)

    async def _power_cut(self, _: str) -> None:
        await self._ended(*self._pids, number=signal.SIGKILL)

    async def _pause(self, target: str) -> None:
        if pid := self._pids[target]:
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(PAUSE_SECONDS)
            finally:
                os.kill(pid, signal.SIGCONT)

    async def _restart(self, _: str) -> None:
        await self._house.close()
        await self._house.open()

    async def _full_disk(self, target: str) -> None:
        """No file of the database may be written for a while; then what runs and does not answer is ended, as a person would."""
        pid = self._pids[target]
        if pid is None:
            return
        limits = psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE)
        psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
        await asyncio.sleep(DISK_FULL_SECONDS)
        if psutil.pid_exists(pid):
            psutil.Process(pid).rlimit(resource.RLIMIT_FSIZE, limits)
        await self._house.installation.heal()

    async def _poison(self, _: str) -> None:
        await poison(self._door, self._house.installation.description()["parts"]["kafka"]["address"])

    async def _move_clock(self, _: str) -> None:
        await self._clock.astray(HOUR)
