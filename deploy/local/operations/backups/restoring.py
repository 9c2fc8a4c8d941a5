"""Restoring a backup: into a data directory that is made aside and takes its name when all is in it, or into an empty database."""

import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pymongo.errors import PyMongoError

from deploy.local.directory import DataDirectory
from deploy.local.operations.backups import chains, documents, files, manifest, refusals
from deploy.local.operations.backups.checking import Backup, Target, read, target_of
from deploy.local.operations.backups.progress import Told
from deploy.local.operations.backups.standstill import NAMES, Client, connected, database_on
from deploy.local.temporal import DATABASE_FILE

PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. ``erased``: persons whose data is there and whose key is not, since they were erased after the backup."""

    backup: Backup
    documents: int
    erased: tuple[str, ...]


async def restore(
    place: Path, keys: Path | None, directory: DataDirectory, environment: Mapping[str, str], told: Told
) -> Restored:
    """Restore the backup at ``place``, opened by the keys of ``keys`` (by default its own).

    It goes to ``directory``, which has to be empty, and to the database that the environment names, which has to be. Raises
    ``PlatformRefusal``; nothing is left then, nor when it is interrupted.
    """
    told("Every file is read", 0, 1)
    backup = read(place, keys)
    target = await target_of(backup, directory, environment)
    told("Every file is read", 1, 1)
    try:
        with _payments(backup, target), _directory(backup, target) as made:
            async with _database(target, made) as client:
                filled = await _fill(client, backup, target, told)
                await _verify(client, backup, target)
                return Restored(backup, filled, await _erased(client, target))
    except PyMongoError as error:
        raise refusals.DatabaseFails(error) from error


@contextlib.contextmanager
def _payments(backup: Backup, target: Target) -> Iterator[None]:
    """The payment files where the environment wants them; taken away again when the rest fails."""
    if target.payments is None:
        yield
        return
    target.payments.mkdir(parents=True, exist_ok=True)
    copied = [target.payments / Path(file.path).name for file in backup.data.below(manifest.PAYMENTS)]
    try:
        _copy(backup, manifest.PAYMENTS, target.payments)
        yield
    except BaseException:
        for path in copied:
            path.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _directory(backup: Backup, target: Target) -> Iterator[DataDirectory | None]:
    """The data directory as it is being made, with everything in it but the content of the database."""
    if target.directory is None:
        yield None
        return
    with files.drafting(target.directory.root) as draft:
        made = DataDirectory(draft)
        _copy(backup, manifest.INSTALLATION, made.run)
        _copy(backup, made.demo.name, made.demo)
        if target.payments is None:
            _copy(backup, manifest.PAYMENTS, draft / manifest.PAYMENTS)
        for key in (made.master_key, made.issuer_key):
            if backup.keys.holds(key.name):
                files.copy(backup.keys_place / key.name, key)
        if backup.data.holds(manifest.TEMPORAL):
            files.copy(backup.place / manifest.TEMPORAL, made.data("temporal") / DATABASE_FILE)
        made.prepare()
        yield made


def _copy(backup: Backup, folder: str, target: Path) -> None:
    for file in backup.data.below(folder):
        files.copy(backup.place / file.path, target / Path(file.path).name)


@contextlib.asynccontextmanager
async def _database(target: Target, made: DataDirectory | None) -> AsyncIterator[Client]:
    """The database that is filled. One that runs elsewhere is as empty as before when it is not filled to the end."""
    if target.uri is None and made is not None:
        async with database_on(made) as address, connected(address) as client:
            yield client
        return
    async with connected(str(target.uri)) as client:
        try:
            yield client
        except BaseException:
            with contextlib.suppress(PyMongoError):
                for name in NAMES:
                    await client.drop_database(target.prefix + name)
            raise


async def _fill(client: Client, backup: Backup, target: Target, told: Told) -> int:
    """Insert every document of every collection; how many there were."""
    found = [(backup.place, file.path) for file in backup.data.below(manifest.DATABASES)]
    found += [(backup.keys_place, file.path) for file in backup.keys.below(manifest.DATABASES)]
    filled = 0
    for done, (root, path) in enumerate(found):
        _, name, file = PurePosixPath(path).parts
        collection = file.removesuffix(documents.SUFFIX)
        told(f"{name}: {collection}", done, len(found))
        filled += await documents.fill(client[target.prefix + name][collection], root / path)
    told("Databases", len(found), len(found))
    return filled


async def _verify(client: Client, backup: Backup, target: Target) -> None:
    """Recompute every chain from what the database gives back. Raises ``NotTheSame``."""
    for name, expected in backup.data.archives.items():
        if await chains.read(client[target.prefix + name]["archive"].find({})) != expected:
            raise refusals.NotTheSame(name)


async def _erased(client: Client, target: Target) -> tuple[str, ...]:
    people = client[target.prefix + PEOPLE]
    forgotten = [key["_id"] async for key in people["keys"].find({"key": None}, {"_id": 1})]
    there = people["persons"].find({"_id": {"$in": forgotten}, "state.erased_at": None}, {"_id": 1})
    return tuple([person["_id"] async for person in there])
