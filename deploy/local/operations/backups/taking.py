"""Taking a backup: everything read while the installation stands still, described once it runs again, named when it is complete."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from pymongo.errors import PyMongoError

from deploy.local.directory import DataDirectory
from deploy.local.operations.backups import documents, files, manifest, refusals
from deploy.local.operations.backups.chains import Chains
from deploy.local.operations.backups.manifest import Kind, Manifest
from deploy.local.operations.backups.progress import Told
from deploy.local.operations.backups.standstill import NAMES, Client, Source, at_rest, connected
from deploy.local.pacing import LIFE

LEASES = "leases"
"""Who relays what: true for seconds, and of nobody who starts on the restored data."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is complete. ``stood_seconds`` is how long a running platform stood still; ``workflows``: hold them, too."""

    data: Manifest
    keys: Manifest
    stood_seconds: float | None
    workflows: bool

    @property
    def broken(self) -> list[str]:
        """The archives whose chain does not hold, and where."""
        return [f"{name}: {found.broken}" for name, found in self.data.archives.items() if found.broken]


@dataclass
class _Copied:
    documents: dict[str, int]
    at: datetime
    stood_seconds: float | None = None


async def take(place: Path, directory: DataDirectory, environment: Mapping[str, str], told: Told) -> Taken:
    """Back up the installation of ``directory``, or else the one that the environment names, to ``place``.

    Raises ``PlatformRefusal``; nothing is left then, nor when it is interrupted.
    """
    with files.drafting(place) as draft:
        try:
            copied = await _copy(draft, directory, environment, told)
        except PyMongoError as error:
            raise refusals.DatabaseFails(error) from error
        told("Packing, and reading it again", 0, 1)
        for path in copied.documents:
            documents.pack(draft / path)
            await asyncio.sleep(0)  # so that it can be interrupted
        archives = await _archives(draft)
        keys = _describe(draft / manifest.KEYS, "keys", copied, archives)
        data = _describe(draft, "data", copied, archives)
        told("Packing, and reading it again", 1, 1)
        return Taken(data, keys, copied.stood_seconds, data.holds(manifest.TEMPORAL))


async def _copy(draft: Path, directory: DataDirectory, environment: Mapping[str, str], told: Told) -> _Copied:
    async with at_rest(directory, environment) as source:
        copied = _Copied({}, datetime.now(UTC))
        begin = time.monotonic()
        async with connected(source.uri) as client:
            copied.documents = await _databases(client, source, draft, told)
        if not any(copied.documents.values()):
            raise refusals.NothingThere(source.prefix)
        if source.temporal:
            files.copy_sqlite(source.temporal, draft / manifest.TEMPORAL)
        if source.payments and source.payments.is_dir():
            _all_of(source.payments, draft / manifest.PAYMENTS)
        if source.directory:
            _installation(source, source.directory, draft)
    if source.running:
        copied.stood_seconds = time.monotonic() - begin
    return copied


async def _databases(client: Client, source: Source, draft: Path, told: Told) -> dict[str, int]:
    """Copy every collection; how many documents each file holds."""
    found = [
        (name, collection)
        for name in NAMES
        for collection in sorted(await client[source.prefix + name].list_collection_names())
        if collection != LEASES and not collection.startswith("system.")
    ]
    counts = {}
    for done, (name, collection) in enumerate(found):
        told(f"{name}: {collection}", done, len(found))
        path = path_of(name, collection)
        counts[path] = await documents.copy(client[source.prefix + name][collection], draft / path)
    told("Databases", len(found), len(found))
    return counts


def path_of(name: str, collection: str) -> str:
    """Where a service's collection is in a backup: what opens sealed data is apart from the rest."""
    path = f"{manifest.DATABASES}/{name}/{collection}{documents.SUFFIX}"
    return f"{manifest.KEYS}/{path}" if collection == manifest.KEYS else path


def _installation(source: Source, directory: DataDirectory, draft: Path) -> None:
    """What a data directory holds beside its parts' data, without what every start makes anew."""
    for key in (directory.master_key, directory.issuer_key):
        if key.exists():
            files.copy(key, draft / manifest.KEYS / key.name)
    files.copy(directory.clock, draft / manifest.INSTALLATION / directory.clock.name)
    if not source.running and directory.clock_seen.exists():
        files.copy(directory.clock_seen, draft / manifest.INSTALLATION / directory.clock_seen.name)
    description = orjson.dumps(_description(source, directory), option=orjson.OPT_INDENT_2)
    files.write(draft / manifest.INSTALLATION / directory.description.name, description)
    if directory.demo.is_dir():
        _all_of(directory.demo, draft / directory.demo.name)


def _description(source: Source, directory: DataDirectory) -> dict[str, Any]:
    """What a platform that was stopped at this moment would have left, of what its next start goes by."""
    kept = {
        name: source.description[name] for name in ("bootstrap_admin", "ports", "clock") if name in source.description
    }
    pace = directory.running_clock().pace()
    if source.running and pace.rate != LIFE:
        kept["clock"] = {"rate": pace.rate, "stopped_at": pace.at(time.time()).isoformat()}
    return {**kept, "state": "stopped"}


def _all_of(folder: Path, target: Path) -> None:
    """Copy the files of a folder; those under way have hidden names."""
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            files.copy(file, target / file.name)


async def _archives(draft: Path) -> dict[str, Chains]:
    found = {name: draft / path_of(name, "archive") for name in NAMES}
    return {name: await documents.chains_in(file) for name, file in found.items() if file.exists()}


def _describe(root: Path, kind: Kind, copied: _Copied, archives: dict[str, Chains]) -> Manifest:
    """Write the manifest of what is below ``root``."""
    counted = _below(root, copied.documents) if kind == "keys" else copied.documents
    described = Manifest(
        format=manifest.FORMAT,
        kind=kind,
        tremplin=manifest.version(),
        taken_at=copied.at,
        archives=archives,
        files=manifest.describe(root, counted),
    )
    files.write(root / manifest.NAME, described.model_dump_json(indent=1).encode())
    return described


def _below(root: Path, counts: Mapping[str, int]) -> dict[str, int]:
    return {path.removeprefix(f"{root.name}/"): count for path, count in counts.items()}
