"""``tremplin serve`` as a process that ends by itself, and what it said."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

KEPT = ("PATH", "HOME", "PYTHONPATH")


@dataclass(frozen=True)
class Ended:
    code: int
    said: str

    @property
    def sentence(self) -> str:
        """The last line, for the person at the terminal; libraries may have logged before it."""
        assert "Traceback" not in self.said
        return self.said.splitlines()[-1]


async def serve(name: str, environment: Mapping[str, str]) -> Ended:
    """``tremplin serve NAME`` with nothing but this in its environment, until it ends by itself."""
    bare = {key: os.environ[key] for key in KEPT if key in os.environ}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "serve", name),
        env={**bare, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, said.decode())
