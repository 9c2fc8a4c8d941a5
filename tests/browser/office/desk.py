"""A call of an officer's own, with applications that were submitted to it, and what is to be read of them."""

import asyncio
import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import load_workbook
from playwright.async_api import Page

from tests.browser.applications.opening import open_call
from tests.browser.doing import post, send
from tests.browser.season import Played

PARIS = ZoneInfo("Europe/Paris")
PATIENCE_MS = 30_000
BOM = "\ufeff"
ANSWERS = {
    "purpose": "Cultiver ensemble les friches de la vallée, et apprendre.", "needs": ["funding"], "departement": "35",
    "requested_cents": 1_200_050, "own_cents": 800_000, "expenses_cents": 2_000_050, "earlier_grants": False,
    "republican_commitment": True,
}  # fmt: skip


async def submitted(season: Played, call_id: str, nth: int, title: str = "", theme: str = "ecology") -> str:
    """The application of the nth applicant of the season, submitted; its id."""
    person = season.person("applicant", nth)
    who = {"given_name": "Zoé", "family_name": f"Essai {nth}", "email": f"zoe{nth}@exemple.fr", "departement": "35"}
    body = {"kind": "person", "applicant": who, "synthetic": True}
    found = await post(season, person, "applications", f"/calls/{call_id}/applications", body)
    base = f"/applications/{found['application_id']}"
    answers = {**ANSWERS, "title": title or f"Jardin partagé {nth}", "theme": theme}
    await send(season, person, "PATCH", "applications", base, {"answers": answers})
    await post(season, person, "applications", f"{base}/submit")
    return str(found["application_id"])


async def call_with(season: Played, count: int, first: int = 0) -> tuple[str, list[str]]:
    """An open call and ``count`` applications that were submitted to it."""
    call_id = await open_call(season)
    ids = await asyncio.gather(*(submitted(season, call_id, first + nth) for nth in range(count)))
    return call_id, list(ids)


async def kept(season: Played, application_id: str) -> Any:
    """The application as an officer has it from the service."""
    officer = season.person("programme_officer")
    return await season.ask(officer, "GET", "applications", f"/applications/{application_id}")


async def fits(page: Page) -> None:
    """Raises ``AssertionError`` when a phone's reader would have to scroll sideways."""
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url


async def taken_away(page: Page, link: str) -> list[list[Any]]:
    """The rows of the file behind a link of the page, its heads first."""
    async with page.expect_download() as download:
        await page.get_by_role("link", name=link).first.click()
    content = (await (await download.value).path()).read_bytes()
    if (await download.value).suggested_filename.endswith(".csv"):
        text = content.decode("utf-8")
        assert text.startswith(BOM)
        return [list(row) for row in csv.reader(io.StringIO(text.removeprefix(BOM)), delimiter=";")]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


async def season_now(season: Played) -> datetime:
    """The instant of the season's clock, in Paris."""
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    call = await season.ask(None, "GET", "applications", f"/calls/{calls[0]['call_id']}")
    return datetime.fromisoformat(call["now"]).astimezone(PARIS)
