"""What one run of the platform will start, and where: decided before anything runs."""

import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.local import ports, probes, services
from deploy.local.children import Launch
from deploy.local.directory import DataDirectory
from deploy.local.parts import PARTS, Arranged, Part, arrange, external, replaced
from deploy.local.portal import PORTAL, PREFERRED_PORTS, PROVIDER

_SERVICE_PATIENCE_SECONDS = 120.0
_SERVICE_PROBE_SECONDS = 0.2
_LISTENING = (*services.SERVICES, services.WORKER, services.ISSUER)
_SCREENS = (PORTAL, PROVIDER)


@dataclass(frozen=True, slots=True)
class Plan:
    """Parts, processes and addresses of one run. ``processes`` maps a process to the services it hosts."""

    parts: tuple[Arranged, ...]
    processes: Mapping[str, tuple[str, ...]]
    ports: Mapping[str, int]
    administrator: str
    environment: Mapping[str, str]

    def service_launches(self) -> list[Launch]:
        """How to start each service process."""
        return [self._launch(process, names) for process, names in self.processes.items()]

    def url(self, service: str) -> str:
        return f"http://{ports.LOOPBACK}:{self.ports[services.port_name(service)]}"

    def _launch(self, process: str, names: tuple[str, ...]) -> Launch:
        urls = [self.url(name) for name in names]
        return Launch(
            name=process,
            command=(sys.executable, "-m", "deploy.local", "serve", *names),
            environment={**self.environment, "TREMPLIN_INSTANCE": process},
            directory=services.module_directory(),
            healthy=lambda: probes.all_ready(urls),
            patience=_SERVICE_PATIENCE_SECONDS,
            every=_SERVICE_PROBE_SECONDS,
        )


async def make_plan(
    directory: DataDirectory, before: Mapping[str, Any], served: tuple[str, ...], separate: bool
) -> Plan:
    """Find the programs and choose the ports.

    ``before`` is the description that the last run left: its ports are taken again where they are free. ``separate``
    gives each of the ``served`` services a process. Raises ``ProgramMissing``, ``PortInUse``, ``SettingInvalid``.
    """
    given = external(os.environ)
    chosen = _choose_ports(given, before.get("ports", {}), served)
    parts = tuple([await _arrange(part, given, chosen, directory) for part in PARTS])
    own = {name for part in PARTS for name in part.port_names}
    administrator = os.environ.get("TREMPLIN_BOOTSTRAP_ADMIN") or before.get("bootstrap_admin") or str(uuid.uuid4())
    environment = services.environment(
        directory,
        addresses={each.part.variable: each.address for each in parts},
        ports={name: port for name, port in chosen.items() if name not in own},
        administrator=administrator,
    )
    processes = {name: (name,) for name in served} if separate else {"services": served} if served else {}
    return Plan(parts, processes, chosen, administrator, environment)


def _choose_ports(given: Mapping[str, str], remembered: Mapping[str, int], served: tuple[str, ...]) -> dict[str, int]:
    names = [name for part in PARTS if part.name not in given for name in part.port_names]
    names += [services.port_name(name) for name in _LISTENING]
    if set(served) & set(_SCREENS):
        names += _SCREENS
    return ports.choose(services.wanted_ports(os.environ, names), remembered, names, PREFERRED_PORTS)


async def _arrange(
    part: Part, given: Mapping[str, str], chosen: Mapping[str, int], directory: DataDirectory
) -> Arranged:
    if part.name in given:
        return replaced(part, given[part.name])
    workplace = directory.workplace(part.name)
    return await arrange(part, chosen, directory.data(part.name).absolute(), workplace.absolute())
