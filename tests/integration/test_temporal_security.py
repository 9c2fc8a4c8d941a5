"""The worker at a Temporal server behind TLS: who is trusted, who is let in, and what is said when settings do not fit."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.certificates import Authority
from workflows.security import temporal_security
from workflows.settings import Settings
from workflows.worker import connect

NEEDED = {
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "MONGODB_URI": "mongodb://127.0.0.1:1",
    "TREMPLIN_ISSUER": "http://127.0.0.1:1",
    "TREMPLIN_JWKS_URL": "http://127.0.0.1:1",
    "TREMPLIN_MASTER_KEY_FILE": "/dev/null",
    "TREMPLIN_WORKFLOWS_PORT": "1",
}


@contextlib.asynccontextmanager
async def behind_tls(target: str, context: ssl.SSLContext) -> AsyncIterator[str]:
    """The address of a proxy that ends TLS before ``target``, as an ingress does."""
    host, _, port = target.rpartition(":")
    passing: set[asyncio.Task[None]] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        for source, sink in ((reader, back), (there, writer)):
            passing.add(asyncio.create_task(passed_on(source, sink)))

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def passed_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        while part := await source.read(65_536):
            sink.write(part)
            await sink.drain()
    finally:
        sink.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
async def secured(temporal: str, authority: Authority) -> AsyncIterator[str]:
    """A Temporal server that shows a certificate and wants one."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority.certificate))
    context.load_cert_chain(*authority.issue("temporal"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    async with behind_tls(temporal, context) as address:
        yield address


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, secured: str, authority: Authority, tmp_path: Path) -> Settings:
    """What a worker needs to be let in."""
    certificate, key = authority.issue("worker")
    api_key = tmp_path / "api.key"
    api_key.write_text("canary\n")
    for name, value in {
        **NEEDED,
        "TEMPORAL_ADDRESS": secured,
        "TEMPORAL_TLS": "true",
        "TEMPORAL_CA_FILE": str(authority.certificate),
        "TEMPORAL_CERTIFICATE_FILE": str(certificate),
        "TEMPORAL_KEY_FILE": str(key),
        "TEMPORAL_API_KEY_FILE": str(api_key),
    }.items():
        monkeypatch.setenv(name, value)
    return Settings()


async def test_a_worker_with_the_right_papers_is_let_in(settings: Settings) -> None:
    client = await connect(settings.temporal_address, **temporal_security(settings))
    assert await client.service_client.check_health()
    assert client.api_key == "canary"


@pytest.mark.parametrize(
    "missing",
    [
        ("temporal_ca_file",),
        ("temporal_certificate_file", "temporal_key_file"),
        ("temporal_tls", "temporal_ca_file", "temporal_certificate_file", "temporal_key_file", "temporal_api_key_file"),
    ],
)
async def test_a_worker_without_them_is_not(settings: Settings, missing: tuple[str, ...]) -> None:
    poorer = settings.model_copy(update=dict.fromkeys(missing))
    with pytest.raises(SystemExit, match=r"^TEMPORAL_ADDRESS: no Temporal server answers there"):
        await connect(poorer.temporal_address, **temporal_security(poorer))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"temporal_tls": False}, "^TEMPORAL_TLS: "),
        ({"temporal_key_file": None}, "^TEMPORAL_CERTIFICATE_FILE, TEMPORAL_KEY_FILE: "),
        ({"temporal_ca_file": Path("/canary/ca")}, r"^TEMPORAL_CA_FILE: cannot be read \(No such file or directory\)$"),
        ({"temporal_api_key_file": Path("/dev/null")}, "^TEMPORAL_API_KEY_FILE: the file is empty$"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(
    settings: Settings, changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SystemExit, match=sentence):
        temporal_security(settings.model_copy(update=changed))
