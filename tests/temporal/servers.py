"""Temporal's server on PostgreSQL for tests: laid out, set and started by what docker-compose.yml says."""

import asyncio
import contextlib
import os
import pwd
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import psutil

from deploy.local import ports
from deploy.local.children import Child, Launch
from deploy.local.ports import LOOPBACK
from deploy.local.temporal import Temporal
from tests.containers import COMPOSE, ROOT
from tests.platform import eventually

PROGRAMS = "TREMPLIN_TEMPORAL_PROGRAMS"
"""Names the folder of Temporal's programs and schema; without it, tests have the embedded server."""
SCRIPT = ROOT / "deploy" / "compose" / "temporal-schema.sh"
SETTINGS = ROOT / "deploy" / "compose" / "temporal.yaml"
USER: str = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_USER"]
OWNER = "postgres"
PATIENCE_SECONDS = 120.0
GRACE_SECONDS = 20.0
PORTS = tuple(
    f"{service}_{kind}_PORT"
    for service in ("FRONTEND", "HISTORY", "MATCHING", "WORKER")
    for kind in ("GRPC", "MEMBERSHIP")
)


def chosen() -> bool:
    return PROGRAMS in os.environ


def installed(name: str) -> str | None:
    """A program of PostgreSQL: on PATH, or where Debian keeps those of the newest version."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


def _postgresql(name: str, *arguments: str) -> tuple[str, ...]:
    """The command, as somebody else than root, whom PostgreSQL refuses; it dies with who started it."""
    command = (installed(name) or name, *arguments)
    if os.geteuid():
        return command
    as_owner = (f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups", "--pdeathsig=KILL")
    return (shutil.which("setpriv") or "setpriv", *as_owner, *command)


async def told(command: tuple[str, ...], environment: Mapping[str, str], given: str = "") -> str:
    """Run a command to its end with ``given`` on its input; what it writes. It has to succeed."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)
    output, errors = await process.communicate(given.encode())
    assert process.returncode == 0, (output + errors).decode()
    return output.decode()


class Servers:
    """PostgreSQL with its data in ``folder``, and a Temporal server on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._port, self._password = ports.free_port(), secrets.token_hex(8)
        self._ports = {name: str(ports.free_port()) for name in (*PORTS, "FRONTEND_HTTP_PORT")}
        self.address = f"{LOOPBACK}:{self._ports['FRONTEND_GRPC_PORT']}"
        self._environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self._environment["PATH"] = os.pathsep.join(
            (os.environ[PROGRAMS], str(Path(sys.executable).parent), self._environment["PATH"])
        )
        self._client = {**self._environment, "PGPASSWORD": self._password}
        self._access = ("-h", LOOPBACK, "-p", str(self._port), "-U", USER)
        serving = ("-D", str(self._data), "-h", LOOPBACK, "-p", str(self._port), "-k", "")
        self.postgresql = self._child("postgresql", _postgresql("postgres", *serving), {}, self._answers)
        self.temporal = self._child(
            "temporal",
            (f"{os.environ[PROGRAMS]}/temporal-server", "start"),
            self._settings(),
            lambda: Temporal().healthy(self.address),
        )

    def _child(
        self, name: str, command: tuple[str, ...], settings: Mapping[str, str], healthy: Callable[[], Awaitable[None]]
    ) -> Child:
        environment = {**self._environment, **settings}
        launch = Launch(name, command, environment, self._folder, healthy, PATIENCE_SECONDS, every=0.1)
        return Child(launch, self._folder / f"{name}.log")

    def _settings(self) -> dict[str, str]:
        """The container's, with the addresses of here and the password that compose is given."""
        given: dict[str, str] = COMPOSE["services"]["temporal"]["environment"]
        here = {
            "POSTGRES_SEEDS": LOOPBACK,
            "DB_PORT": str(self._port),
            "POSTGRES_PWD": self._password,
            "BIND_ON_IP": LOOPBACK,
            "DYNAMIC_CONFIG_FILE_PATH": str(SETTINGS),
        }
        assert here.keys() <= given.keys()
        return {**given, **here, **self._ports}

    async def _answers(self) -> None:
        await self.sql("postgres", "select 1")

    async def lay_out(self) -> None:
        """An empty place for PostgreSQL's data, with the user and the database that its image makes."""
        shutil.rmtree(self._data, ignore_errors=True)
        secret = self._folder / "password"
        secret.write_text(self._password)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(OWNER)
            for path in (self._folder, secret):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        access = ("--username", USER, "--pwfile", str(secret), "--auth", "scram-sha-256")
        await told(_postgresql("initdb", "--pgdata", str(self._data), *access), self._environment)
        await self.postgresql.start()
        await self.sql("postgres", f"create database {USER}")

    async def prepare(self) -> None:
        """What compose does once: the schema before Temporal starts, the namespace after."""
        script = SCRIPT.read_text()
        for there, here in (
            ("--ep postgres -p 5432", f"--ep {LOOPBACK} -p {self._port}"),
            ("/etc/temporal/schema", f"{os.environ[PROGRAMS]}/schema"),
        ):
            assert there in script
            script = script.replace(there, here)
        await told(("sh", "-c", script), {**self._environment, "SQL_PASSWORD": self._password})
        await self.temporal.start()
        _, _, command = COMPOSE["services"]["temporal-namespace"]["entrypoint"]
        await told(("sh", "-c", command), {**self._environment, "TEMPORAL_ADDRESS": self.address})

    async def sql(self, database: str, statement: str) -> str:
        """What PostgreSQL answers to ``statement``, as lines of bare values."""
        return await told(self._psql(database, "-At", "-c", statement), self._client)

    async def dump(self) -> str:
        """Everything that PostgreSQL holds, as docs/deployment.md has it copied."""
        return await told(_postgresql("pg_dumpall", *self._access), self._client)

    async def load(self, dump: str) -> None:
        """Put it back, as docs/deployment.md has it restored."""
        await told(self._psql("postgres", "-q"), self._client, dump)

    def _psql(self, database: str, *arguments: str) -> tuple[str, ...]:
        return _postgresql("psql", *self._access, "-d", database, *arguments)

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        await self.temporal.stop(grace)
        await self.postgresql.stop(grace)

    async def kill(self) -> None:
        """Kill both with -9, and all that they started: what is left of PostgreSQL would keep the next from starting."""
        parents = [psutil.Process(child.pid) for child in (self.temporal, self.postgresql)]
        everyone = [each for parent in parents for each in (parent, *parent.children(recursive=True))]
        for each in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()

        async def running() -> int:
            return sum(map(_runs, everyone))

        await self.stop(0)
        await eventually(running, lambda number: number == 0)


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextlib.asynccontextmanager
async def running() -> AsyncIterator[Servers]:
    """Both, with compose's schema and namespace, gone at the end. Their folder is where another user may go."""
    with tempfile.TemporaryDirectory(prefix="tremplin-temporal-") as folder:
        servers = Servers(Path(folder))
        try:
            await servers.lay_out()
            await servers.prepare()
            yield servers
        finally:
            await servers.stop()
