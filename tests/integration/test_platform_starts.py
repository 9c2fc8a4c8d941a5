"""How the embedded platform starts: with what the environment gives, or with a sentence that says what is wrong."""

import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.installation import prepare_installation
from deploy.local.parts import PARTS
from tests.embedded import up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the leash is Linux's")


async def test_a_port_in_use_is_told_in_a_sentence(tmp_path: Path, taken: int) -> None:
    refused = await up(tmp_path / "var", TREMPLIN_FUNDING_PORT=str(taken))
    _, told = await refused.communicate()
    assert refused.returncode == 2
    assert told.decode().startswith(f"Port {taken}, wanted for funding, is in use: ")
    assert "TREMPLIN_FUNDING_PORT" in told.decode()
    assert len(told.decode().splitlines()) == 1


async def test_a_directory_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a directory")
    refused = await up(tmp_path / "var")
    _, told = await refused.communicate()
    assert refused.returncode == 2
    assert "cannot be written" in told.decode()
    assert "--var" in told.decode()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
async def test_an_address_in_the_environment_replaces_its_part_alone(
    part: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(part.variable, "elsewhere.example:1")
    directory = DataDirectory(tmp_path)
    directory.prepare()
    plan = (await prepare_installation(directory)).plan
    assert plan.environment[part.variable] == "elsewhere.example:1"
    assert [each.part.name for each in plan.parts if each.launch is None] == [part.name]
    assert not set(part.port_names) & set(plan.ports)
