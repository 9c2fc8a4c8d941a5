"""A platform to measure on: its servers, the services that a benchmark names in a process each, and the raw limit beside them."""

import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil

from deploy.local import ports, probes, services
from deploy.local.children import Child, Launch
from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options, prepare_installation
from deploy.local.status import operator_token
from services.chassis.database import Database
from services.chassis.tokens import mint, signing_key
from services.chassis.vault import read_master_key
from tests.benchmarks.report import FOLDER

OPEN = datetime.fromisoformat("2021-12-20T09:00:00+01:00")
"""An instant at which the reference season's call is open."""

PREFIX = "TREMPLIN_DATABASE_PREFIX"
"""What the names of a stand's databases begin with: the server may be one that stays."""

_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.005
_GRACE_SECONDS = 5.0


@dataclass
class Stand:
    """A platform that runs. ``raw`` is the port of the process that does the least."""

    installation: Installation
    raw: int
    raw_process: psutil.Process
    _key: Any = None
    _http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=120, trust_env=False))

    def __post_init__(self) -> None:
        self._key = signing_key(self.installation.directory.issuer_key)
        self._told = self.installation.description()
        self._operator = operator_token(self.installation.directory, self._told["issuer"])

    def token(self, person: UUID, *roles: str) -> str:
        """A token that lets the person act for an hour."""
        return mint(self._key, self._told["issuer"], str(person), roles, datetime.now(UTC))

    def port(self, service: str) -> int:
        return int(self._told["ports"][services.port_name(service)])

    def address(self, part: str) -> str:
        return str(self._told["parts"][part]["address"])

    def process(self, name: str) -> psutil.Process:
        """The process of a service, or of a part that this stand started."""
        found = self._told["processes"].get(name) or self._told["parts"][name]
        return psutil.Process(found["pid"])

    def processes(self, *names: str) -> list[psutil.Process]:
        """Those of ``names`` that run on this machine for this stand."""
        parts = self._told["parts"]
        return [self.process(name) for name in names if name not in parts or parts[name]["embedded"]]

    async def ask(self, method: str, service: str, path: str, token: str, body: Any = None) -> Any:
        """One request and its answer. Raises ``httpx.HTTPStatusError``."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{self.port(service)}{path}"
        answer = await self._http.request(method, url, json=body, headers=headers)
        return answer.raise_for_status().json()

    async def confirmed(self, service: str, source: str) -> int:
        """How many of the events of ``source`` the service has confirmed."""
        told = await self.ask("GET", service, "/internal/progress", self._operator)
        return int(sum(told["cursors"][source].values()))

    async def archived(self, service: str) -> int:
        """How many events the service has archived."""
        told = await self.ask("GET", service, "/internal/progress", self._operator)
        return int(sum(told["heads"].values()))

    async def until_sent(self, service: str) -> None:
        """Wait until nothing is left in the service's outboxes. Raises ``TimeoutError``."""

        async def left() -> int:
            told = await self.ask("GET", service, "/internal/progress", self._operator)
            return -int(told["outbox"]["depth"])

        await reached(0, left)

    async def until_confirmed(self, source: str, events: int, *consumers: str) -> None:
        """Wait until these have confirmed so many events of ``source``. Raises ``TimeoutError``."""
        for service in consumers:
            await reached(events, partial(self.confirmed, service, source))

    def database(self, service: str, shards: int = 1) -> Database:
        """The service's own database, to fill it."""
        prefix = self.installation.plan.environment[PREFIX]
        key = read_master_key(self.installation.directory.master_key)
        clock = self.installation.directory.running_clock()
        return Database(self.address("mongodb"), f"{prefix}{service}", service, shards, key, clock)


async def reached(least: int, seen: Callable[[], Awaitable[int]]) -> None:
    """Ask ``seen`` again and again until it answers ``least`` or more. Raises ``TimeoutError``."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while await seen() < least:  # noqa: ASYNC110 - another process has no event to await
            await asyncio.sleep(_LOOK_SECONDS)


@contextlib.asynccontextmanager
async def stand(*served: str, raw: str = "raw") -> AsyncIterator[Stand]:
    """The platform with ``served`` and the issuer, at an instant when the call is open; gone at the end.

    ``raw`` is the module of this package that does the least.
    """
    os.environ[PREFIX] = f"b{secrets.token_hex(5)}_"
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        directory = DataDirectory(FOLDER.absolute() / Path(folder).name)
        directory.prepare()
        options = Options(separate=True, start=OPEN, served=(*served, services.ISSUER))
        with directory.held():
            installation = await prepare_installation(directory, options)
            try:
                async with _running(installation), _raw(installation, raw) as (port, process):
                    yield Stand(installation, port, process)
            finally:
                await installation.stop()


@contextlib.asynccontextmanager
async def _running(installation: Installation) -> AsyncIterator[None]:
    await installation.start()
    ready = asyncio.Event()
    running = asyncio.create_task(installation.run(ready.set))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield
    finally:
        for task in (running, waiting):
            task.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)


@contextlib.asynccontextmanager
async def _raw(installation: Installation, module: str) -> AsyncIterator[tuple[int, psutil.Process]]:
    port = ports.free_port(installation.plan.ports.values())
    url = f"http://{ports.LOOPBACK}:{port}"
    launch = Launch(
        name="raw",
        command=(sys.executable, "-m", f"tests.benchmarks.{module}", str(port)),
        environment={**os.environ, **installation.plan.environment},
        directory=services.module_directory(),
        healthy=lambda: probes.all_ready([url]),
        patience=_PATIENCE_SECONDS,
    )
    child = Child(launch, installation.directory.log("raw"))
    try:
        await child.start()
        assert child.pid
        yield port, psutil.Process(child.pid)
    finally:
        await child.stop(_GRACE_SECONDS)
