"""A platform on which nothing has happened yet: people sign up on it, and time passes when they have nothing left to do."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from deploy.local.directory import DataDirectory
from deploy.local.season.clockwork import Clockwork
from deploy.local.season.door import Door
from deploy.local.season.quiet import at_rest
from deploy.local.status import operator_token
from services.chassis.clock import SharedClock
from tests.browser.season import STARTED_WITHIN_SECONDS, process, ready

START = "2026-03-02T09:00:00+01:00"
A_MOMENT = timedelta(seconds=1)
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Town:
    """``url`` is the portal's address."""

    url: str
    administrator: str
    door: Door
    time: Clockwork

    async def rest(self) -> list[datetime]:
        """Wait until nothing is under way; what the open workflows wait for."""
        waiting = await at_rest(self.door, self.time.now, PATIENCE_SECONDS)
        return sorted(each.until for each in waiting if each.until)

    async def pass_until(self, instant: datetime) -> None:
        """Let time pass until ``instant``, with a stop at every deadline of a workflow on the way."""
        while (upcoming := next((each for each in await self.rest() if each > self.time.now()), instant)) < instant:
            await self.time.advance(upcoming + A_MOMENT)
        await self.time.advance(instant)
        await self.rest()

    async def pass_by(self, span: timedelta) -> None:
        await self.pass_until(self.time.now() + span)

    async def sign_up(self, page: Page, kind: str, family_name: str) -> str:
        """Somebody new logs in, as one of the people or as an agent; their address. They are in their own space then."""
        email = f"{family_name.lower()}@essai.example"
        await page.goto(f"{self.url}/fr/login/{kind}?next=/fr/account")
        await page.locator("#given_name").fill("Camille")
        await page.locator("#family_name").fill(family_name)
        await page.locator("#email").fill(email)
        await page.locator("form[action*=newcomer] button").click()
        await page.wait_for_url(f"{self.url}/fr/account")
        return email

    async def sign_in(self, page: Page, kind: str, family_name: str) -> None:
        """Somebody who has signed up comes back."""
        await page.goto(f"{self.url}/fr/login/{kind}?next=/fr/account")
        await page.goto(f"{page.url}&q={family_name}")
        await page.locator("button[name=person]").click()
        await page.wait_for_url(f"{self.url}/fr/account")

    async def sign_in_administrator(self, page: Page) -> None:
        await page.goto(f"{self.url}/fr/login/agents?next=/fr/administration")
        await page.locator(f'button[value="{self.administrator}"]').click()
        await page.wait_for_url(f"{self.url}/fr/administration")


async def founded(var: Path) -> AsyncIterator[Town]:
    """Start a platform below ``var``; it is stopped at the end. Fails with the end of its log when it does not come up."""
    directory = DataDirectory(var)
    description = directory.run / "platform.json"
    with process(var, "up", "--start", START) as running:
        async with asyncio.timeout(STARTED_WITHIN_SECONDS):
            while not (description.exists() and await ready(_ports(description))):
                assert running.poll() is None, (var / "up.log").read_text()[-3_000:]
                await asyncio.sleep(0.5)
        found = json.loads(description.read_text())
        urls = {name: each["url"] for name, each in found["services"].items()}
        urls["workflows"] = urls.pop("worker")
        door = Door(urls, found["issuer"], lambda: operator_token(directory, found["issuer"]))
        clock = SharedClock(directory.run / "clock")
        try:
            yield Town(urls["portal"], found["bootstrap_admin"], door, Clockwork(clock, door, None))
        finally:
            await door.close()
            clock.close()


def _ports(description: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(description.read_text()).get("ports", {})
    return found
