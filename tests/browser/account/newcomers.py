"""Somebody who comes for the first time, and what a session looks like that nobody used for hours."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from playwright.async_api import Page
from pymongo import AsyncMongoClient

from tests.browser.season import Played


async def come_in(season: Played, page: Page, to: str = "/fr/account") -> dict[str, Any]:
    """Sign up with the offline provider and come to ``to``; the person as the services know them."""
    email = f"nouvelle-{uuid4().hex[:8]}@exemple.fr"
    await page.goto(f"{season.url}/fr/login?next={to}")
    await page.get_by_role("link", name="Me connecter en tant que particulier").click()
    await page.get_by_label("Prénom").fill("Nour")
    await page.get_by_label("Nom", exact=True).fill("Essai")
    await page.get_by_role("textbox", name="Adresse électronique").fill(email)
    await page.get_by_role("button", name="Créer et se connecter").click()
    await page.wait_for_url(f"{season.url}{to}")
    await page.goto(f"{season.url}/fr/account")
    found = await page.locator("code").first.inner_text()
    await page.goto(f"{season.url}{to}")
    return {"id": found, "roles": ["applicant"], "email": email, "name": "Nour Essai"}


async def grow_old(season: Played, person: dict[str, Any]) -> None:
    """Make the person's sessions as old as ones that nobody used for hours: the store keeps them, and they open nothing."""
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(described["parts"]["mongodb"]["address"])
    try:
        old = datetime.now(UTC) - timedelta(hours=2)
        for name in await client.list_database_names():
            if name.endswith("portal"):
                await client[name]["sessions"].update_many({"person_id": person["id"]}, {"$set": {"seen": old}})
    finally:
        await client.close()
