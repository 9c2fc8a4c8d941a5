"""A small season with every kind of fault in it comes to what it comes to without any, and leaves nothing behind."""

import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.season.faults import ROUND, plan
from deploy.local.season.running import Season, play
from deploy.local.season.size import Size
from deploy.local.season.watching import Watcher
from tests.outcomes import outcome

SCALE = 0.05
SEEDS = (2021, 2022)
OF_WORKFLOWS = ("kill: worker", "redeploy: worker", "pause: worker", "kill: temporal", "pause: temporal")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
async def straight(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The summary of a season in which nothing happens."""
    return await play(Season(tmp_path_factory.mktemp("straight"), SCALE), Watcher())


@pytest.fixture
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the processes of a platform put what is to be gone when they are."""
    path = tmp_path / "drafts"
    path.mkdir()
    monkeypatch.setenv("TMPDIR", str(path))
    return path


def processes_of(directory: Path) -> list[str]:
    """The processes that were started for what is below ``directory``, and run still."""
    found = []
    for process in psutil.process_iter():
        try:
            told = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            continue
        if any(str(directory / "season") in each for each in told):
            found.append(process.name())
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_kind_of_fault_in_one_season(
    seed: int, straight: dict[str, Any], tmp_path: Path, drafts: Path
) -> None:
    faults = plan(seed, len(ROUND), Size(SCALE))
    summary = await play(Season(tmp_path / "season", SCALE, separate=True, faults=faults), Watcher())
    assert summary["faults"]["survived"] == summary["faults"]["during_play"] == len(ROUND)
    during = {each["fault"]: each["during"] for each in summary["faults"]["each"]}
    assert {during[fault] for fault in OF_WORKFLOWS} == {"Three months of acceleration"}
    assert [name for name, holds in summary["invariants"].items() if not holds] == []
    assert outcome(summary) == outcome(straight)
    assert processes_of(tmp_path) == []
    assert os.listdir(drafts) == []
