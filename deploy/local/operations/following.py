"""Following one initiative: what the observatory tells of it, and where its workflow is."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from deploy.local.operations.platform import Platform, Refused


@dataclass(frozen=True, slots=True)
class Followed:
    """``events`` in their order; ``workflow`` is nothing before the cycle begins. Either is nothing when its service is not run."""

    events: list[dict[str, Any]] | None
    workflow: dict[str, Any] | None


async def follow(platform: Platform, initiative: UUID) -> Followed:
    """The initiative's events and its acceleration cycle. Raises ``NoAnswer``, ``Refused``."""
    timeline = await _if_any(platform, "observatory", f"/initiatives/{initiative}/timeline")
    workflow = await _if_any(platform, "workflows", f"/workflows/acceleration-{initiative}")
    return Followed(timeline["events"] if timeline else None, workflow)


async def _if_any(platform: Platform, service: str, path: str) -> dict[str, Any] | None:
    if service not in platform.names:
        return None
    try:
        found: dict[str, Any] = await platform.get(service, path)
    except Refused as refusal:
        if refusal.code == "not_found":
            return None
        raise
    return found
