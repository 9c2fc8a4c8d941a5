"""Making the service processes of a platform on this machine stand still together for a while, whatever happens meanwhile."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.local.operations.backups import freezer
from deploy.local.operations.backups.refusals import ProcessesChanged

_PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.002
_STOPPED = frozenset("TtZX")


def processes(description: Mapping[str, Any]) -> list[int]:
    """The process ids of the services in a platform's description; its parts (database, broker, Temporal) are not among them.

    Raises ``ProcessesChanged`` when one is being started.
    """
    found = [each["pid"] for each in description["processes"].values()]
    if None in found:
        raise ProcessesChanged
    return sorted(found)


@contextlib.asynccontextmanager
async def standing(description: Mapping[str, Any]) -> AsyncIterator[None]:
    """Keep the services of a running platform from running inside the block.

    A process beside this one holds them and lets them go: when the block ends, and just as well when this process is killed.
    Raises ``ProcessesChanged`` when one of them has ended, or has run meanwhile.
    """
    groups = processes(description)
    _require_children(groups, description["supervisor"]["pid"])
    holder = subprocess.Popen(  # noqa: ASYNC220 - it has to be waited for whatever happens to the loop
        (sys.executable, "-I", "-S", str(Path(freezer.__file__)), *map(str, groups)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        if holder.stdout and not await asyncio.to_thread(holder.stdout.readline):
            raise ProcessesChanged
        await _all_stopped(groups)
        yield
        if not all(_stopped(group) for group in groups):
            raise ProcessesChanged
    finally:
        with holder:
            if holder.stdin:
                holder.stdin.close()
        freezer.send(groups, signal.SIGCONT)


def _require_children(groups: Sequence[int], supervisor: int) -> None:
    """A process of that id is only ours when our supervisor started it."""
    import psutil

    try:
        ours = all(psutil.Process(group).ppid() == supervisor for group in groups)
    except psutil.NoSuchProcess:
        ours = False
    if not ours:
        raise ProcessesChanged


async def _all_stopped(groups: Sequence[int]) -> None:
    """Wait until no thread of them runs: one that is inside a system call stops after it. Raises ``ProcessesChanged``."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not all(_stopped(group) for group in groups):
        if time.monotonic() > deadline:
            raise ProcessesChanged
        await asyncio.sleep(_LOOK_SECONDS)


def _stopped(process: int) -> bool:
    import psutil

    try:
        family = [psutil.Process(process), *psutil.Process(process).children(recursive=True)]
        return all(_states(each) <= _STOPPED for each in family)
    except (psutil.NoSuchProcess, FileNotFoundError):
        raise ProcessesChanged from None


def _states(process: Any) -> set[str]:
    """The states of all its threads where the system tells them (Linux), else its own."""
    threads = Path(f"/proc/{process.pid}/task")
    if not threads.exists():
        return {"T" if process.status() == "stopped" else "R"}
    return {status.read_text().rpartition(")")[2].split()[0] for status in threads.glob("*/stat")}
