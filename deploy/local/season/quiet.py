"""When is nothing under way? When every consumer is at the end of every archive and every workflow waits for time or people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from deploy.local.season.door import Door
from deploy.local.season.ledgers import Ledgers


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open workflow: ``until`` is its next deadline, ``asking`` whether a command of its waits for an answer."""

    id: str
    state: str
    until: datetime | None
    asking: bool


async def open_workflows(door: Door) -> list[Waiting]:
    """Every open workflow; an answer to a query holds all that the workflow was told before."""
    answer = await door.operator("workflows", "/internal/conditions")
    return [
        Waiting(
            item["workflow_id"],
            item["stage"],
            datetime.fromisoformat(item["next_deadline"]) if item["next_deadline"] else None,
            item["asking"] or item["entry"] == "starting" or item["stage"] is None,
        )
        for item in answer
    ]


async def at_rest(door: Door, now: Callable[[], datetime], patience: float) -> list[Waiting]:
    """Wait until nothing is under way: ledgers quiet, workflows waiting, and no event since. The open workflows then."""
    found: list[Waiting] = []

    async def resting() -> bool:
        before = await Ledgers.read(door)
        if not before.quiet:
            return False
        found[:] = await open_workflows(door)
        if any(each.asking or (each.until is not None and each.until <= now()) for each in found):
            return False
        after = await Ledgers.read(door)
        return after.quiet and after.events == before.events

    await door.until(resting, "nothing is under way any more", patience)
    return found
