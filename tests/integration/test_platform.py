"""The embedded platform with its real programs: it starts, restarts what dies, and leaves nothing behind."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from temporalio.client import Client, WorkflowExecutionStatus

from deploy.local import ports
from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options, prepare_installation
from deploy.local.parts import PARTS
from deploy.local.refusals import NotRunning
from deploy.local.services import ISSUER
from deploy.local.status import read_status
from tests.embedded import PATIENCE_SECONDS, Command, started, up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the leash is Linux's")


async def gone(pid: int) -> None:
    """Wait until the process has ended, whoever its parent is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await asyncio.wait_for(ended.wait(), PATIENCE_SECONDS)
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


def pids(directory: DataDirectory) -> dict[str, int]:
    described = directory.described()
    return {name: each["pid"] for kind in ("parts", "processes") for name, each in described[kind].items()}


@contextlib.asynccontextmanager
async def client(description: dict[str, Any]) -> AsyncIterator[AsyncMongoClient[dict[str, Any]]]:
    mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(description["parts"]["mongodb"]["address"])
    try:
        yield mongo
    finally:
        await mongo.close()


@pytest.fixture
async def command(tmp_path: Path) -> AsyncIterator[Command]:
    async with started(tmp_path / "var") as command:
        yield command


@dataclass
class Here:
    """A platform that runs in this process, with what it reports."""

    installation: Installation
    reports: asyncio.Queue[str]
    running: asyncio.Task[None]

    async def reported(self) -> str:
        return await asyncio.wait_for(self.reports.get(), PATIENCE_SECONDS)


@pytest.fixture(scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Here]:
    directory = DataDirectory(tmp_path_factory.mktemp("here") / "var")
    directory.prepare()
    reports: asyncio.Queue[str] = asyncio.Queue()
    ready = asyncio.Event()
    with directory.held():
        installation = await prepare_installation(directory, Options(served=(ISSUER,)), reports.put_nowait)
        try:
            await installation.start()
            running = asyncio.create_task(installation.run(ready.set))
            await asyncio.wait_for(ready.wait(), PATIENCE_SECONDS)
            yield Here(installation, reports, running)
            running.cancel()
        finally:
            await installation.stop()


async def healthy_again(here: Here, name: str, before: int) -> int:
    """The new process id of a child that has been started again and answers."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (now := pids(here.installation.directory)[name]) in (before, None):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.02)
        while not await serves(here.installation.directory):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.05)
    return now


async def serves(directory: DataDirectory) -> bool:
    status = await read_status(directory)
    return all(status.parts.values()) and all(service.ready for service in status.services)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_stopping_leaves_no_process_and_no_port(command: Command, number: signal.Signals) -> None:
    children = pids(command.directory)
    assert set(children) == {"kafka", "mongodb", "temporal", "services"}
    command.process.send_signal(number)
    assert await asyncio.wait_for(command.process.wait(), PATIENCE_SECONDS) == 0
    for pid in children.values():
        await gone(pid)
    described = command.directory.described()
    assert described["state"] == "stopped"
    assert all(ports.is_free(port) for port in described["ports"].values())
    with pytest.raises(NotRunning):
        await read_status(command.directory)


async def test_killing_the_supervisor_leaves_nothing_and_the_next_one_goes_on(command: Command) -> None:
    before = command.directory.described()
    async with client(before) as mongo:
        await mongo.kept.things.insert_one({"_id": "thing"})
    children = pids(command.directory)
    command.process.kill()
    for pid in children.values():
        await gone(pid)
    assert all(ports.is_free(port) for port in before["ports"].values())
    await command.process.wait()
    async with started(command.directory.root) as again:
        after = again.directory.described()
        assert after["ports"] == before["ports"]
        assert after["bootstrap_admin"] == before["bootstrap_admin"]
        async with client(after) as mongo:
            assert await mongo.kept.things.find_one({"_id": "thing"})


async def test_a_second_platform_on_the_same_directory_is_refused(here: Here) -> None:
    second = await up(here.installation.directory.root)
    _, told = await second.communicate()
    assert second.returncode == 2
    assert f"A platform (process {os.getpid()}) already runs on" in told.decode()


async def test_a_killed_database_comes_back_with_what_it_had(here: Here) -> None:
    directory = here.installation.directory
    before = pids(directory)
    async with client(directory.described()) as mongo:
        await mongo.kept.things.insert_one({"_id": "thing"})
        os.kill(before["mongodb"], signal.SIGKILL)
        assert "mongodb ended with signal SIGKILL: starting it again." in await here.reported()
        await healthy_again(here, "mongodb", before["mongodb"])
        assert await mongo.kept.things.find_one({"_id": "thing"})
    assert pids(directory)["services"] == before["services"]


async def test_a_killed_temporal_comes_back_with_its_workflows(here: Here) -> None:
    directory = here.installation.directory
    before = pids(directory)
    temporal = await Client.connect(directory.described()["parts"]["temporal"]["address"])
    await temporal.start_workflow("AnyWorkflow", id="kept", task_queue="nobody")
    os.kill(before["temporal"], signal.SIGKILL)
    assert "temporal ended with signal SIGKILL: starting it again." in await here.reported()
    await healthy_again(here, "temporal", before["temporal"])
    assert (await temporal.get_workflow_handle("kept").describe()).status is WorkflowExecutionStatus.RUNNING


async def test_services_are_restarted_after_the_broker_that_forgot_everything(here: Here) -> None:
    before = pids(here.installation.directory)
    os.kill(before["kafka"], signal.SIGKILL)
    assert "kafka ended with signal SIGKILL: starting it again, and the services after it." in await here.reported()
    await healthy_again(here, "services", before["services"])
    await gone(before["services"])


async def test_a_killed_service_process_is_started_again(here: Here) -> None:
    before = pids(here.installation.directory)
    os.kill(before["services"], signal.SIGKILL)
    assert "services ended with signal SIGKILL" in await here.reported()
    await healthy_again(here, "services", before["services"])
    assert pids(here.installation.directory)["kafka"] == before["kafka"]


async def test_the_description_holds_what_the_services_are_given(here: Here) -> None:
    described = here.installation.directory.described()
    environment = here.installation.plan.environment
    assert described["state"] == "ready"
    assert described["services"][ISSUER]["url"] == described["issuer"] == environment["TREMPLIN_ISSUER"]
    for part in PARTS:
        assert described["parts"][part.name]["address"] == environment[part.variable]
