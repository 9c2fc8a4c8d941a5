"""The embedded platform in tests: as a person at a terminal has it, or in the test's own process."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options, prepare_installation
from deploy.local.services import ISSUER

PATIENCE_SECONDS = 60.0


@dataclass
class Command:
    """``tremplin up``, as a person at a terminal has it."""

    process: asyncio.subprocess.Process
    directory: DataDirectory

    async def says(self, sentence: str) -> None:
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self.process.stdout:
                if sentence in line.decode():
                    return
        raise AssertionError(f"it ended without saying {sentence}")


async def up(var: Path, *options: str, **environment: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "deploy.local", "up", "--var", str(var), "--only", ISSUER, *options)
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        *command, stdout=pipe, stderr=pipe, env={**os.environ, "COLUMNS": "200", **environment}
    )


@contextlib.asynccontextmanager
async def started(var: Path) -> AsyncIterator[Command]:
    """A platform that runs in a process of its own, ready."""
    command = Command(await up(var), DataDirectory(var))
    try:
        await command.says("Ready.")
        yield command
    finally:
        with contextlib.suppress(ProcessLookupError):
            command.process.kill()
        await command.process.communicate()


@contextlib.asynccontextmanager
async def standing(directory: DataDirectory, options: Options | None = None) -> AsyncIterator[Installation]:
    """The platform of ``directory``, which has been prepared, ready; by default with all its services, at life's pace."""
    with directory.held():
        installation = await prepare_installation(directory, options or Options(rate=1.0))
        running = None
        try:
            ready = asyncio.Event()
            await installation.start()
            running = asyncio.create_task(installation.run(ready=ready.set))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            assert ready.is_set(), running.exception()
            yield installation
        finally:
            if running:
                running.cancel()
                await asyncio.wait({running})
            await installation.stop()
