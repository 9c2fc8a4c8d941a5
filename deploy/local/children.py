"""Child processes: started on a leash, watched, stopped with everything they started."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local import leash
from deploy.local.refusals import ChildFailed

_TAIL_BYTES = 4_000
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start one child. ``healthy`` raises until the child serves; ``patience`` and ``every`` are in seconds."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    healthy: Callable[[], Awaitable[None]]
    patience: float
    every: float = 0.02


class Child:
    """One child process, which can be started again after it has ended. Its output goes to ``log``."""

    def __init__(self, launch: Launch, log: Path) -> None:
        self.launch = launch
        self.log = log
        self.was_healthy = False
        self._process: asyncio.subprocess.Process | None = None

    @property
    def name(self) -> str:
        return self.launch.name

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and return when it is healthy; raises ``ChildFailed`` when it ends first or takes too long."""
        await self.spawn()
        probing = asyncio.create_task(self.until_healthy())
        ending = asyncio.create_task(self.ended())
        try:
            await asyncio.wait((probing, ending), return_when=asyncio.FIRST_COMPLETED)
            if ending.done():
                raise self.failure(f"ended at start with {ending.result()}")
            probing.result()
        finally:
            probing.cancel()
            ending.cancel()
            await asyncio.wait((probing, ending))

    async def until_healthy(self) -> None:
        """Wait until it is healthy; raises ``ChildFailed`` when its patience is over."""
        try:
            async with asyncio.timeout(self.launch.patience):
                while not await self.is_healthy():  # noqa: ASYNC110 - another process has no event to await
                    await asyncio.sleep(self.launch.every)
        except TimeoutError:
            raise self.failure(f"was not healthy after {self.launch.patience:.0f} s") from None
        self.was_healthy = True

    def failure(self, what: str) -> ChildFailed:
        """The refusal that says what went wrong with this child, with the last words of its log."""
        return ChildFailed(self.name, what, self.log, _last_words(self.log))

    async def spawn(self) -> None:
        """Start it without waiting for its health."""
        leashed = (sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *self.launch.command)
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *leashed,
                cwd=self.launch.directory,
                env=dict(self.launch.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def ended(self) -> str:
        """Wait for it to end and say how; at once when it does not run."""
        return _ending(await self._process.wait()) if self._process else "no start"

    async def stop(self, grace: float) -> None:
        """End it and all that it started: asked first, killed after ``grace`` seconds. Does nothing when it does not run."""
        process = self._process
        if process is None:
            return
        if process.returncode is None:
            _signal_group(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), grace)
        _signal_group(process.pid, signal.SIGKILL)
        await process.wait()

    async def is_healthy(self) -> bool:
        """Whether it answers now."""
        try:
            await self.launch.healthy()
        except Exception:  # every protocol has its own way to say "not yet"; patience bounds the wait
            return False
        return True


def _last_words(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
            lines = file.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:_SHOWN_CHARACTERS]


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
