"""One embedded installation on one data directory: started, watched, described, stopped."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy.local import services
from deploy.local.children import Child
from deploy.local.directory import NEEDED_BYTES, DataDirectory
from deploy.local.pacing import Pacing
from deploy.local.plan import Plan, make_plan
from deploy.local.refusals import DiskFull
from deploy.local.supervisor import Supervisor

_FORGETFUL = frozenset({"kafka"})
_ROOM_CHECK_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: one process for each service or one for all; where and how fast the season's clock starts.

    Without ``start`` the clock goes on from where it was, or from now; without ``rate`` (season seconds per second) it
    keeps its rate, or life's.
    """

    separate: bool = False
    start: datetime | None = None
    rate: float | None = None
    served: tuple[str, ...] = (*services.SERVICES, services.WORKER, services.ISSUER)


class Installation:
    """A running platform: made by ``start_installation``; ``stop`` it in the end, whatever happened."""

    def __init__(self, directory: DataDirectory, plan: Plan, pacing: Pacing, report: Callable[[str], None]) -> None:
        self.directory = directory
        self.plan = plan
        self._pacing = pacing
        self._report = report
        self._state = "starting"
        self._started_at = datetime.now(UTC)
        self._supervisor = Supervisor(
            [Child(each.launch, directory.log(each.part.name)) for each in plan.parts if each.launch],
            [Child(launch, directory.log(launch.name)) for launch in plan.service_launches()],
            forgetful=_FORGETFUL,
            report=report,
            changed=self.describe,
        )

    async def start(self) -> None:
        """Start the parts, wait for their health, start the services without waiting; raises ``ChildFailed``."""
        self.describe()
        await self._supervisor.start()

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Watch for ever, calling ``ready`` once all services are; raises ``ChildFailed`` when one keeps dying."""
        tasks = [
            asyncio.create_task(step)
            for step in (self._supervisor.watch(), self._watch_room(), self._pacing.watch(), self._become_ready(ready))
        ]
        try:
            while tasks:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    tasks.remove(task)
                    task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def is_healthy(self) -> bool:
        """Whether every part answers and every service is ready, now."""
        return await self._supervisor.is_healthy()

    async def heal(self) -> None:
        """End the parts that run and do not answer; they are started again."""
        await self._supervisor.heal()

    async def stop(self) -> None:
        """Stop every child. A clock that runs faster than life stands still until the next start."""
        self._state = "stopping"
        self._pacing.hold()
        self.describe()
        await self._supervisor.stop()
        self._state = "stopped"
        self.describe()

    def describe(self) -> None:
        """Write what runs where to ``platform.json``; a full disk is reported and ends nothing."""
        try:
            self.directory.describe(self.description())
        except OSError as failure:
            self._report(f"{self.directory.description} could not be written ({failure.strerror}).")

    def description(self) -> dict[str, Any]:
        """What runs where: addresses, ports, process ids, logs."""
        pids = {child.name: child.pid for child in (*self._supervisor.parts, *self._supervisor.services)}
        hosts = {name: process for process, names in self.plan.processes.items() for name in names}
        return {
            "state": self._state,
            "supervisor": {"pid": os.getpid(), "started_at": self._started_at.isoformat()},
            "parts": {
                each.part.name: {
                    "label": each.part.label,
                    "address": each.address,
                    "embedded": each.launch is not None,
                    "pid": pids.get(each.part.name),
                    "log": str(self.directory.log(each.part.name)),
                }
                for each in self.plan.parts
            },
            "processes": {
                process: {"pid": pids[process], "services": list(names), "log": str(self.directory.log(process))}
                for process, names in self.plan.processes.items()
            },
            "services": {name: {"url": self.plan.url(name), "process": process} for name, process in hosts.items()},
            "ports": dict(self.plan.ports),
            "issuer": self.plan.environment["TREMPLIN_ISSUER"],
            "bootstrap_admin": self.plan.administrator,
            "clock": self._pacing.as_dict(),
        }

    async def _become_ready(self, ready: Callable[[], None]) -> None:
        await self._supervisor.ready()
        self._pacing.release()
        self._state = "ready"
        self.describe()
        ready()

    async def _watch_room(self) -> None:
        """Tell when room runs out; when it is back, heal what the full disk has broken."""
        told = False
        while True:
            await asyncio.sleep(_ROOM_CHECK_SECONDS)
            try:
                self.directory.require_space(NEEDED_BYTES)
            except DiskFull as refusal:
                if not told:
                    self._report(str(refusal))
                told = True
                continue
            if told:
                self._report(f"{self.directory.root} has room again.")
                await self._supervisor.heal()
            told = False


async def prepare_installation(
    directory: DataDirectory, options: Options | None = None, report: Callable[[str], None] = lambda sentence: None
) -> Installation:
    """Plan one run on ``directory``, which the caller holds and has prepared; raises ``PlatformRefusal``."""
    chosen = options or Options()
    directory.require_space()
    before = directory.described()
    plan = await make_plan(directory, before, chosen.served, chosen.separate)
    pacing = Pacing.resume(directory, before.get("clock", {}), chosen.start, chosen.rate)
    return Installation(directory, plan, pacing, report)
