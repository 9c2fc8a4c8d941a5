"""Backups of a platform that runs: of one moment whatever is under way, harmless to it, and enough to go on from."""

import asyncio
import gzip
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import bson
import psutil
import pytest

from deploy.local.operations.backups import documents, manifest
from deploy.local.season.cast import ADMINISTRATOR
from deploy.local.season.checks import invariants
from deploy.local.season.door import SeasonFailure
from deploy.local.season.play import PHASES
from deploy.local.season.running import Season, on_stage
from deploy.local.season.stage import Stage
from deploy.local.season.watching import Watcher
from deploy.local.services import ISSUER
from tests.crowd import CANARY, Crowd, asked, platform, processes, stopped
from tests.platform import eventually
from tests.terminal import begun, ended, typed

SCALE = 0.05
CUT_AFTER = "Places accepted"
BACKUPS = 2
FEW = ("people", ISSUER)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


async def test_a_season_goes_on_from_a_backup_that_was_taken_while_people_wrote(tmp_path: Path) -> None:
    places, again = [tmp_path / f"backup-{number}" for number in range(BACKUPS)], tmp_path / "again"
    cut = [name for name, _ in PHASES].index(CUT_AFTER) + 1
    async with platform(tmp_path / "first", separate=True) as installation:
        stage = await on_stage(Season(tmp_path, SCALE), installation, Watcher())
        for _, phase in PHASES[:cut]:
            await phase(stage)
        crowd = Crowd(stage.door)
        async with crowd.registering():
            for place in places:
                before = await crowd.grows()
                taken = await typed("backup", place, "--var", tmp_path / "first")
                assert (taken.code, "The services stood still for" in taken.said) == (0, True), taken.said
                assert ahead_of_their_sources(place) == []
            await crowd.grows()
        assert not any(await stopped(installation))
        await stage.door.close()
    restored = await typed("restore", places[-1], "--var", again)
    assert restored.code == 0, restored.said

    async with platform(again) as installation:
        other = await on_stage(Season(tmp_path, SCALE), installation, Watcher())
        assert stage.time.now() - other.time.now() < timedelta(seconds=1)
        stage.door, stage.time = other.door, other.time
        crowd.door = other.door
        assert all([await crowd.knows(person) for person in before])
        assert not await crowd.knows(crowd.answered[-1])
        for _, phase in PHASES[cut:]:
            await phase(stage)
        await _all_is_well(stage)
        await stage.door.close()


def ahead_of_their_sources(place: Path) -> list[str]:
    """The consumers in a backup that have confirmed what is not in the archive that it came from."""
    archives = manifest.read(place, "data").archives
    found = []
    for file in (place / manifest.DATABASES).glob(f"*/cursors{documents.SUFFIX}"):
        for cursor in map(bson.decode, documents.read(file)):
            chain = archives[cursor["source"]].shards.get(cursor["shard"])
            if cursor["position"] > (chain.position if chain else 0):
                found.append(f"{file.parent.name} in {cursor['_id']}")
    return found


async def _all_is_well(stage: Stage) -> None:
    assert [name for name, holds in (await invariants(stage)).items() if not holds] == []
    ends = Counter((await stage.cycles()).values())
    assert ends == {"closed": len(stage.laureates) - 1, "stopped": 1}


async def test_who_is_erased_stays_erased_when_the_newest_keys_are_kept(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    async with platform(tmp_path / "first", FEW) as installation, asked(installation) as crowd:
        erased, kept = await crowd.registers(), await crowd.registers()
        assert (await typed("backup", one, "--var", tmp_path / "first")).code == 0
        await crowd.door.post(ADMINISTRATOR, "people", f"/persons/{erased}/erasure")
    taken = await typed("backup", two, "--var", tmp_path / "first")
    assert (taken.code, "stood still" in taken.said) == (0, False), taken.said
    assert not [path for path in (*one.rglob("*"), *two.rglob("*")) if path.is_file() and holds(path, CANARY)]

    await _interrupted(await begun("restore", one, "--var", tmp_path / "again"), tmp_path / "again.new")
    assert left(tmp_path) == ["first", "one", "two"]

    restored = await typed("restore", one, "--keys", two, "--var", tmp_path / "again")
    assert (restored.code, str(erased) in restored.said) == (0, True), restored.said
    async with platform(tmp_path / "again", FEW) as installation, asked(installation) as crowd:
        found = await crowd.door.get(ADMINISTRATOR, "people", f"/persons/{erased}/export")
        assert found["identity"] is None
        await crowd.door.post(ADMINISTRATOR, "people", f"/persons/{erased}/erasure", key="again")
        await crowd.door.refused(ADMINISTRATOR, "GET", "people", f"/persons/{erased}", None, "person_erased")
        found = await crowd.door.get(ADMINISTRATOR, "people", f"/persons/{kept}/export")
        assert found["identity"]["family_name"] == CANARY


async def _interrupted(process: asyncio.subprocess.Process, draft: Path) -> None:
    """Ctrl-C while the draft is there."""

    async def begun() -> bool:
        return draft.name in left(draft.parent)

    await eventually(begun)
    parts = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    told = await ended(process)
    assert (told.code, "Interrupted" in told.said) == (130, True), told.said
    assert not [part for part in parts if part.is_running()]


def holds(path: Path, text: str) -> bool:
    opened = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.encode() in opened


async def test_whatever_becomes_of_a_backup_the_platform_goes_on(tmp_path: Path) -> None:
    place, var = tmp_path / "backup", ("--var", tmp_path / "first")
    async with platform(tmp_path / "first", FEW) as installation, asked(installation) as crowd:
        database = psutil.Process(installation.description()["parts"]["mongodb"]["pid"])

        async def caught() -> asyncio.subprocess.Process:
            """A backup that has everything stand still, and gets no answer from the database."""
            database.suspend()
            process = await begun("backup", place, *var)
            await eventually(lambda: stopped(installation), all)
            return process

        async def goes_on() -> None:
            await eventually(lambda: stopped(installation), lambda found: not any(found))
            database.resume()
            await crowd.registers()

        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 130)):
            process = await caught()
            process.send_signal(number)
            told = await ended(process)
            assert (told.code, "Interrupted" in told.said) == (code, True), told.said
            assert left(tmp_path) == ["first"]
            await goes_on()

        process = await caught()
        second = await typed("backup", tmp_path / "other", *var)
        assert (second.code, "Another backup" in second.said) == (2, True), second.said
        process.kill()
        assert (await ended(process)).code == -signal.SIGKILL
        await goes_on()
        told = await typed("backup", place, *var)
        assert (told.code, "delete it" in told.said) == (2, True), told.said
        (tmp_path / "backup.new").rename(tmp_path / "left")

        process = await caught()
        processes(installation)[0].kill()
        database.resume()
        told = await ended(process)
        assert (told.code, "of no single moment" in told.said) == (2, True), told.said
        await crowd.door.until(lambda: _answers(crowd), "the service is back")
        told = await typed("backup", place, *var)
        assert told.code == 0, told.said


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def _answers(crowd: Crowd) -> bool:
    try:
        await crowd.registers()
    except SeasonFailure:
        return False
    return True
