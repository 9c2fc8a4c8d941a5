"""Who did what: ids of the services to the names that this reader may know."""

from collections.abc import Iterable
from typing import Any

from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.page import Page

MOST = 200


async def names(page: Page, ids: Iterable[Any]) -> dict[str, str]:
    """The names of these persons by their ids; those that are unknown, erased, or not for this reader are left out."""
    wanted = sorted({str(each) for each in ids if each})[:MOST]
    if not wanted:
        return {}
    try:
        found = await page.ask("POST", "people", "/persons/names", {"ids": wanted})
    except (ServiceProblem, ServiceDown):
        return {}
    return {each: name for each, name in found["names"].items() if name}


def actors(tranches: Iterable[dict[str, Any]]) -> set[str]:
    """Everybody of staff who did a step of these tranches."""
    return {done["by"] for tranche in tranches for done in tranche.get("history", ()) if done.get("by")}
