"""A season on an embedded platform of its own: started, played phase by phase, checked, summed up, stopped."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options, prepare_installation
from deploy.local.season import cast as casting
from deploy.local.season.clockwork import Clockwork
from deploy.local.season.demonstration import write_demonstration
from deploy.local.season.door import Door
from deploy.local.season.faults import Fault
from deploy.local.season.hand import Hand
from deploy.local.season.memory import Memory
from deploy.local.season.play import PHASES
from deploy.local.season.script import candidatures
from deploy.local.season.size import Size
from deploy.local.season.stage import Stage
from deploy.local.season.summary import summarise
from deploy.local.season.watching import Watcher
from deploy.local.status import operator_token

START = datetime.fromisoformat("2021-12-15T09:00:00+01:00")


@dataclass(frozen=True, slots=True)
class Season:
    """What to play and where. ``week_seconds`` lets the weeks be seen passing; ``separate``: a process for each service.

    ``faults`` are done to the platform meanwhile; people are stubborn then.
    """

    directory: Path
    scale: float = 1.0
    week_seconds: float | None = None
    separate: bool = False
    faults: Sequence[Fault] = ()


Between = Callable[[str, "House"], Awaitable[None]]


async def play(season: Season, watcher: Watcher, between: Between | None = None) -> dict[str, Any]:
    """Play a whole season; the summary. ``between`` is called after each phase (to restart the house, say).

    Raises ``SeasonFailure`` when something that people counted on did not happen, ``PlatformRefusal`` when the platform
    cannot run.
    """
    begin, memory = time.monotonic(), Memory()
    directory = _fresh(season.directory)
    with directory.held():
        watching = asyncio.create_task(memory.watch())
        house = House(directory, season)
        try:
            watcher.begin("Embedded platform")
            stage = await on_stage(season, await house.open(), watcher)
            watcher.end("Embedded platform", time.monotonic() - begin)
            hand = Hand(season.faults, house, stage.door, stage.time, watcher)
            await _troubled(hand, _phases(stage, watcher, hand, house, between))
            write_demonstration(stage, directory.demo / "people.json")
            seconds = time.monotonic() - begin
            return await summarise(stage, season.directory, seconds, memory.peak, hand.report())
        finally:
            watching.cancel()
            await house.close()


async def _phases(stage: Stage, watcher: Watcher, hand: Hand, house: "House", between: Between | None) -> None:
    for name, phase in PHASES:
        hand.phase = name
        await _phase(name, phase, stage, watcher)
        if between is not None:
            await between(name, house)


async def _troubled(hand: Hand, play: Coroutine[Any, Any, None]) -> None:
    """Play with the hand at work; the first failure of either ends both."""

    async def playing() -> None:
        await play
        hand.phase = None

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(playing())
            group.create_task(hand.work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _phase(name: str, phase: Callable[[Stage], Awaitable[None]], stage: Stage, watcher: Watcher) -> None:
    begin = time.monotonic()
    watcher.begin(name)
    await phase(stage)
    watcher.end(name, time.monotonic() - begin)


def _fresh(directory: Path) -> DataDirectory:
    """The platform's data directory, emptied: a season begins with nothing."""
    platform = DataDirectory((directory / "platform").absolute())
    if platform.root.exists():
        with platform.held():
            shutil.rmtree(platform.root)
    platform.prepare()
    platform.describe({"bootstrap_admin": str(casting.ADMINISTRATOR.id)})
    return platform


class House:
    """The installation that a season runs on."""

    def __init__(self, directory: DataDirectory, season: Season) -> None:
        self._directory, self._season = directory, season
        self.installation: Installation
        self._running: asyncio.Task[None] | None = None

    async def open(self) -> Installation:
        """Start the platform, at the season's beginning the first time, and wait until all services are ready."""
        start = None if self._directory.clock.exists() else START
        options = Options(separate=self._season.separate, start=start, rate=1.0)
        self.installation = await prepare_installation(self._directory, options)
        await self.installation.start()
        ready = asyncio.Event()
        self._running = asyncio.create_task(self.installation.run(ready=ready.set))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            waiting.cancel()
            self._running.result()
        return self.installation

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
        if hasattr(self, "installation"):
            await self.installation.stop()


async def on_stage(season: Season, installation: Installation, watcher: Watcher) -> Stage:
    """A stage on an installation that runs, before the first phase."""
    description = installation.description()
    urls = {name: each["url"] for name, each in description["services"].items()}
    urls["workflows"] = urls.pop("worker")
    issuer = description["issuer"]
    door = Door(urls, issuer, lambda: operator_token(installation.directory, issuer), stubborn=bool(season.faults))
    size = Size(season.scale)
    cast = casting.cast(size)
    clock = Clockwork(installation.directory.running_clock(), door, season.week_seconds)
    return Stage(size, cast, door, clock, watcher.told, candidatures(size, cast))
