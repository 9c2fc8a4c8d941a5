"""The installation that is backed up, brought to a standstill: what is read then is of one moment.

A platform that runs here has its service processes stopped for a while; one that does not has its database started alone. Of
one whose services run elsewhere, only the database is at hand: nobody may be serving.
"""

import contextlib
import fcntl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from deploy.local import services
from deploy.local.children import Child
from deploy.local.database import Database
from deploy.local.directory import DataDirectory
from deploy.local.operations.backups import freezing, refusals
from deploy.local.parts import arrange, external
from deploy.local.ports import free_port
from deploy.local.refusals import AlreadyRunning
from deploy.local.temporal import DATABASE_FILE

NAMES = tuple(services.port_name(name) for name in (*services.SERVICES, services.WORKER))
"""Whose databases are backed up. The portal's holds sessions, which nobody needs again."""

PREFIX = "TREMPLIN_DATABASE_PREFIX"
PAYMENTS = "TREMPLIN_PAYMENTS_DIR"
_DEFAULT_PREFIX = "tremplin_"
_GRACE_SECONDS = 10.0
_SELECTION_MILLISECONDS = 5_000
_SOCKET_MILLISECONDS = 60_000

Client = AsyncMongoClient[Mapping[str, Any]]


@dataclass(frozen=True)
class Source:
    """An installation at rest. ``directory`` is its data directory, if it has one; ``running`` whether it goes on afterwards.

    ``temporal`` is the database file of its embedded Temporal, ``payments`` the directory of its payment files.
    """

    uri: str
    prefix: str
    payments: Path | None
    directory: DataDirectory | None = None
    temporal: Path | None = None
    running: bool = False
    description: Mapping[str, Any] = field(default_factory=dict)


def prefix_of(environment: Mapping[str, str]) -> str:
    """What the names of the installation's databases begin with."""
    return environment.get(PREFIX) or _DEFAULT_PREFIX


def payments_of(environment: Mapping[str, str], root: Path | None) -> Path | None:
    """Where payment files are: where the environment says, or below the data directory ``root``."""
    if environment.get(PAYMENTS):
        return Path(environment[PAYMENTS])
    return root / "payments" if root else None


@contextlib.asynccontextmanager
async def connected(uri: str) -> AsyncIterator[Client]:
    """A client that does not wait for ever, and reads what was written last."""
    client: Client = AsyncMongoClient(
        uri,
        readPreference="primary",
        serverSelectionTimeoutMS=_SELECTION_MILLISECONDS,
        socketTimeoutMS=_SOCKET_MILLISECONDS,
    )
    try:
        yield client
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def database_on(directory: DataDirectory) -> AsyncIterator[str]:
    """The address of the embedded database of a data directory, started alone. Raises ``PlatformRefusal``."""
    workplace, port = directory.workplace("mongodb"), free_port()
    arranged = await arrange(Database(), {"mongodb": port}, directory.data("mongodb").absolute(), workplace.absolute())
    assert arranged.launch  # noqa: S101
    child = Child(arranged.launch, directory.log("mongodb"))
    try:
        await child.start()
        yield arranged.address
    finally:
        await child.stop(_GRACE_SECONDS)


@contextlib.asynccontextmanager
async def at_rest(directory: DataDirectory, environment: Mapping[str, str]) -> AsyncIterator[Source]:
    """The installation of ``directory``, or else the one whose database the environment names. Raises ``PlatformRefusal``."""
    if not directory.master_key.exists():
        kept = _elsewhere(directory, environment)
    elif (lock := _free(directory)) is not None:
        kept = _stopped(directory, environment, lock)
    else:
        kept = _running(directory, environment)
    async with kept as source:
        yield source


def _free(directory: DataDirectory) -> contextlib.ExitStack | None:
    """The directory held, so that nobody starts on it; nothing when a platform runs there."""
    with contextlib.ExitStack() as lock:
        try:
            lock.enter_context(directory.held())
        except AlreadyRunning:
            return None
        return lock.pop_all()


@contextlib.asynccontextmanager
async def _running(directory: DataDirectory, environment: Mapping[str, str]) -> AsyncIterator[Source]:
    with _alone(directory):
        description = directory.described()
        if description.get("state") != "ready":
            raise refusals.NotStanding(directory.root, str(description.get("state", "starting")))
        if not _embedded(description, "temporal"):
            raise refusals.TemporalElsewhere(description["parts"]["temporal"]["address"])
        async with freezing.standing(description):
            yield _source(directory, environment, description, description["parts"]["mongodb"]["address"], running=True)
            if freezing.processes(directory.described()) != freezing.processes(description):
                raise refusals.ProcessesChanged


@contextlib.asynccontextmanager
async def _stopped(
    directory: DataDirectory, environment: Mapping[str, str], lock: contextlib.ExitStack
) -> AsyncIterator[Source]:
    with lock:
        description = directory.described()
        if _embedded(description, "mongodb"):
            async with database_on(directory) as uri:
                yield _source(directory, environment, description, uri)
            return
        if "mongodb" not in external(environment):
            raise refusals.DatabaseElsewhere(directory.root)
        async with _unserved(external(environment)["mongodb"], prefix_of(environment)) as uri:
            yield _source(directory, environment, description, uri)


@contextlib.asynccontextmanager
async def _elsewhere(directory: DataDirectory, environment: Mapping[str, str]) -> AsyncIterator[Source]:
    given, prefix = external(environment), prefix_of(environment)
    if "mongodb" not in given:
        raise refusals.NoInstallation(directory.root)
    async with _unserved(given["mongodb"], prefix) as uri:
        yield Source(uri, prefix, payments_of(environment, None))


def _source(
    directory: DataDirectory,
    environment: Mapping[str, str],
    description: Mapping[str, Any],
    uri: str,
    running: bool = False,
) -> Source:
    workflows = directory.data("temporal") / DATABASE_FILE
    temporal = workflows if _embedded(description, "temporal") and workflows.exists() else None
    payments = payments_of(environment, directory.root)
    return Source(uri, prefix_of(environment), payments, directory, temporal, running, description)


@contextlib.asynccontextmanager
async def _unserved(uri: str, prefix: str) -> AsyncIterator[str]:
    """Nobody relays events before, nor after. Raises ``StillServing``."""
    await _no_lease(uri, prefix)
    yield uri
    await _no_lease(uri, prefix)


async def _no_lease(uri: str, prefix: str) -> None:
    async with connected(uri) as client:
        for name in NAMES:
            lease = await client[prefix + name]["leases"].find_one({"until": {"$gt": time.time()}})
            if lease:
                raise refusals.StillServing(name, str(lease["owner"]))


@contextlib.contextmanager
def _alone(directory: DataDirectory) -> Iterator[None]:
    """One backup of a running platform at a time: the first to end would let the processes go on. Raises ``OneAtATime``."""
    with (directory.run / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusals.OneAtATime(directory.root) from None
        yield


def _embedded(description: Mapping[str, Any], part: str) -> bool:
    return bool(description.get("parts", {}).get(part, {}).get("embedded", True))
