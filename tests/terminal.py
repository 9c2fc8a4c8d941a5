"""The ``tremplin`` command in a process of its own, as someone at a terminal types it."""

import asyncio
import os
import sys
from dataclasses import dataclass


@dataclass
class Told:
    """How a command ended and what it said."""

    code: int
    said: str


async def begun(*arguments: object, **environment: str) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "deploy.local", *map(str, arguments))
    pipe, out = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=out, env={**os.environ, **environment})


async def typed(*arguments: object, **environment: str) -> Told:
    """A command as someone at a terminal types it."""
    return await ended(await begun(*arguments, **environment))


async def ended(process: asyncio.subprocess.Process) -> Told:
    said, _ = await process.communicate()
    assert process.returncode is not None
    return Told(process.returncode, said.decode())
