"""What people do over the services' HTTP, to prepare or to check what a page is about."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

from tests.browser.season import Played

WITHIN_SECONDS = 120
Person = dict[str, Any]


async def until(there: Callable[[], Awaitable[Any]]) -> None:
    """Look again and again until it is so. Raises ``TimeoutError``."""
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await there():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.1)


async def becomes(season: Played, person: Person | None, service: str, path: str, name: str, wanted: Any) -> None:
    """What the service answers at ``path`` has ``wanted`` under ``name``, now or soon."""

    async def so() -> bool:
        return bool((await season.ask(person, "GET", service, path))[name] == wanted)

    await until(so)


async def send(
    season: Played, person: Person, method: str, service: str, path: str, body: Any = None, **given: Any
) -> Any:
    """A request that changes something, with an Idempotency-Key of its own."""
    return await season.ask(person, method, service, path, body, headers={"Idempotency-Key": str(uuid4())}, **given)


async def post(season: Played, person: Person, service: str, path: str, body: Any = None) -> Any:
    return await send(season, person, "POST", service, path, body)


async def seat(season: Played, call_id: str, colleges: Sequence[tuple[Person, str]]) -> None:
    """Appoint each person to the panel of the call's round, as soon as evaluation has heard of the call."""
    officer = season.person("programme_officer")

    async def set_up() -> bool:
        rounds = (await season.ask(officer, "GET", "evaluation", "/rounds"))["rounds"]
        return any(each["round_id"] == call_id for each in rounds)

    await until(set_up)
    members = [{"member_id": person["id"], "college": college} for person, college in colleges]
    await post(season, officer, "evaluation", f"/rounds/{call_id}/members", {"members": members})


async def instruct(season: Played, call_id: str) -> None:
    """Every application decided by the call's rules, once the call is closed."""
    await becomes(season, None, "applications", f"/calls/{call_id}", "phase", "closed")
    officer, path = season.person("programme_officer"), f"/calls/{call_id}/instruction"
    while (await post(season, officer, "applications", path))["remaining"]:
        pass
