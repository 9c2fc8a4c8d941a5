"""Someone at a terminal beside services that run, for tests of the operator's commands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from deploy.local.directory import DataDirectory
from deploy.local.operations.commands import app
from services.chassis.runtime import Service
from tests.platform import serving

MONDAY = "2021-12-06T09:00:00+01:00"


@dataclass
class Operator:
    """Someone at a terminal beside a running platform."""

    var: Path

    async def types(self, *arguments: object) -> Result:
        """Run the command in a thread, as if in a process of its own."""
        typed = [*map(str, arguments), "--var", str(self.var)]
        return await asyncio.to_thread(CliRunner().invoke, app, typed, env={"COLUMNS": "200"})


@contextlib.asynccontextmanager
async def platform(operator: Operator, *services: Service) -> AsyncIterator[None]:
    """``services`` started, and named in the operator's data directory."""
    directory = DataDirectory(operator.var)
    named = {service.name: {"url": f"http://127.0.0.1:{service.port}"} for service in services}
    directory.describe({**directory.described(), "services": named})
    async with contextlib.AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(serving(service))
        yield
