"""What tests on real servers share, beside the servers."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey

from contracts.envelope import Envelope
from deploy.local.directory import DataDirectory
from services.chassis.clock import SharedClock
from services.chassis.settings import CommonSettings
from tests.backups import Keeper, Registers
from tests.evaluation import Stage, staged
from tests.mailing import Headers, MailServer
from tests.operating import Operator
from tests.platform import Elsewhere, elsewhere
from tests.toys import ask, port, source


@pytest.fixture
async def stage(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Callable[..., str]
) -> AsyncIterator[Stage]:
    """The service of evaluation, and everybody around it."""
    async with staged(service_environment, season_clock, token) as found:
        yield found


@pytest.fixture
def operator(tmp_path: Path, issuer: str, issuer_key: ECKey) -> Operator:
    """An operator in a directory of their own, with the issuer's key."""
    directory = DataDirectory(tmp_path / "var")
    directory.prepare()
    directory.issuer_key.write_text(json.dumps(issuer_key.as_dict(private=True)))
    directory.describe({"state": "ready", "issuer": issuer, "services": {}})
    return Operator(directory.root)


@pytest.fixture
async def smtp(
    free_port: int, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MailServer]:
    """A mail server, which notifications use instead of a directory."""
    monkeypatch.delenv("TREMPLIN_MAIL_DIR")
    monkeypatch.setenv("TREMPLIN_SMTP_URL", f"smtp://127.0.0.1:{free_port}")
    server = MailServer(free_port)
    await server.open()
    yield server
    server.close()


@pytest.fixture
async def others(fresh_kafka: str) -> AsyncIterator[Elsewhere]:
    """All other services, on the broker."""
    async with elsewhere(fresh_kafka) as found:
        yield found


@pytest.fixture
def as_(token: Callable[..., str]) -> Headers:
    """``as_(person_id, "role", …)``: the headers with which that person calls."""

    def headers(person_id: UUID | str, *roles: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(person_id, *roles)}"}

    return headers


@pytest.fixture
def keeper(mongodb: str, database_prefix: str, tmp_path: Path) -> Keeper:
    return Keeper(mongodb, database_prefix, tmp_path / "backups")


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
                heads, _ = await service.archive.append({shard: await service.archive.head(shard)}, {shard: told})
                await service.archive.note(heads)
        await repository.collection.update_many({}, {"$set": {"outbox": []}, "$unset": {"pending": ""}})
        service.database.close()

    return register


@pytest.fixture
def other(keeper: Keeper) -> str:
    """A prefix under which nothing is yet."""
    return f"r{keeper.prefix}"
