"""Whole seasons, of the reference size and larger: their seconds, phase by phase."""

import tempfile
from pathlib import Path

from rich.console import Console

from deploy.local.season.door import SeasonFailure
from deploy.local.season.running import Season, play
from deploy.local.season.watching import Watcher
from tests.benchmarks.figures import Aim, Effort, Figure
from tests.benchmarks.report import FOLDER

REFERENCE = 1.0
IN_TIME, NO_FASTER = Aim(most=60), Aim(most=1)


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Seconds of a season by scale; one that is larger than the first is compared with so many of the first.

    Raises ``SeasonFailure`` for a season that fails or whose invariants do not hold.
    """
    seconds: dict[float, float] = {}
    found = []
    for scale in effort.scales:
        console.print(f"Season at scale {scale:g}.")
        phases = Phases(console)
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            summary = await play(Season(Path(folder), scale), phases)
        if broken := [name for name, holds in summary["invariants"].items() if not holds]:
            raise SeasonFailure(f"Broken at scale {scale:g}: {', '.join(broken)}")
        seconds[scale] = summary["seconds"]
        more = phases.seconds | {"events": summary["events_archived"], "memory at most, MB": summary["peak_rss_mb"]}
        found.append(_figure(scale, seconds, more))
    return found


def _figure(scale: float, seconds: dict[float, float], more: dict[str, float]) -> Figure:
    what, took = f"season at scale {scale:g}", [seconds[scale]]
    first = next(iter(seconds))
    if scale == first:
        return Figure(what, "s", took, aim=IN_TIME if scale == REFERENCE else None, more=more)
    return Figure(
        what, "s", took, f"{scale / first:g} × scale {first:g}", [seconds[first] * scale / first], NO_FASTER, more
    )


class Phases(Watcher):
    """Keeps the seconds of each phase, and shows them as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.seconds: dict[str, float] = {}

    def end(self, phase: str, seconds: float) -> None:
        self.seconds[f"{phase}, s"] = seconds
        self._console.print(f"{phase:<34} {seconds:7.1f} s", highlight=False)
