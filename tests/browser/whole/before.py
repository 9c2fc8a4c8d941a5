"""A season up to the pool, in the browser: people sign up and get roles, a call is published, applied to and instructed."""

from datetime import timedelta
from typing import Any

import yaml
from playwright.async_api import Page, expect

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.whole.town import Town

PARTS = {
    "Chargee": ("agents", "programme_officer"),
    "Collegue": ("agents", "programme_officer"),
    "Autorite": ("agents", "deciding_authority"),
    "Ordonnatrice": ("agents", "authorising_officer"),
    "Comptable": ("agents", "accountant"),
    "Referente": ("agents", "mentor"),
    "Experte": ("agents", "expert"),
    "Citoyenne": ("people", "citizen_panellist"),
    "Porteuse": ("people", "applicant"),
    "Porteur": ("people", "applicant"),
}
"""Who signs up, where they log in, and the role that the administrator gives them."""

DAYS = {"closes_at": 10, "evaluation_opens_at": 14, "evaluation_closes_at": 21, "announcement_at": 28}


async def enrolled(bench: Bench, town: Town) -> dict[str, Page]:
    """A window for everyone, logged in with their role."""
    administrator = await bench.page()
    await town.sign_in_administrator(administrator)
    windows = {}
    for name, (kind, role) in PARTS.items():
        page = windows[name] = await bench.page()
        email = await town.sign_up(page, kind, name)
        if role != "applicant":
            await _give(administrator, town, email, role)
            await page.get_by_role("button", name="Me déconnecter", exact=True).click()
            await town.sign_in(page, kind, name)
    return windows


async def _give(administrator: Page, town: Town, email: str, role: str) -> None:
    await administrator.goto(f"{town.url}/fr/administration")
    await administrator.locator("#q").fill(email)
    await administrator.get_by_role("button", name="Trouver").click()
    await administrator.locator("#field-role").select_option(role)
    await administrator.get_by_role("button", name="Donner ce rôle").click()
    await expect(administrator.get_by_text("Le rôle est donné")).to_be_visible()


async def published(officer: Page, town: Town) -> str:
    """A call with one place and one seat in each college, open from now on; its id."""
    await officer.goto(f"{town.url}/fr/office/calls/new")
    await officer.locator("#field-text").fill(yaml.safe_dump(_definition(town), allow_unicode=True, sort_keys=False))
    await officer.get_by_role("button", name="Voir ce qu’il dit").click()
    await officer.get_by_role("button", name="Publier cet appel").click()
    await expect(officer.get_by_text("L’appel est publié.")).to_be_visible()
    call_id = officer.url.rsplit("/", 1)[-1]
    await town.rest()
    return call_id


def _definition(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(opening.CALL_FILE.read_text(encoding="utf-8"))
    now = town.time.now()
    dates = {name: (now + timedelta(days=days)).isoformat() for name, days in DAYS.items()}
    found["schedule"] = {"zone": "Europe/Paris", "opens_at": now.isoformat(), **dates}
    found["evaluation"] |= {"places": 1, "reserve": 1}
    for college in found["colleges"]:
        college["seats"] = 1
    return found


async def submitted(page: Page, town: Town, call_id: str, title: str) -> str:
    """One person's application, from the call's page to the receipt; its id."""
    await page.goto(f"{town.url}/fr/applications/new?call={call_id}")
    await page.locator("#kind-person").check()
    await page.get_by_role("button", name="Commencer").click()
    await page.wait_for_url("**/steps/applicant")
    application_id = page.url.split("/")[-3]
    await opening.fill_person(page)
    await opening.go_on(page)
    await opening.fill_initiative(page, title)
    await opening.go_on(page)
    await opening.fill_budget(page)
    await opening.go_on(page)
    await opening.fill_commitments(page)
    await opening.go_on(page)
    await page.get_by_role("link", name="Continuer").click()
    await page.get_by_role("link", name="Déposer la candidature").click()
    await page.get_by_role("button", name="Déposer la candidature").click()
    await page.wait_for_url("**/receipt")
    return application_id


async def instructed(officer: Page, town: Town, call_id: str) -> None:
    """All found admissible, then eligible: looked at, confirmed, sent."""
    for step, decision in (("admissibility", "Recevable"), ("eligibility", "Éligible")):
        await officer.goto(f"{town.url}/fr/office/calls/{call_id}/queue?step={step}")
        await officer.get_by_label("Toute la liste").check()
        await officer.get_by_label(decision, exact=True).check()
        await officer.get_by_label("Règle").select_option("all_passed")
        await officer.get_by_label("Motif").fill("Toutes les règles sont respectées.")
        await officer.get_by_role("button", name="Voir ce que cela ferait").click()
        await officer.get_by_role("button", name="Confirmer").click()
        await officer.get_by_role("button", name="Envoyer maintenant").click()
        await expect(officer.locator("#batch-state")).to_have_text("Envoyé", timeout=60_000)
        await town.rest()
