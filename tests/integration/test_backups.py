"""Backup and restore over the database's protocol: what comes back is what was there, and everything else is refused untouched."""

import json
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from bson import Int64
from pymongo import AsyncMongoClient

from contracts.envelope import Envelope
from deploy.local.directory import DataDirectory
from deploy.local.operations.backups import refusals
from deploy.local.operations.backups.restoring import Restored, restore
from deploy.local.operations.backups.taking import Taken, take
from deploy.local.refusals import PlatformRefusal, SettingInvalid
from services.chassis.broker import PROFILES, create_topics
from services.chassis.settings import CommonSettings
from tests.platform import serving
from tests.toys import ask, port, source

MANY = 1_200
"""More than go into a batch."""

VALUES = {
    "small": 5,
    "wide": Int64(5),
    "float": 1.5,
    "nothing": None,
    "bytes": b"\x00\xff",
    "instant": datetime(2021, 12, 1, tzinfo=UTC),
    "nested": [{"é": "…"}, []],
}

Contents = dict[str, list[bytes]]


@dataclass
class Keeper:
    """Someone who keeps backups of services that run elsewhere: what they have is the address of their database."""

    uri: str
    prefix: str
    folder: Path

    def environment(self, prefix: str = "", **more: str) -> dict[str, str]:
        return {"MONGODB_URI": self.uri, "TREMPLIN_DATABASE_PREFIX": prefix or self.prefix, **more}

    async def takes(self, name: str, **more: str) -> Taken:
        return await take(self.folder / name, self.nowhere, self.environment(**more), silent)

    async def restores(self, name: str, prefix: str, keys: str | None = None, **more: str) -> Restored:
        named = self.folder / keys if keys else None
        return await restore(self.folder / name, named, self.nowhere, self.environment(prefix, **more), silent)

    @property
    def nowhere(self) -> DataDirectory:
        return DataDirectory(self.folder / "nowhere")

    async def contents(self, prefix: str) -> Contents:
        """Every document of every database whose name begins like this, as bytes; leases are nobody's."""
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.uri)
        found: Contents = {}
        for name in await client.list_database_names():
            for collection in await client[name].list_collection_names() if name.startswith(prefix) else ():
                raw = [batch async for batch in client[name][collection].find_raw_batches({})]
                if collection != "leases" and b"".join(raw):
                    found[f"{name.removeprefix(prefix)}.{collection}"] = raw
        await client.close()
        return {name: [b"".join(raw)] for name, raw in found.items()}

    async def adds(self, collection: str, found: list[dict[str, Any]]) -> None:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.uri)
        await client[f"{self.prefix}people"][collection].insert_many(found)
        await client.close()

    def changes(self, name: str, change: Callable[[dict[str, Any]], None], *manifests: str) -> None:
        """Rewrite the manifests of a backup."""
        for each in manifests or ("manifest.json",):
            path = self.folder / name / each
            content = json.loads(path.read_text())
            change(content)
            path.write_text(json.dumps(content))


def silent(what: str, done: int, of: int) -> None:
    pass


@pytest.fixture
def keeper(mongodb: str, database_prefix: str, tmp_path: Path) -> Keeper:
    return Keeper(mongodb, database_prefix, tmp_path / "backups")


Registers = Callable[[int], Awaitable[None]]


@pytest.fixture
def registers(settings: CommonSettings, service_environment: Mapping[str, str]) -> Registers:
    """Leave what a service leaves that has registered so many people: sealed, and archived."""

    async def register(people: int) -> None:
        service, repository = source(settings, port(service_environment, "people"))
        for _ in range(people):
            await ask(repository, uuid4())
        for shard in range(service.database.shards):
            waiting = [person async for person in repository.collection.find({"pending": shard})]
            told = [Envelope.model_validate(record) for person in waiting for record in person["outbox"]]
            if told:
                head, _ = await service.archive.append(shard, await service.archive.head(shard), told)
                await service.archive.note(shard, head)
        await repository.collection.update_many({}, {"$set": {"outbox": []}, "$unset": {"pending": ""}})
        service.database.close()

    return register


@pytest.fixture
def other(keeper: Keeper) -> str:
    """A prefix under which nothing is yet."""
    return f"r{keeper.prefix}"


async def test_what_is_restored_is_what_was_backed_up(keeper: Keeper, registers: Registers, other: str) -> None:
    await registers(3)
    await keeper.adds("attachment_chunks", [{"_id": number, **VALUES} for number in range(MANY)])
    before = await keeper.contents(keeper.prefix)
    taken = await keeper.takes("one")
    assert (taken.data.events, taken.broken, taken.workflows, taken.stood_seconds) == (3, [], False, None)
    assert [path for path in (keeper.folder / "one").rglob("*") if path.stat().st_mode & 0o077] == []
    restored = await keeper.restores("one", other)
    assert restored.documents == taken.data.documents + taken.keys.documents > MANY
    assert await keeper.contents(other) == before == await keeper.contents(keeper.prefix)
    assert sorted(path.name for path in keeper.folder.iterdir()) == ["one"]


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
    await create_topics(kafka, PROFILES["embedded"])
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


async def test_keys_are_of_the_same_installation_and_no_earlier(
    keeper: Keeper, registers: Registers, other: str, database_prefix: str
) -> None:
    await registers(3)
    await keeper.takes("one")
    await registers(2)
    await keeper.takes("two")
    with pytest.raises(refusals.KeysUnfit, match="of another installation, or of an earlier moment"):
        await keeper.restores("two", other, keys="one")
    with pytest.raises(refusals.NotABackup, match=r"manifest\.json: No such file"):
        await keeper.restores("two", other, keys="three")
    assert await keeper.contents(other) == {}
    shutil.rmtree(keeper.folder / "one" / "keys")
    shutil.move(keeper.folder / "two" / "keys", keeper.folder / "safe")
    restored = await keeper.restores("one", other, keys="safe")
    assert restored.backup.keys.documents == 5
    assert restored.erased == ()


async def test_payment_files_have_to_have_a_place(
    keeper: Keeper, registers: Registers, other: str, tmp_path: Path
) -> None:
    await registers(1)
    payments, again = tmp_path / "payments", tmp_path / "again"
    payments.mkdir()
    (payments / "pain001-1.xml").write_text("<Document/>")
    (payments / ".under-way").write_text("half")
    await keeper.takes("one", TREMPLIN_PAYMENTS_DIR=str(payments))
    with pytest.raises(SettingInvalid, match="TREMPLIN_PAYMENTS_DIR"):
        await keeper.restores("one", other)
    with pytest.raises(refusals.DataThere, match=r"pain001-1\.xml"):
        await keeper.restores("one", other, TREMPLIN_PAYMENTS_DIR=str(payments))
    await keeper.restores("one", other, TREMPLIN_PAYMENTS_DIR=str(again))
    assert {path.name: path.read_text() for path in again.iterdir()} == {"pain001-1.xml": "<Document/>"}
