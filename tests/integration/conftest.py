"""What tests on real servers share, beside the servers."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from uuid import UUID

import pytest
from joserfc.jwk import ECKey

from deploy.local.directory import DataDirectory
from services.chassis.clock import SharedClock
from tests.evaluation import Stage, staged
from tests.mailing import Headers, MailServer
from tests.operating import Operator
from tests.platform import Elsewhere, elsewhere


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
