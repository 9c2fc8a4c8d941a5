"""Checking the archives of the services that publish: every chain recomputed by the service that holds it."""

from dataclasses import dataclass

from contracts.topics import TOPICS
from deploy.local.operations.platform import Platform

PUBLISHING = tuple(topic.service for topic in TOPICS if topic.kind == "events")


@dataclass(frozen=True, slots=True)
class Verified:
    """A service's archive: how many events its intact chains hold, or the place where one breaks."""

    service: str
    events: int
    broken_at: str | None = None


async def verify(platform: Platform, service: str | None = None) -> list[Verified]:
    """The archives of ``service``, or of all that run. Raises ``SettingInvalid`` for a service that publishes nothing."""
    publishing = [name for name in PUBLISHING if name in platform.names]
    chosen = [platform.require(service)] if service else publishing
    return [await _verify_one(platform, name) for name in chosen]


async def _verify_one(platform: Platform, service: str) -> Verified:
    found = await platform.post(service, "/internal/archive/verify")
    if found["intact"]:
        return Verified(service, found["events"])
    return Verified(service, 0, f"shard {found['shard']}, position {found['position']}: {found['reason']}")
