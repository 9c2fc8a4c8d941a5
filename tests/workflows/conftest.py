"""A Temporal server whose time skips what nobody does, for one test alone."""

import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from services.chassis.clock import Pace
from tests.workflows.town import Noting, Town
from workflows.engine import TASK_QUEUE
from workflows.worker import connect, make_worker

START = datetime(2022, 3, 1, 10, tzinfo=UTC)
Working = Callable[[Town], AbstractAsyncContextManager[None]]
"""``async with working(town)``: a worker whose commands go to ``town``."""


@pytest.fixture
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """The server's clock is the test's: it jumps to the next timer whenever a result or ``sleep`` is awaited."""
    program = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter, test_server_existing_path=str(program)
    ) as environment:
        yield environment


class Season:
    """The season of one test: its clock starts at ``START`` and runs as the server's does."""

    def __init__(self, environment: WorkflowEnvironment, system: float) -> None:
        self.environment = environment
        self.pace = Pace(1, system, START.timestamp())

    async def now(self) -> datetime:
        return self.pace.at((await self.environment.get_current_time()).timestamp())

    async def reach(self, instant: datetime) -> None:
        """Let the season run to ``instant``."""
        await self.environment.sleep(instant - await self.now())


@pytest.fixture
async def season(skipping: WorkflowEnvironment) -> Season:
    return Season(skipping, (await skipping.get_current_time()).timestamp())


@pytest.fixture
def working() -> Working:
    @contextlib.asynccontextmanager
    async def run(town: Town) -> AsyncIterator[None]:
        async with make_worker(town.client, town, Noting(town), TASK_QUEUE):
            yield

    return run


@pytest.fixture
async def real(temporal: str) -> Client:
    """A client of a real server, whose time nobody skips: the season's clock is moved instead."""
    return await connect(temporal)
