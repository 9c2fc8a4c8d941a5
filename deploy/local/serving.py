"""Running services in this process: only the named ones are imported."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from deploy.local import ports, services
from deploy.local.loops import run

if TYPE_CHECKING:
    from services.chassis.runtime import Service


def serve(names: Iterable[str], environment: dict[str, str]) -> None:
    """Run the named services (see ``services.expand``) until SIGTERM or SIGINT.

    ``environment`` is the process's own. Raises ``SettingInvalid`` for an unknown name or port, ``PortInUse`` for a taken
    one, and ``SystemExit`` with a sentence for a setting that a service misses.
    """
    chosen = services.expand(names)
    for name, port in services.wanted_ports(environment, [services.port_name(name) for name in chosen]).items():
        ports.require_free(port, name)
    run(_serve(chosen))


async def _serve(names: tuple[str, ...]) -> None:
    from services.chassis import runtime

    await runtime.run(*[await _build(name) for name in names])


def prepare(names: Iterable[str]) -> None:
    """Create the indexes and topics of the named services; those without events make their own when they start.

    Raises ``SettingInvalid`` for an unknown name, ``SystemExit`` with a sentence for what is missing or not there.
    """
    chosen = tuple(name for name in services.expand(names) if name not in services.WITHOUT_EVENTS)
    run(_prepare(chosen))


async def _prepare(names: tuple[str, ...]) -> None:
    from services.chassis import runtime

    await runtime.lay_out(*[await _build(name) for name in names])


async def _build(name: str) -> "Service":
    root: Any = importlib.import_module(services.root_module(name))
    service: Service = await root.build()
    return service
