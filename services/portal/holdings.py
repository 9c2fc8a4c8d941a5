"""Everything that the platform holds of a person, service by service, for them to take away (GDPR, articles 15 and 20)."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.roles import PANEL

PER_PAGE = 100
Held = dict[str, Any]


async def held(page: Page) -> Held:
    """By service, what it tells this person of themselves. Raises ``ServiceDown``: a part would look like the whole."""
    me = page.person_id
    parts: dict[str, Awaitable[Any]] = {
        "people": or_none(page, "people", f"/persons/{me}/export"),
        "notifications": or_none(page, "notifications", f"/contacts/{me}"),
        "applications": _applications(page),
        "coaching": _cycles(page),
        "feedback": or_none(page, "feedback", "/opinions/mine"),
        "portal": _sessions(page),
    }
    if page.has(*PANEL):
        parts["evaluation"] = _ballots(page)
    found = dict(zip(parts, await asyncio.gather(*parts.values()), strict=True))
    found["funding"] = await _agreements(page, [row["application_id"] for row in found["applications"]])
    return found


async def or_none(page: Page, service: str, path: str, **params: Any) -> Any:
    """A service's answer, or nothing where it has nothing for this person. Raises ``ServiceDown``."""
    try:
        return await page.get(service, path, **params)
    except ServiceProblem:
        return None


async def _applications(page: Page) -> list[Held]:
    listed = [row["application_id"] for row in await page.every("applications", "/applications", "applications")]
    found: list[Held] = []
    for some in _batches(listed):
        found += (await page.get("applications", "/applications", ids=some))["applications"]
    for one in found:
        path = f"/applications/{one['application_id']}/messages"
        one["messages"] = await or_none(page, "applications", path)
    return found


async def _cycles(page: Page) -> list[Held]:
    rows = await page.every("coaching", "/cycles", mine="true")
    return [await page.get("coaching", f"/cycles/{row['initiative_id']}") for row in rows]


async def _agreements(page: Page, ids: list[str]) -> list[Held]:
    found: list[Held] = []
    for some in _batches(ids):
        found += await page.get("funding", "/agreements", ids=some)
    return found


async def _ballots(page: Page) -> list[Held]:
    found: list[Held] = []
    for each in (await page.get("evaluation", "/rounds"))["rounds"]:
        path = f"/rounds/{each['round_id']}/ballots/mine/scores"
        if scores := await or_none(page, "evaluation", path):
            found.append({"round_id": each["round_id"], **scores})
    return found


async def _sessions(page: Page) -> list[Held]:
    sessions = await page.parts.store.sessions_of(page.person_id)
    return [{"opened": each.opened.isoformat(), "seen": each.seen.isoformat()} for each in sessions]


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + PER_PAGE] for start in range(0, len(ids), PER_PAGE)]
