"""A disk that is full: told at the start, answered while it lasts, nothing lost after it.

It is a small one in a namespace of its own where we may have one, and everywhere a limit on the files of the database.
"""

import asyncio
import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from pymongo import AsyncMongoClient

from deploy.local import ports
from deploy.local.children import Child
from deploy.local.database import Database
from deploy.local.parts import arrange
from deploy.local.supervisor import Supervisor
from services.chassis.runtime import Service
from services.people import main
from tests.platform import archived, eventually, serving

NAMESPACE = ("unshare", "-Urm")
DISK_BYTES = 48_000_000
BALLAST_BYTES = 7_000_000
"""What the database writes into the ten megabytes of its journal that are there already, before people write the rest."""

NAMESPACES = (
    shutil.which("unshare") is not None
    and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603
)
"""Whether we may have a small disk of our own: Docker's default profile and some kernels do not let us."""


class Disk:
    """Is full, for the database only, as long as no file of its process may be written."""

    database: psutil.Process

    def __init__(self, path: Path) -> None:
        self.path = path
        self._limits: tuple[int, int] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    def command(self, *arguments: str) -> tuple[str, ...]:
        return arguments

    @property
    def seen_from_here(self) -> Path:
        return self.path

    def fill(self) -> None:
        self._limits = self.database.rlimit(resource.RLIMIT_FSIZE)
        self.database.rlimit(resource.RLIMIT_FSIZE, (0, self._limits[1]))

    def make_room(self) -> None:
        self.database.rlimit(resource.RLIMIT_FSIZE, self._limits)


class SmallDisk(Disk):
    """A file system in memory at ``path``, which only processes started by ``command`` see there."""

    def __init__(self, path: Path, holder: int) -> None:
        super().__init__(path)
        self.holder = holder

    def command(self, *arguments: str) -> tuple[str, ...]:
        return (
            shutil.which("nsenter") or "nsenter",
            "-t",
            str(self.holder),
            "-U",
            "-m",
            "--preserve-credentials",
            *arguments,
        )

    @property
    def seen_from_here(self) -> Path:
        return Path(f"/proc/{self.holder}/root{self.path}")

    def fill(self) -> None:
        with contextlib.suppress(OSError), (self.seen_from_here / "filler").open("wb", buffering=0) as filler:
            for size in (65_536, 512):
                with contextlib.suppress(OSError):
                    while filler.write(bytes(size)):
                        pass

    def make_room(self) -> None:
        (self.seen_from_here / "filler").unlink()


@pytest.fixture(params=[*(["small"] if NAMESPACES else []), "limited"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    path = tmp_path / "disk"
    path.mkdir()
    if request.param == "limited":
        yield Disk(path)
        return
    script = f"mount -t tmpfs -o size={DISK_BYTES} none {path} && echo mounted && exec sleep 3600"
    with subprocess.Popen([*NAMESPACE, "sh", "-c", script], stdout=subprocess.PIPE) as holder:  # noqa: S603
        assert holder.stdout
        assert holder.stdout.readline() == b"mounted\n"
        yield SmallDisk(path, holder.pid)
        holder.kill()


@pytest.mark.skipif(not NAMESPACES, reason="the sentence has a test of its own in test_platform_refusals.py")
@pytest.mark.parametrize("disk", ["small"], indirect=True)
async def test_a_platform_does_not_start_on_it_and_says_what_it_needs(disk: Disk) -> None:
    command = disk.command(sys.executable, "-m", "deploy.local", "up", "--var", str(disk.path / "var"))
    refused = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "COLUMNS": "200"}
    )
    _, told = await refused.communicate()
    assert refused.returncode == 2
    sentence = rf"{disk.path}/var has 4\d MB left and 200 MB are needed: free some space, .*--var"
    assert len(told.decode().splitlines()) == 1
    assert re.match(sentence, told.decode())


@pytest.fixture
async def database(disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Supervisor]:
    """The database of a platform, on that disk, supervised."""
    workplace = tmp_path / "mongodb"
    workplace.mkdir()
    arranged = await arrange(Database(), {"mongodb": ports.free_port()}, disk.path / "mongo", workplace)
    assert arranged.launch
    (disk.seen_from_here / "mongo").mkdir()
    launch = replace(arranged.launch, command=disk.command(*arranged.launch.command))
    supervisor = Supervisor([Child(launch, tmp_path / "mongodb.log")], [])
    monkeypatch.setenv("MONGODB_URI", arranged.address)
    await supervisor.start()
    disk.database = psutil.Process(supervisor.parts[0].pid)
    watching = asyncio.create_task(supervisor.watch())
    yield supervisor
    watching.cancel()
    await supervisor.stop()


async def weigh_down(address: str) -> None:
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(address)
    for _ in range(BALLAST_BYTES // 50_000):
        await client["ballast"]["ballast"].insert_one({"content": os.urandom(50_000)})
    await client.close()


async def register(client: httpx.AsyncClient, headers: dict[str, str], key: str) -> httpx.Response:
    person = {"person_id": key, "given_name": "Ada", "family_name": "Exemple", "email": "ada@atelier.fr"}
    return await client.post("/persons", json=person, headers={**headers, "Idempotency-Key": key})


async def registered_until_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> tuple[list[str], str]:
    """Register people until one is refused; the ids of those who were registered, and of the one who was not."""
    done: list[str] = []
    while (answer := await register(client, headers, key := str(uuid4()))).status_code == 201:
        done.append(key)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (503, "database_unavailable")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    return done, key


async def ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/health/ready")).status_code == 200


async def told_of(service: Service) -> set[str]:
    return {item.subject for item in await archived(service) if ".PersonRegistered." in item.type}


@pytest.mark.timeout(400)
async def test_writes_are_refused_while_it_lasts_and_nothing_acknowledged_is_lost(
    service_environment: Mapping[str, str], disk: Disk, database: Supervisor, token: Callable[..., str]
) -> None:
    headers = {"Authorization": f"Bearer {token(uuid4(), 'administrator')}"}
    address = os.environ["MONGODB_URI"]
    async with serving(service := await main.build()) as client:
        await eventually(lambda: ready(client))
        first = (await register(client, headers, str(uuid4()))).json()["person_id"]
        await eventually(lambda: told_of(service), lambda found: first in found)
        await weigh_down(address)
        last = await register(client, headers, str(uuid4()))
        assert last.status_code == 201
        disk.fill()
        done, refused = await registered_until_refused(client, headers)
        assert not await ready(client)
        disk.make_room()
        await database.heal()
        await eventually(lambda: ready(client))
        done.append(last.json()["person_id"])
        for person in done:
            assert (await client.get(f"/persons/{person}", headers=headers)).status_code == 200
        again = await register(client, headers, refused)
        assert again.status_code == 201
        await eventually(lambda: told_of(service), lambda found: {*done, refused} <= found)
        assert service.relay
        assert (await service.archive.verify())["intact"]
