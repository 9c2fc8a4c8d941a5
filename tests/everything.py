"""All services of an installation started in one event loop, once for a test module, and the doors that they have."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
from fastapi.routing import APIRoute

from contracts.people import Role
from deploy.local import ports, services
from deploy.local.directory import DataDirectory
from services.chassis.clock import SharedClock
from services.chassis.identity import Allow
from services.chassis.runtime import Service
from tests.platform import serving

ROLES = frozenset(get_args(Role))
NAMES = (*services.SERVICES, services.WORKER)


@dataclass(frozen=True)
class Door:
    """One method of one route, with a place for every parameter of its path."""

    service: str
    method: str
    route: APIRoute

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.route.path}"

    @property
    def public(self) -> bool:
        return getattr(self.route.endpoint, "__public__", False)

    @property
    def roles(self) -> frozenset[str]:
        """Those who may knock; empty for every person with a token, and for everyone."""
        if self.public:
            return frozenset()
        (found,) = (item.call for item in self.route.dependant.dependencies if isinstance(item.call, Allow))
        return frozenset(found.roles)

    @property
    def takes_json(self) -> bool:
        return self.route.body_field is not None

    def path(self, everywhere: str | None = None) -> str:
        """A path to it, with something fitting in each place, or with ``everywhere`` in all of them."""
        kinds = {field.name: field.field_info.annotation for field in self.route.dependant.path_params}
        given = None if everywhere is None else quote(everywhere or " ", safe="")
        return self.route.path_format.format(**{name: given or _any(kind) for name, kind in kinds.items()})


def _any(kind: Any) -> object:
    if kind is UUID:
        return uuid4()
    return get_args(kind)[0] if get_args(kind) else {int: 1}.get(kind, "canary")


@dataclass
class Everything:
    """Every service of an installation, running, and a client of each."""

    services: Mapping[str, Service]
    clients: Mapping[str, httpx.AsyncClient]
    token: Callable[..., str]

    def doors(self) -> Iterator[Door]:
        for name, service in self.services.items():
            for route in service.api.routes:
                if isinstance(route, APIRoute):
                    yield from (Door(name, method, route) for method in sorted(route.methods or ()))

    async def knock(self, door: Door, *roles: str, token: str | None = None, **sent: Any) -> httpx.Response:
        """Ask at a door, as somebody new in these roles, or with this token (``""`` for none).

        ``everywhere`` stands in all places of its path; the rest is what the request is made of.
        """
        given = self.token(uuid4(), *roles) if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        headers |= sent.pop("headers", {})
        path = door.path(sent.pop("everywhere", None))
        return await self.clients[door.service].request(door.method, path, headers=headers, **sent)


def environment(workplace: Path, addresses: Mapping[str, str], issuer: str, master_key: Path) -> dict[str, str]:
    """The settings of every service, on servers at ``addresses``, with a clock of their own in ``workplace``."""
    from tests.conftest import SEASON_START

    names = [services.port_name(name) for name in (*NAMES, services.ISSUER)]
    SharedClock.create(workplace / "clock", SEASON_START).close()
    administrator = str(UUID(int=1))
    return {
        **services.environment(DataDirectory(workplace), addresses, ports.choose({}, {}, names), administrator),
        "TREMPLIN_CLOCK_FILE": str(workplace / "clock"),
        "TREMPLIN_DATABASE_PREFIX": f"t{uuid4().hex[:10]}_",
        "TREMPLIN_ISSUER": issuer,
        "TREMPLIN_JWKS_URL": f"{issuer}/jwks",
        "TREMPLIN_MASTER_KEY_FILE": str(master_key),
    }


@contextlib.asynccontextmanager
async def everything(token: Callable[..., str]) -> AsyncIterator[Everything]:
    """All services, with their settings from the environment."""
    async with contextlib.AsyncExitStack() as stack:
        built = {name: await import_module(services.root_module(name)).build() for name in NAMES}
        clients = {name: await stack.enter_async_context(serving(service)) for name, service in built.items()}
        yield Everything(built, clients, token)
