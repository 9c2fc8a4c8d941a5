"""The three months of all laureates together: people act on what they see, time goes on when nobody has anything left to do."""

from typing import Any

from deploy.local.season.cycles import Cycles
from deploy.local.season.money import Money
from deploy.local.season.stage import Stage


async def accelerate(stage: Stage) -> None:
    """Live every cycle to its end, and every tranche to its settlement."""
    cycles, money = Cycles(stage), Money(stage)
    while True:
        waiting = await stage.at_rest()
        acted = await cycles.act() + await money.act()
        stage.tell("cycles", cycles.ended, len(stage.laureates))
        if acted:
            continue
        if not waiting and not cycles.planned:
            break
        upcoming = min((each.until for each in waiting if each.until), default=None)
        if not await cycles.next_plan(upcoming):
            break
    stage.notes["tranches_paid"] = money.tally(await _agreements(stage))


async def _agreements(stage: Stage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(stage.laureates), 100):
        ids = [str(each) for each in stage.laureates[start : start + 100]]
        found += await stage.door.get(stage.cast.accountant, "funding", "/agreements", ids=ids)
    return found
