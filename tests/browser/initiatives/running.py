"""Accelerations that have just begun, on the season's platform, and what their people see of them."""

from datetime import datetime
from functools import partial
from typing import Any

from services.chassis.clock import SharedClock
from tests.browser.doing import post, until
from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.season import Played

View = dict[str, Any]


async def begin(season: Played, count: int) -> list[Laureate]:
    """Laureates with a mentor and an officer, on the first working day after they took their place."""
    found = await laureates.selected(season, count)
    officer, mentor = season.person("programme_officer"), season.person("mentor")
    clock = SharedClock(season.platform / "run" / "clock")
    for each in found:
        await until(partial(_there, season, each))
        base = f"/cycles/{each.agreement_id}"
        await post(season, officer, "coaching", f"{base}/mentor", {"mentor_id": mentor["id"]})
        await post(season, officer, "coaching", f"{base}/officer", {"officer_id": officer["id"]})
    starts = [datetime.fromisoformat((await cycle(season, each))["starts_at"]) for each in found]
    clock.move(max(clock.now(), *starts) + laureates.MOMENT)
    for each in found:
        await until(partial(_checking, season, each))
    return found


async def cycle(season: Played, laureate: Laureate) -> View:
    """The cycle as the programme has it."""
    officer = season.person("programme_officer")
    found: View = await season.ask(officer, "GET", "coaching", f"/cycles/{laureate.agreement_id}")
    return found


async def _there(season: Played, laureate: Laureate) -> bool:
    query = {"status": "open", "limit": 200}
    found = await season.ask(season.person("programme_officer"), "GET", "coaching", "/cycles", params=query)
    return laureate.agreement_id in {each["initiative_id"] for each in found["items"]}


async def _checking(season: Played, laureate: Laureate) -> bool:
    return bool((await cycle(season, laureate))["check_ins"])
