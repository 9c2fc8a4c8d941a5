"""Someone who keeps backups of services that run elsewhere, for tests."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from deploy.local.directory import DataDirectory
from deploy.local.operations.backups.restoring import Restored, restore
from deploy.local.operations.backups.taking import Taken, take

Contents = dict[str, list[bytes]]
Registers = Callable[[int], Awaitable[None]]
"""Leaves what a service leaves that has registered so many people."""


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
