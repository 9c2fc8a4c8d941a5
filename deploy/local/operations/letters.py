"""The dead letters of all services: found, shown, replayed, discarded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.local.operations.platform import Platform, Refused
from deploy.local.refusals import PlatformRefusal, SettingInvalid

PATH = "/internal/dead-letters"


class NoSuchLetter(PlatformRefusal):
    """No service has a dead letter of that id."""

    def __init__(self, identity: str) -> None:
        super().__init__(
            f"There is no dead letter {identity}: `tremplin dead-letters list` names those that there are."
        )


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter and the service that holds it."""

    service: str
    content: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.content["id"])


async def find(platform: Platform, service: str | None = None) -> list[Letter]:
    """The letters of ``service``, or of all, in the order in which they wait."""
    names = [platform.require(service)] if service else platform.names
    return [Letter(name, content) for name in names for content in await _all(platform, name)]


async def _all(platform: Platform, service: str) -> list[dict[str, Any]]:
    found, after = list[dict[str, Any]](), ""
    while page := await platform.get(service, PATH, after=after):
        found, after = [*found, *page], page[-1]["place"]
    return found


async def show(platform: Platform, identity: str, service: str | None = None) -> Letter:
    """One letter with its headers. Raises ``NoSuchLetter``, ``SettingInvalid`` when several services hold it."""
    holder = await _holder(platform, identity, service)
    return Letter(holder, await platform.get(holder, f"{PATH}/{identity}"))


async def replay(platform: Platform, identity: str, service: str | None = None) -> int:
    """Handle the letter's aggregate again, all its letters in order; how many were released. Raises as ``show``, ``Refused``."""
    return await _act(platform, "replay", identity, service)


async def replay_all(platform: Platform, service: str | None = None) -> tuple[int, Sequence[Refused]]:
    """Replay every aggregate that has letters: how many were released, and what was refused."""
    released, refused = 0, []
    firsts = {
        (letter.service, letter.content["aggregate"]): letter for letter in reversed(await find(platform, service))
    }
    for letter in firsts.values():
        try:
            released += await _act(platform, "replay", letter.id, letter.service)
        except Refused as refusal:
            refused.append(refusal)
    return released, refused


async def discard(platform: Platform, identity: str, service: str | None = None) -> int:
    """Drop the letter for good; how many were released from behind it. Raises as ``show``, ``Refused``."""
    return await _act(platform, "discard", identity, service)


async def _act(platform: Platform, action: str, identity: str, service: str | None) -> int:
    holder = await _holder(platform, identity, service)
    return int((await platform.post(holder, f"{PATH}/{action}", {"identity": identity}))["released"])


async def _holder(platform: Platform, identity: str, service: str | None) -> str:
    holders = [letter.service for letter in await find(platform, service) if letter.id == identity]
    if not holders:
        raise NoSuchLetter(identity)
    if len(holders) > 1:
        raise SettingInvalid("--service", "given, for several have this letter: " + ", ".join(holders))
    return holders[0]
