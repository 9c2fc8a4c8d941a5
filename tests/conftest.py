"""What tests share: real servers started for them, a season's clock, tokens and keys."""

import contextlib
import json
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from joserfc.jwk import ECKey

from deploy.local import ports, services
from deploy.local.broker import Broker
from deploy.local.children import Child
from deploy.local.database import Database
from deploy.local.directory import DataDirectory
from deploy.local.parts import Part, arrange
from deploy.local.temporal import Temporal
from services.chassis.clock import SharedClock
from services.chassis.settings import CommonSettings, read
from services.chassis.tokens import mint, new_key, public_keys
from tests.everything import Everything, environment
from tests.everything import everything as started
from tests.kafka.apache import Cluster
from tests.kafka.apache import chosen as kafka_chosen
from tests.kafka.apache import running as kafka_running

SEASON_START = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
_GRACE_SECONDS = 0.0


@contextlib.asynccontextmanager
async def running(part: Part, workplace: Path, data: Path | None = None) -> AsyncIterator[str]:
    """The address of a part: the one that the environment gives, or that of a server of its own, gone at the end."""
    if given := os.environ.get(part.variable):
        yield given
        return
    chosen = {name: ports.free_port() for name in part.port_names if name != "temporal-ui"}
    arranged = await arrange(part, chosen, data, workplace)
    assert arranged.launch
    child = Child(arranged.launch, workplace / "log")
    try:
        await child.start()
        yield arranged.address
    finally:
        await child.stop(_GRACE_SECONDS)


@pytest.fixture(scope="session")
async def mongodb(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The URI of a MongoDB-protocol server; take a ``database_prefix`` too, the server is everybody's."""
    workplace = tmp_path_factory.mktemp("mongodb")
    data = workplace / "data"
    data.mkdir()
    async with running(Database(), workplace, data) as address:
        yield address


@pytest.fixture(scope="session")
async def apache(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster | None]:
    """Under ``make test-kafka`` the broker of Apache Kafka that tests share, each finding it empty; else none."""
    if not kafka_chosen():
        yield None
        return
    async with kafka_running(tmp_path_factory.mktemp("apache")) as cluster:
        yield cluster


@contextlib.asynccontextmanager
async def _broker(apache: Cluster | None, workplace: Path) -> AsyncIterator[str]:
    if apache is None:
        async with running(Broker(), workplace) as address:
            yield address
    else:
        await apache.empty()
        yield apache.address


@pytest.fixture(scope="module")
async def kafka(apache: Cluster | None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The bootstrap address of a broker that a test module has to itself."""
    async with _broker(apache, tmp_path_factory.mktemp("kafka")) as address:
        yield address


@pytest.fixture
async def fresh_kafka(apache: Cluster | None, tmp_path: Path) -> AsyncIterator[str]:
    """The bootstrap address of a broker that a single test has to itself."""
    workplace = tmp_path / "kafka"
    workplace.mkdir()
    async with _broker(apache, workplace) as address:
        yield address


@pytest.fixture(scope="session")
async def temporal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a real Temporal server, in memory, without time skipping."""
    async with running(Temporal(), tmp_path_factory.mktemp("temporal")) as address:
        yield address


@pytest.fixture
def free_port() -> int:
    return ports.free_port()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def database_prefix() -> str:
    """What a test's database names begin with, so that tests share a server and no data."""
    return f"t{secrets.token_hex(5)}_"


@pytest.fixture
def season_clock(tmp_path: Path) -> Iterator[SharedClock]:
    """A clock of the test's own at ``SEASON_START``, at life's pace; its file is ``tmp_path / "clock"``."""
    clock = SharedClock.create(tmp_path / "clock", SEASON_START)
    yield clock
    clock.close()


@pytest.fixture(scope="session")
def master_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the 32 bytes under which services wrap their keys."""
    path = tmp_path_factory.mktemp("keys") / "master.key"
    path.write_bytes(secrets.token_bytes(32))
    return path


@pytest.fixture(scope="session")
def issuer_key() -> ECKey:
    return new_key()


@pytest.fixture(scope="session")
def issuer(issuer_key: ECKey) -> Iterator[str]:
    """The URL of an issuer of tokens, which serves its keys at ``/jwks``."""
    answer = json.dumps(public_keys(issuer_key)).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/jwks" else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer((ports.LOOPBACK, 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{ports.LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()


Token = Callable[..., str]


@pytest.fixture(scope="session")
def token(issuer: str, issuer_key: ECKey) -> Token:
    """``token(person_id, "role", …)``: a signed token that lets the person act in these roles for an hour."""

    def minted(person_id: UUID | str, *roles: str, now: datetime | None = None) -> str:
        return mint(issuer_key, issuer, str(person_id), roles, now or datetime.now(UTC))

    return minted


@pytest.fixture
def service_environment(
    mongodb: str,
    fresh_kafka: str,
    database_prefix: str,
    season_clock: SharedClock,
    master_key: Path,
    issuer: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Mapping[str, str]:
    """The settings of every service, in this process's environment too: what ``build()`` of any service needs.

    The worker also needs ``TEMPORAL_ADDRESS``: take the ``temporal`` fixture and set it.
    """
    names = [services.port_name(name) for name in (*services.SERVICES, services.WORKER, services.ISSUER)]
    environment = services.environment(
        DataDirectory(tmp_path),
        addresses={"MONGODB_URI": mongodb, "KAFKA_BOOTSTRAP_SERVERS": fresh_kafka},
        ports=ports.choose({}, {}, names),
        administrator=str(UUID(int=1)),
    )
    environment |= {
        "TREMPLIN_CLOCK_FILE": str(tmp_path / "clock"),
        "TREMPLIN_DATABASE_PREFIX": database_prefix,
        "TREMPLIN_ISSUER": issuer,
        "TREMPLIN_JWKS_URL": f"{issuer}/jwks",
        "TREMPLIN_MASTER_KEY_FILE": str(master_key),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.fixture(name="settings")
def common_settings(service_environment: Mapping[str, str]) -> CommonSettings:
    """The settings that every service has."""
    return read(CommonSettings)


@pytest.fixture(scope="module")
async def everything(
    mongodb: str,
    kafka: str,
    master_key: Path,
    issuer: str,
    token: Token,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Everything]:
    """All services, started once for a test module, with a Temporal of their own: workflows would outlive the module."""
    workplace = tmp_path_factory.mktemp("everything")
    async with running(Temporal(), workplace) as temporal:
        addresses = {"MONGODB_URI": mongodb, "KAFKA_BOOTSTRAP_SERVERS": kafka, "TEMPORAL_ADDRESS": temporal}
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment(workplace, addresses, issuer, master_key).items():
                patch.setenv(name, value)
            async with started(token) as found:
                yield found
