"""What no backup is taken of, and what is not restored: told in a sentence, before anything is written."""

import resource
import shutil
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.operations.backups import refusals
from deploy.local.operations.backups.taking import take
from deploy.local.refusals import PlatformRefusal
from services.chassis.broker import create_topics
from services.chassis.settings import CommonSettings
from tests.backups import Keeper, Registers, silent
from tests.platform import serving
from tests.toys import ask, port, source

SMALL_BYTES = 10_000


async def test_services_that_run_elsewhere_are_to_be_stopped_first(
    keeper: Keeper, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    async with serving(service):
        await ask(people, uuid4())
        with pytest.raises(refusals.StillServing, match=r"people is running \(people@.* scale them to zero"):
            await keeper.takes("one")
    assert not list(keeper.folder.iterdir())
    await keeper.takes("one")


async def test_nothing_is_restored_onto_data(keeper: Keeper, registers: Registers, other: str, kafka: str) -> None:
    await registers(3)
    await keeper.takes("one")
    before = await keeper.contents(keeper.prefix)
    with pytest.raises(
        refusals.DataThere, match=rf"{keeper.prefix}people holds data already \(archive, .*nothing has been touched"
    ):
        await keeper.restores("one", keeper.prefix)
    assert await keeper.contents(keeper.prefix) == before
    await create_topics(kafka)
    with pytest.raises(refusals.DataThere, match=r"The broker holds data already \(tremplin\..*delete these topics"):
        await keeper.restores("one", other, KAFKA_BOOTSTRAP_SERVERS=kafka)
    assert await keeper.contents(other) == {}


async def test_a_backup_is_taken_to_a_place_of_its_own(keeper: Keeper, registers: Registers) -> None:
    await registers(1)
    await keeper.takes("one")
    there = {path: path.stat().st_mtime_ns for path in keeper.folder.rglob("*")}
    with pytest.raises(refusals.PlaceTaken, match="is there already"):
        await keeper.takes("one")
    (keeper.folder / "two.new").mkdir()
    with pytest.raises(refusals.DraftLeft, match=r"two\.new is what .* delete it"):
        await keeper.takes("two")
    assert there.items() <= {path: path.stat().st_mtime_ns for path in keeper.folder.rglob("*")}.items()


async def test_where_nothing_is_there_is_nothing_to_back_up(keeper: Keeper) -> None:
    with pytest.raises(refusals.NothingThere, match=f"No database named {keeper.prefix}… holds anything"):
        await keeper.takes("one")
    with pytest.raises(refusals.NoInstallation, match=r"no installation on .*nowhere: .*--var.*MONGODB_URI"):
        await take(keeper.folder / "one", keeper.nowhere, {}, silent)
    assert not list(keeper.folder.iterdir())


async def test_a_database_that_does_not_answer_is_told(keeper: Keeper, free_port: int) -> None:
    keeper.uri = f"mongodb://127.0.0.1:{free_port}/"
    with pytest.raises(refusals.DatabaseFails, match="The database does not do what it is asked"):
        await keeper.takes("one")
    assert not list(keeper.folder.iterdir())


async def test_a_full_disk_leaves_nothing(keeper: Keeper, registers: Registers) -> None:
    await registers(40)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, before[1]))
    try:
        with pytest.raises(refusals.NotWritten, match=r"one could not be written or read \(File too large\)"):
            await keeper.takes("one")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(keeper.folder.iterdir())


def _other_format(keeper: Keeper) -> None:
    keeper.changes("one", lambda content: content.update(format=2, tremplin="9.1", shape="unknown"))


def _incomplete(keeper: Keeper) -> None:
    (keeper.folder / "one" / "manifest.json").unlink()


def _cut_off(keeper: Keeper) -> None:
    path = keeper.folder / "one" / "manifest.json"
    path.write_text(path.read_text()[:-200])


def _out_of_the_way(keeper: Keeper) -> None:
    keeper.changes("one", lambda content: content["files"][0].update(path="../../else"))


def _damaged(keeper: Keeper) -> None:
    path = keeper.folder / "one" / "databases" / "people" / "people.bson.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _file_missing(keeper: Keeper) -> None:
    (keeper.folder / "one" / "databases" / "people" / "archive.bson.gz").unlink()


def _key_damaged(keeper: Keeper) -> None:
    (keeper.folder / "one" / "keys" / "databases" / "people" / "keys.bson.gz").write_bytes(b"")


def _without_keys(keeper: Keeper) -> None:
    shutil.rmtree(keeper.folder / "one" / "keys")


def _another_archive(keeper: Keeper) -> None:
    def change(content: dict[str, Any]) -> None:
        for chain in content["archives"]["people"]["shards"].values():
            chain["hash"] = "0" * 64

    keeper.changes("one", change, "manifest.json", "keys/manifest.json")


@pytest.mark.parametrize(
    ("spoil", "refusal", "sentence"),
    [
        (_other_format, refusals.OtherFormat, r"a backup of format 2, and this version reads format 1: .*\(9\.1\)"),
        (_incomplete, refusals.NotABackup, r"no complete backup \(manifest\.json: No such file"),
        (_cut_off, refusals.NotABackup, r"no complete backup \(manifest\.json cannot be understood"),
        (_out_of_the_way, refusals.NotABackup, "manifest.json cannot be understood"),
        (_damaged, refusals.FileDamaged, r"people\.bson\.gz is not what was backed up"),
        (_file_missing, refusals.FileDamaged, r"archive\.bson\.gz is missing"),
        (_key_damaged, refusals.FileDamaged, r"keys\.bson\.gz is not what was backed up"),
        (_without_keys, refusals.KeysMissing, "--keys"),
        (_another_archive, refusals.NotTheSame, "The archive of people is not what it was"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(
    spoil: Callable[[Keeper], None],
    refusal: type[PlatformRefusal],
    sentence: str,
    keeper: Keeper,
    registers: Registers,
    other: str,
) -> None:
    await registers(3)
    await keeper.takes("one")
    spoil(keeper)
    with pytest.raises(refusal, match=sentence):
        await keeper.restores("one", other)
    assert await keeper.contents(other) == {}
    assert not keeper.nowhere.root.exists()
