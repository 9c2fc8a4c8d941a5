"""``tremplin up`` as a person at a terminal has it."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.directory import DataDirectory
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
