"""An application that came on paper, typed in by an officer, and the mails that its applicant is sent."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy
from urllib.parse import urlsplit

from playwright.async_api import Page

from tests.browser.applications import opening
from tests.browser.office import desk
from tests.browser.season import Played

MAILED_WITHIN_SECONDS = 60


async def entered(page: Page, season: Played, call_id: str, email: str, name: str) -> str:
    """The draft of somebody new, started, filled in and submitted by the officer of the page; its id."""
    await page.goto(f"{season.url}/fr/office/calls/{call_id}/paper")
    await page.get_by_label("Adresse électronique du porteur").fill(email)
    await page.get_by_label("Prénom").fill("Odile")
    await page.locator("[name=family_name]").fill(name)
    await page.get_by_label("Sur papier").check()
    now = await desk.season_now(season)
    await page.get_by_label("Reçue le").fill(f"{now - timedelta(minutes=5):%Y-%m-%dT%H:%M}")
    await page.get_by_label("Particulier").check()
    await page.get_by_role("button", name="Commencer le brouillon").click()
    await page.wait_for_url("**/steps/applicant")
    await typed_in(page)
    return page.url.rsplit("/", 2)[-2]


async def typed_in(page: Page) -> None:
    """Every step of a draft, and its submission."""
    for fill in (opening.fill_person, opening.fill_initiative, opening.fill_budget, opening.fill_commitments):
        await fill(page)
        await opening.go_on(page)
    await page.get_by_role("link", name="Continuer").click()
    await page.get_by_role("link", name="Déposer la candidature").click()
    await page.get_by_role("button", name="Déposer la candidature").click()
    await page.wait_for_url("**/receipt")


async def links(season: Played, email: str, count: int) -> list[str]:
    """The paths of the links that were mailed to an address, the oldest first, once there are so many."""
    async with asyncio.timeout(MAILED_WITHIN_SECONDS):
        while len(found := _links(season, email)) < count:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
    return found


def _links(season: Played, email: str) -> list[str]:
    files = sorted((season.platform / "mail").glob("joining_invited-*"), key=lambda file: file.stat().st_mtime_ns)
    mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in files)
    texts = [mail.get_body(("plain",)).get_content() for mail in mails if mail["To"] == email]
    return [urlsplit(address).path for text in texts for address in re.findall(r"http\S+/joining/\S+", text)]
