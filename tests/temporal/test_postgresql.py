"""A season with its workflows on Temporal's server and PostgreSQL, which are killed, copied and restored meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.season.running import House, Season, play
from deploy.local.season.watching import Watcher
from tests.temporal.servers import Servers, running

SCALE = 0.05
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
async def servers() -> AsyncIterator[Servers]:
    async with running() as found:
        yield found


async def test_the_schema_is_brought_to_this_version_again_without_harm(servers: Servers) -> None:
    versions = "select curr_version from schema_version"
    before = [await servers.sql(database, versions) for database in ("temporal", "temporal_visibility")]
    assert all(before)
    await servers.temporal.stop(0)
    await servers.prepare()
    assert [await servers.sql(database, versions) for database in ("temporal", "temporal_visibility")] == before


async def test_a_season_outlives_a_crash_of_both_and_a_restore_of_a_copy(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", servers.address)
    struck: list[str] = []

    async def crash() -> None:
        await servers.kill()
        await servers.postgresql.start()
        await servers.temporal.start()

    async def restore() -> None:
        copy = await servers.dump()
        await servers.stop()
        await servers.lay_out()
        await servers.load(copy)
        await servers.temporal.start()

    async def between(phase: str, _: House) -> None:
        if blow := {"Applications submitted": crash, "Ballots": restore, "Places accepted": crash}.get(phase):
            struck.append(phase)
            await blow()

    summary = await play(Season(tmp_path, SCALE), Watcher(), between)
    workflows = int(await servers.sql("temporal_visibility", "select count(*) from executions_visibility"))
    assert workflows > summary["laureates"]
    assert struck == ["Applications submitted", "Ballots", "Places accepted"]
    assert [name for name, holds in summary["invariants"].items() if not holds] == []
    assert summary["dead_letters"] == summary["events_unconfirmed"] == 0
    assert summary["cycles_completed"] == summary["laureates"] - 1
