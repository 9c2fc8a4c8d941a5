"""A call that is open, made for one test by a programme officer, and applicants that nobody else uses."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.season import Played

CALL_FILE = Path(__file__).parents[3] / "deploy" / "local" / "season" / "call.yaml"
SAVED = re.compile(r"Enregistré à \d\d:\d\d \(heure de Paris\)")
PROJECT = {"title": "Jardins partagés", "purpose": "Cultiver ensemble les friches de la vallée, et apprendre."}


async def open_call(season: Played, **changes: Any) -> str:
    """A new call that opened an hour ago on the season's clock and closes in a month; its id."""
    officer = season.person("programme_officer")
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    call = await season.ask(None, "GET", "applications", f"/calls/{calls[0]['call_id']}")
    now = datetime.fromisoformat(call["now"])
    days = {"closes_at": 30, "evaluation_opens_at": 40, "evaluation_closes_at": 60, "announcement_at": 70}
    schedule = {name: (now + timedelta(days=count)).isoformat() for name, count in days.items()}
    opens_at = (now - timedelta(hours=1)).isoformat()
    definition["schedule"] = {"zone": "Europe/Paris", "opens_at": opens_at, **schedule}
    definition["number"] = f"ESSAI-{uuid4().int % 10_000:04d}"
    definition["attachments"] = [{"code": "statutes", "label": {"fr": "Statuts", "en": "Statutes"}}]
    found = await season.ask(officer, "POST", "applications", "/calls", {**definition, **changes})
    return str(found["call_id"])


async def start(season: Played, page: Page, person: dict[str, Any], call_id: str, kind: str = "person") -> str:
    """Log in, choose the kind of applicant, start; the application's address. The page shows its first step."""
    await season.sign_in(page, person, f"/fr/applications/new?call={call_id}")
    await page.locator(f"#kind-{kind}").check()
    await page.get_by_role("button", name="Commencer").click()
    await page.wait_for_url("**/steps/applicant")
    return page.url.removesuffix("/steps/applicant")


async def drafting(bench: Bench, season: Played, nth: int) -> tuple[Page, dict[str, Any], str]:
    """The ``nth`` applicant at their new application's initiative: the page, the person, the application's address."""
    page, person = await bench.page(), season.person("applicant", nth)
    address = await start(season, page, person, await open_call(season))
    await page.goto(f"{address}/steps/s-initiative")
    return page, person, address


async def fill_person(page: Page) -> None:
    await page.get_by_label("Prénom").fill("Zoé")
    await page.get_by_label("Nom", exact=True).fill("Essai")
    await page.get_by_label("Département où vous habitez").select_option("35")


async def fill_initiative(page: Page, title: str = PROJECT["title"]) -> None:
    await page.get_by_label("Titre", exact=True).fill(title)
    await page.get_by_label("Objet").fill(PROJECT["purpose"])
    await page.get_by_label("Thème").select_option("ecology")
    await page.get_by_label("Financement").check()
    await page.get_by_label("Département").select_option("35")


async def fill_budget(page: Page) -> None:
    await page.get_by_label("Aide demandée").fill("12 000,50")
    await page.get_by_label("Ressources propres").fill("8000")
    await page.get_by_label("Dépenses").fill("20000,50")
    await page.get_by_role("group", name="Avez-vous reçu des subventions ?").get_by_label("Non").check()


async def fill_commitments(page: Page) -> None:
    await page.get_by_role("group", name="Contrat d'engagement républicain").get_by_label("Oui").check()


async def save(page: Page) -> None:
    """Press the button that saves."""
    await page.locator(".actions").get_by_role("button", name="Enregistrer", exact=True).click()


async def go_on(page: Page) -> None:
    """Save and continue; the next step is shown."""
    before = page.url
    await page.get_by_role("button", name="Enregistrer et continuer").click()
    await page.wait_for_url(lambda url: url != before)


async def saved(page: Page) -> None:
    """The page has saved by itself, and said when."""
    await expect(page.locator("#saved")).to_contain_text(SAVED)


async def kept(season: Played, person: dict[str, Any], address: str) -> dict[str, Any]:
    """The application as the service has it."""
    application_id = address.rsplit("/", 1)[-1]
    found: dict[str, Any] = await season.ask(person, "GET", "applications", f"/applications/{application_id}")
    return found
