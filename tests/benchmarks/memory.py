"""Memory by process: when the platform has just started, and at its most while a small season is played on it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
from rich.console import Console

from deploy.local.season.running import Season, play
from deploy.local.season.watching import Watcher
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.report import FOLDER

SCALE = 0.2
MEGABYTE = 1_000_000
_PARTS = {"tansu": "kafka", "secantusd-py": "mongodb", "mongod": "mongodb", "temporal": "temporal"}
STARTED = "Embedded platform"


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Megabytes of each process at the most; beside that, when it had just started."""
    scale = min(SCALE, *effort.scales)
    console.print(f"Memory: a season at scale {scale}, a process for each service.")
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        memory = Memory()
        await play(Season(Path(folder), scale, separate=True), memory)
    return [
        Figure(f"memory of {name}", "MB", [most], more={"just started": memory.idle[name]})
        for name, most in sorted(memory.most.items())
    ]


class Memory(Watcher):
    """Looks at the platform's processes, by name, between the phases of a season."""

    def __init__(self) -> None:
        self.idle: dict[str, float] = {}
        self.most: dict[str, float] = {}

    def end(self, phase: str, seconds: float) -> None:
        for name, process in _platform():
            if phase == STARTED:
                self.idle[name] = now(process)
            self.most[name] = most(process)


def _platform() -> Iterator[tuple[str, psutil.Process]]:
    for process in psutil.Process().children(recursive=True):
        command = process.cmdline()
        if "serve" in command:
            yield command[-1], process
        for program in {Path(word).name for word in command[:2]} & set(_PARTS):
            yield _PARTS[program], process


def now(process: psutil.Process) -> float:
    """Megabytes that the process has resident."""
    return float(process.memory_info().rss) / MEGABYTE


def most(process: psutil.Process) -> float:
    """Megabytes that the process had resident at its most, which the system keeps."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1_024 / MEGABYTE
