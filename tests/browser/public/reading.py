"""The public pages, and how a test reads them."""

import re
from typing import Any

from playwright.async_api import Page

from tests.browser.season import Played

FIXED = (
    "/", "/calls", "/laureates", "/laureates/map", "/laureates/map?measure=recorded_projects", "/barometer", "/quality",
    "/open-data", "/funded-projects", "/feedback", "/feedback/thanks", "/accessibility", "/legal", "/privacy", "/site-map",
    "/login",
)  # fmt: skip


async def pages(season: Played) -> list[str]:
    """Every public page, without its language: a call and an initiative among them."""
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    chosen = (await laureates(season))[0]
    return [*FIXED, f"/calls/{calls[0]['call_id']}", f"/laureates/{chosen['initiative_id']}"]


async def laureates(season: Played) -> list[dict[str, Any]]:
    """The laureates as the observatory has them, by number; those of the season have finished their three months."""
    found: list[dict[str, Any]] = (await season.ask(None, "GET", "observatory", "/laureates", params={"limit": 100}))[
        "items"
    ]
    return found


async def fits(page: Page) -> None:
    """Raises ``AssertionError`` when the page is wider than the screen: one would have to scroll to the side."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels wider than the screen"


def slug(path: str) -> str:
    """A page's name in the name of a picture."""
    return re.sub(r"[0-9a-f-]{36}", "one", path).strip("/").replace("/", "-").replace("?", "-") or "home"
