"""Replay for one consumer: its cursors are set back, and the sources' archives publish again from there."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy.local.operations.platform import Platform
from deploy.local.refusals import PlatformRefusal, SettingInvalid

REBUILT = "observatory"
"""The service that holds projections only: without a starting instant it is emptied first."""
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 60.0

Positions = dict[str, dict[str, int]]
"""From source and shard to a position."""


class Stalled(PlatformRefusal):
    """The consumer does not go on."""

    def __init__(self, service: str, left: int) -> None:
        super().__init__(f"{service} has {left} events left and does not go on: see its dead letters and its log.")


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay under way: where it began and where the archives ended when it did; a ``rebuild`` began with nothing."""

    service: str
    start: Positions
    goal: Positions
    rebuild: bool

    @property
    def total(self) -> int:
        return self.left(self.start)

    def left(self, cursors: Mapping[str, Mapping[str, int]]) -> int:
        """How many events are still to be consumed."""
        return sum(
            max(0, head - cursors[source].get(shard, 0))
            for source, heads in self.goal.items()
            for shard, head in heads.items()
        )


async def begin(platform: Platform, service: str, source: str | None = None, since: datetime | None = None) -> Replay:
    """Set ``service`` back in ``source`` (or all of its sources) to ``since`` (or to the beginning).

    A projection is emptied first when all of it is replayed. Raises ``SettingInvalid`` for names that do not fit.
    """
    sources = _chosen(service, await _cursors(platform, service), source)
    start = {name: await _positions(platform, name, since) for name in sources}
    goal = {name: await _positions(platform, name) for name in sources}
    if since is None:
        start = {name: dict.fromkeys(shards, 0) for name, shards in goal.items()}
    rebuild = service == REBUILT and source is None and since is None
    if rebuild:
        await platform.post(service, "/internal/reset")
    for name, after in start.items():
        await platform.post(service, "/internal/replay", {"source": name, "after": after})
    return Replay(service, start, goal, rebuild)


async def follow(platform: Platform, replay: Replay, told: Callable[[int], None]) -> None:
    """Tell again and again how many events are left, until none is. Raises ``Stalled`` when they do not get fewer."""
    least, moved_at = replay.total + 1, time.monotonic()
    while left := replay.left(await _cursors(platform, replay.service)):
        told(left)
        if left < least:
            least, moved_at = left, time.monotonic()
        elif time.monotonic() - moved_at > PATIENCE_SECONDS:
            raise Stalled(replay.service, left)
        await asyncio.sleep(POLL_SECONDS)
    told(0)


async def same_content(platform: Platform, replay: Replay) -> bool | None:
    """Whether a rebuilt projection holds what it held before; nothing when ``replay`` was no rebuild."""
    if not replay.rebuild:
        return None
    found = await platform.get(replay.service, "/internal/digest")
    return bool(found["digest"] == found["rebuild"]["digest_before"])


async def _cursors(platform: Platform, service: str) -> Positions:
    cursors: Positions = (await platform.get(service, "/internal/progress"))["cursors"]
    return cursors


async def _positions(platform: Platform, source: str, since: datetime | None = None) -> dict[str, int]:
    asked = {"since": since.isoformat()} if since else {}
    positions: dict[str, int] = await platform.get(platform.require(source), "/internal/archive", **asked)
    return positions


def _chosen(service: str, sources: Iterable[str], source: str | None) -> list[str]:
    known = sorted(sources)
    if not known:
        raise SettingInvalid("The consumer", f"a service that consumes events, which {service} does not")
    if source is not None and source not in known:
        raise SettingInvalid("The source", "one of " + ", ".join(known))
    return known if source is None else [source]
