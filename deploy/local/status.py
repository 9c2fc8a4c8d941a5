"""What runs where, how far each consumer is, what waits in the dead letters."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local import probes
from deploy.local.directory import DataDirectory
from deploy.local.parts import PARTS
from deploy.local.refusals import NotRunning
from services.chassis.tokens import machine_id, mint, signing_key

_MACHINE_ROLES = ("operator",)
_PART_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service: whether it lives, is ready, and how far it is (``None`` when it does not say)."""

    name: str
    url: str
    live: bool
    ready: bool
    progress: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """The platform's description, the health of its parts by name, and its services."""

    description: Mapping[str, Any]
    parts: Mapping[str, bool]
    services: tuple[ServiceStatus, ...]

    def lag(self, service: ServiceStatus) -> int | None:
        """Archived events that the service has not consumed yet, over all its sources."""
        heads = {each.name: (each.progress or {}).get("heads", {}) for each in self.services}
        if service.progress is None:
            return None
        return sum(
            max(int(head) - int(cursors.get(shard, 0)), 0)
            for source, cursors in service.progress.get("cursors", {}).items()
            for shard, head in heads.get(source, {}).items()
        )


async def read_status(directory: DataDirectory) -> PlatformStatus:
    """Ask everything that ``platform.json`` names; raises ``NotRunning`` when there is nothing to ask."""
    description = directory.described()
    if description.get("state", "stopped") == "stopped":
        raise NotRunning(directory.root)
    token = operator_token(directory, description["issuer"])
    parts = {part.name: part for part in PARTS}
    names = list(description["parts"])
    health = await asyncio.gather(
        *(_healthy(parts[name].healthy(description["parts"][name]["address"])) for name in names)
    )
    services = await asyncio.gather(*(_ask(name, each["url"], token) for name, each in description["services"].items()))
    return PlatformStatus(description, dict(zip(names, health, strict=True)), tuple(services))


def operator_token(directory: DataDirectory, issuer: str) -> str:
    """A token with which a command of this machine's operator asks services about themselves."""
    return token_signed_by(directory.issuer_key, issuer)


def token_signed_by(key: Path, issuer: str) -> str:
    """The same, where the key is in another file."""
    return mint(signing_key(key), issuer, machine_id("operator"), _MACHINE_ROLES, datetime.now(UTC))


async def _ask(name: str, url: str, token: str) -> ServiceStatus:
    live, ready, progress = await asyncio.gather(
        probes.answers(url, probes.LIVE), probes.answers(url, probes.READY), probes.progress(url, token)
    )
    return ServiceStatus(name, url, live, ready, progress)


async def _healthy(check: Any) -> bool:
    try:
        await asyncio.wait_for(check, _PART_TIMEOUT_SECONDS)
    except Exception:  # every protocol has its own way to say no
        return False
    return True
