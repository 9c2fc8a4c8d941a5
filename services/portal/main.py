"""Composition root of the portal."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from pymongo.errors import PyMongoError

from services.chassis.clock import Clock, SharedClock, SystemClock
from services.chassis.database import Database
from services.chassis.serving import HttpServer
from services.chassis.settings import read
from services.chassis.tokens import public_keys, signing_key
from services.chassis.vault import read_master_key
from services.portal.app import around, make_app
from services.portal.assets import Assets
from services.portal.backend import Backend
from services.portal.metering import make_door
from services.portal.navigation import PUBLIC
from services.portal.page import Parts
from services.portal.prefill import EnterpriseRegister, RecordedRegister, Register
from services.portal.presentation import Presentation
from services.portal.providers import Client, Provider
from services.portal.security import Rates
from services.portal.settings import Settings
from services.portal.store import Store

log = structlog.get_logger()
PEOPLE_SCOPE = "openid given_name family_name email"
AGENTS_SCOPE = "openid given_name usual_name email uid siret idp_id"
SWEEP_SECONDS = 60.0


class Portal:
    """The portal as a process runs it: it starts and stops like a service."""

    name = "portal"

    def __init__(self, settings: Settings) -> None:
        clock, key = _clock(settings), signing_key(settings.issuer_key_file)
        database = Database(
            settings.mongodb_uri, f"{settings.database_prefix}portal", "portal", 1,
            read_master_key(settings.master_key_file), clock,
        )  # fmt: skip
        assets = Assets()
        self.parts = Parts(
            settings=settings,
            store=Store(database),
            clock=clock,
            backend=Backend(settings.urls, key, settings.issuer),
            clients=_clients(settings),
            presentation=Presentation(assets, {"public_links": PUBLIC}),
            rates=Rates(settings.forms_a_minute),
            jwks=public_keys(key),
            register=_register(settings),
        )
        self.app = make_app(self.parts, assets)
        self._servers = [HttpServer(around(self.app), settings.host, settings.port, self.name)]
        if settings.metrics_port:
            door = make_door(self.name, self.app.state.live.open, self._sessions)
            self._servers.append(HttpServer(door, settings.host, settings.metrics_port, f"{self.name}_metrics"))
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when pages are served."""
        await self.parts.store.prepare()
        for server in self._servers:
            await server.start()
        self._sweeping = asyncio.create_task(self._sweep())
        log.info("service.started", service=self.name, port=self.parts.settings.port)

    async def _sessions(self) -> int:
        now, settings = datetime.now(UTC), self.parts.settings
        idle, absolute = timedelta(seconds=settings.idle_seconds), timedelta(seconds=settings.absolute_seconds)
        return await self.parts.store.live_sessions(now - idle, now - absolute)

    async def _sweep(self) -> None:
        """Forget what is over, again and again; a database that does not answer is asked again."""
        while True:
            try:
                await self.parts.store.forget_expired(datetime.now(UTC))
            except PyMongoError as error:
                log.warning("expired.not_forgotten", service=self.name, error=type(error).__name__)
            await asyncio.sleep(SWEEP_SECONDS)

    async def stop(self) -> None:
        """Answer what was asked, then close."""
        for server in self._servers:
            server.close()
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        for server in self._servers:
            await server.closed()
        await self.parts.backend.close()
        await self.parts.register.close()
        self.parts.store.close()
        log.info("service.stopped", service=self.name)


def _register(settings: Settings) -> Register:
    return RecordedRegister() if settings.demonstration else EnterpriseRegister(str(settings.register_url))


def _clients(settings: Settings) -> dict[str, Client]:
    trusted = settings.demonstration
    people = Provider(
        "people", settings.people_issuer, settings.people_client_id, _secret(settings.people_secret_file),
        PEOPLE_SCOPE, "eidas1", trusted,
    )  # fmt: skip
    agents = Provider(
        "agents", settings.agents_issuer, settings.agents_client_id, _secret(settings.agents_secret_file),
        AGENTS_SCOPE, settings.agents_acr, trusted,
    )  # fmt: skip
    return {each.name: Client(each, f"{settings.origin}/callback/{each.name}") for each in (people, agents)}


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SystemExit(f"{path.name}: the provider's client secret cannot be read ({error.strerror})") from None


def _clock(settings: Settings) -> Clock:
    if settings.clock_file is None:
        return SystemClock()
    try:
        return SharedClock(settings.clock_file)
    except (OSError, ValueError):
        raise SystemExit("TREMPLIN_CLOCK_FILE: there is no clock that can be shared") from None


async def build() -> Portal:
    """The portal, from the environment. Raises ``SystemExit`` naming the setting that is missing or wrong."""
    return Portal(read(Settings))
