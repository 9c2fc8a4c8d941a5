"""A database that turns read-only, because its account may only read any more or because it is no primary any more."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pymongo import AsyncMongoClient

from deploy.local import ports
from deploy.local.children import Child, Launch
from deploy.local.database import Database
from deploy.local.parts import Arranged, arrange
from services.chassis.runtime import Service
from services.chassis.settings import CommonSettings, read
from services.people import main
from tests.platform import archived, eventually, serving
from tests.toys import Tally, ask, port, source

SECRET = "secret"
"""The password of all accounts here."""
WRITING = ("insert", "update", "remove", "createCollection", "createIndex")
UNREADY = 503


@dataclass
class Turning:
    """A database that can be made read-only, and writable again. ``reads``: whether it still answers who reads."""

    uri: str
    make_read_only: Callable[[], Awaitable[None]]
    make_writable: Callable[[], Awaitable[None]]
    reads: bool


async def arranged_in(folder: Path) -> Arranged:
    data = folder / "data"
    data.mkdir(parents=True)
    return await arrange(Database(), {"mongodb": ports.free_port()}, data, folder)


def changed(arranged: Arranged, uri: str, *, add: str | None = None, without: str | None = None) -> Launch:
    assert arranged.launch
    command = [part for part in (*arranged.launch.command, add) if part not in (None, without)]
    return replace(arranged.launch, command=tuple(map(str, command)), healthy=lambda: Database().healthy(uri))


async def order(uri: str, *commands: Mapping[str, Any]) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)
    try:
        for command in commands:
            await client["admin"].command(command)
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def losing_its_rights(folder: Path) -> AsyncIterator[Turning]:
    """A server where the services' account has its rights from a role, which loses them and gets them back."""
    arranged = await arranged_in(folder)
    with_user = {
        user: arranged.address.replace("://", f"://{user}:{SECRET}@") + "&authSource=admin"
        for user in ("administrator", "tremplin")
    }
    everywhere = {"resource": {"db": "", "collection": ""}, "actions": WRITING}
    child = Child(changed(arranged, arranged.address), folder / "log")
    await child.start()
    await order(
        arranged.address,
        {"createUser": "administrator", "pwd": SECRET, "roles": ["root"]},
        {"createRole": "writer", "privileges": [everywhere], "roles": []},
        {"createUser": "tremplin", "pwd": SECRET, "roles": ["readAnyDatabase", "writer"]},
    )
    await child.stop(5)
    child.launch = changed(arranged, with_user["administrator"], add="--auth")
    await child.start()

    async def grant(*rights: object) -> None:
        await order(with_user["administrator"], {"updateRole": "writer", "privileges": rights})

    try:
        yield Turning(with_user["tremplin"], grant, lambda: grant(everywhere), reads=True)
    finally:
        await child.stop(0)


@contextlib.asynccontextmanager
async def losing_its_primary(folder: Path) -> AsyncIterator[Turning]:
    """A replica set of one, whose member steps down and is started again."""
    arranged = await arranged_in(folder)
    assert arranged.launch
    if "--standalone" not in arranged.launch.command:
        pytest.skip("a mongod of its own would have to be made a set first")
    child = Child(changed(arranged, arranged.address, without="--standalone"), folder / "log")
    await child.start()

    async def step_down() -> None:
        await order(arranged.address, {"replSetStepDown": 3600, "force": True})

    async def start_again() -> None:
        await child.stop(5)
        await child.start()

    uri = arranged.address.replace("directConnection=true&w=1", "replicaSet=secantus&w=majority")
    try:
        yield Turning(uri, step_down, start_again, reads=False)
    finally:
        await child.stop(0)


@pytest.fixture(params=[losing_its_rights, losing_its_primary], ids=["rights", "primary"])
async def turning(
    request: pytest.FixtureRequest,
    service_environment: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Turning]:
    """A database that the services of the test use."""
    made: Callable[[Path], AbstractAsyncContextManager[Turning]] = request.param
    async with made(tmp_path / "turning") as found:
        monkeypatch.setenv("MONGODB_URI", found.uri)
        yield found


async def ready(client: httpx.AsyncClient) -> tuple[int, bool]:
    answer = await client.get("/health/ready")
    return answer.status_code, answer.json()["parts"]["database"] == "ok"


async def told_of(service: Service) -> list[str]:
    return [item.subject for item in await archived(service) if ".PersonRegistered." in item.type]


async def test_writes_are_refused_while_it_lasts_and_nothing_is_lost(
    turning: Turning, token: Callable[..., str]
) -> None:
    headers = {"Authorization": f"Bearer {token(uuid4(), 'administrator')}"}

    async def register(client: httpx.AsyncClient, key: str) -> httpx.Response:
        person = {"person_id": key, "given_name": "Ada", "family_name": "Exemple", "email": f"{key}@atelier.fr"}
        return await client.post("/persons", json=person, headers={**headers, "Idempotency-Key": key})

    before, during = str(uuid4()), str(uuid4())
    async with serving(service := await main.build()) as client:
        assert (await register(client, before)).status_code == 201
        await turning.make_read_only()
        refused = await register(client, during)
        assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"]
        assert await ready(client) == (UNREADY, False)
        assert (await client.get("/health/live")).status_code == 200
        read_one = await client.get(f"/persons/{before}", headers=headers)
        assert read_one.status_code == (200 if turning.reads else 503)
        await turning.make_writable()
        await eventually(lambda: ready(client), lambda found: found == (200, True))
        assert (await register(client, during)).status_code == 201
        found = await eventually(lambda: told_of(service), lambda found: {before, during} <= set(found))
        assert len(found) == len(set(found))
        assert (await service.archive.verify())["intact"]


async def test_events_wait_and_are_counted_once(turning: Turning, service_environment: Mapping[str, str]) -> None:
    persons = [uuid4() for _ in range(3)]
    settings = read(CommonSettings)
    elsewhere = settings.model_copy(update={"mongodb_uri": service_environment["MONGODB_URI"]})
    service, people = source(elsewhere, port(service_environment, "people"))
    tally = Tally(settings, port(service_environment, "observatory"))
    async with serving(service), serving(tally.service) as client:
        await ask(people, persons[0])
        await eventually(tally.totals)
        await turning.make_read_only()
        assert await ready(client) == (UNREADY, False)
        await ask(people, persons[1])
        await turning.make_writable()
        await eventually(lambda: ready(client), lambda found: found == (200, True))
        await ask(people, persons[2])
        await eventually(tally.totals, lambda found: found == {str(person): 1 for person in persons})
        assert await tally.service.consumer.dead_letters.count() == 0
