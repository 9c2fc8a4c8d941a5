"""The administrator's work in the browser: people and roles, the trail, health, dead letters, messages that failed."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.administration import machinery
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.doing import post
from tests.browser.keyboard import Keyboard
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
WITHIN_SECONDS = 60


async def _newcomer(season: Played, email: str = "") -> tuple[str, str]:
    """Somebody who holds no role; their id and address."""
    person_id, email = str(uuid4()), email or f"nouvelle-{uuid4().hex[:8]}@exemple.example"
    body = {"person_id": person_id, "given_name": "Noé", "family_name": "<b>Neuf</b>", "email": email}
    await post(season, season.person("administrator"), "people", "/persons", body)
    return person_id, email


async def _roles(season: Played, person_id: str) -> list[dict[str, Any]]:
    found = await season.ask(season.person("administrator"), "GET", "people", f"/persons/{person_id}")
    return list(found["roles"])


async def _give(page: Page, role: str, **fields: str) -> None:
    await page.get_by_label("Rôle", exact=True).select_option(label=role)
    for label, option in fields.items():
        await page.get_by_label(label).select_option(label=option)
    await page.get_by_role("button", name="Donner ce rôle").dblclick()


async def test_roles_are_given_and_taken_away(bench: Bench, season: Played) -> None:
    person_id, email = await _newcomer(season)
    page = await bench.page()
    await season.sign_in(page, season.person("administrator"), "/fr/administration")
    await sound(page)
    search = page.get_by_label("Adresse électronique complète")
    await search.fill("Neuf")
    await page.get_by_role("button", name="Trouver").click()
    await expect(page.get_by_role("alert")).to_contain_text("Écrivez une adresse électronique complète")
    await sound(page)
    await bench.screen(page, "not-searched")
    await search.fill(f"  {email.upper()} ")
    await page.get_by_role("button", name="Trouver").click()
    await page.wait_for_url(f"**/administration/people/{person_id}")
    await _give(page, "Lecteur d’un territoire")
    await expect(page.get_by_role("alert")).to_contain_text("Territoire")
    await sound(page)
    await _give(page, "Lecteur d’un territoire", Territoire="Finistère (29)")
    await expect(page.get_by_role("row").filter(has_text="Finistère (29)")).to_be_visible()
    await _give(page, "Lecteur d’un secteur", Secteur="Accès aux soins")
    await expect(page.get_by_role("row").filter(has_text="Accès aux soins")).to_be_visible()
    await _give(page, "Comptable")
    await expect(page.get_by_role("row").filter(has_text="Comptable")).to_be_visible()
    await _give(page, "Ordonnateur")
    await expect(page.get_by_role("alert")).to_contain_text("Nul n’est à la fois ordonnateur et comptable")
    await sound(page)
    await bench.screen(page, "incompatible")
    await _taken_away(bench, season, page, person_id)


@pytest.mark.parametrize("javascript", [True, False])
async def test_who_is_looked_for_is_in_no_address(bench: Bench, season: Played, javascript: bool) -> None:
    person_id, email = await _newcomer(season)
    page = await bench.page(javascript=javascript)
    await season.sign_in(page, season.person("administrator"), "/fr/administration")
    await page.get_by_label("Rôle").select_option(label="Comptable")
    await page.get_by_role("button", name="Afficher").click()
    await page.wait_for_url("**/administration?role=accountant")
    await _looked_for(page, f"x{email}")
    await expect(page.get_by_text("Personne ne correspond.")).to_be_visible()
    await expect(page.get_by_label("Adresse électronique complète")).to_have_value(f"x{email}")
    await sound(page)
    await _looked_for(page, person_id)
    await page.wait_for_url(f"**/administration/people/{person_id}")
    other, _ = await _newcomer(season, email)
    await page.goto(f"{season.url}/fr/administration")
    await _looked_for(page, email)
    await expect(page.locator("tbody th a")).to_have_count(2)
    assert page.url == f"{season.url}/fr/administration"
    await page.locator(f"a[href$='{other}']").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Noé <b>Neuf</b>")


async def _looked_for(page: Page, what: str) -> None:
    await page.get_by_label("Adresse électronique complète").fill(what)
    await page.get_by_role("button", name="Trouver").click()


async def _taken_away(bench: Bench, season: Played, page: Page, person_id: str) -> None:
    """Asked for and not done, then done; and all of it is in the trail."""
    await page.get_by_role("link", name="Retirer – Comptable").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Retirer ce rôle ?")
    await sound(page)
    await bench.screen(page, "removal")
    await page.get_by_role("link", name="Ne rien faire").click()
    assert "accountant" in [held["role"] for held in await _roles(season, person_id)]
    await page.get_by_role("link", name="Retirer – Comptable").click()
    await page.get_by_role("button", name="Retirer le rôle").dblclick()
    await expect(page.get_by_text("Le rôle est retiré")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("Cette personne n’a plus ce rôle.")).to_be_visible()
    held = {each["role"]: each["territory"] or each["sector"] for each in await _roles(season, person_id)}
    assert held == {"territory_reader": "29", "sector_reader": "health"}
    await page.get_by_role("link", name="Tout ce qui concerne cette personne").click()
    await expect(page.get_by_role("row").filter(has_text="Rôle donné")).to_have_count(3)
    await expect(page.get_by_role("row").filter(has_text="Rôle retiré")).to_have_count(1)
    await sound(page)
    await bench.screen(page, "trail")
    await page.get_by_label("Jusqu’au, ce jour compris").fill("2000-01-01")
    await page.get_by_role("button", name="Afficher").click()
    await expect(page.get_by_text("Aucune ligne ne correspond")).to_be_visible()
    await sound(page)
    await page.goto(f"{season.url}/fr/administration/audit?by={season.person('administrator')['id']}&since=2000-01-01")
    await expect(page.get_by_role("row").filter(has_text="Rôle retiré").first).to_be_visible()
    await season.ask(season.person("administrator"), "POST", "people", f"/persons/{person_id}/erasure")
    await page.goto(f"{season.url}/fr/administration/people/{person_id}")
    await expect(page.get_by_text("Cette personne a été effacée")).to_be_visible()


async def test_dead_letters_are_tried_again_and_discarded(bench: Bench, season: Played) -> None:
    subject = await machinery.unreadable(season)
    administrator = season.person("administrator")
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await _letters(season, subject):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    page = await bench.page(javascript=False)
    await season.sign_in(page, administrator, "/fr/administration/health")
    await expect(page.get_by_text("Tous les services sont prêts.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "health")
    await page.get_by_role("row").filter(has_text="Financement").get_by_role("link").click()
    await sound(page)
    await bench.screen(page, "dead-letters")
    for searched, rows in (("nulle part", 0), (subject, 1), ("DAMAGED", 1)):
        await page.get_by_label("Identifiant, type ou motif").fill(searched)
        await page.get_by_role("button", name="Afficher").click()
        await expect(page.locator("tbody tr")).to_have_count(rows)
        await sound(page)
    (letter,) = await _letters(season, subject)
    address = f"{season.url}/fr/administration/dead-letters/funding?id={letter['id']}"
    await page.goto(address)
    await sound(page)
    assert "canari" not in await page.content()
    await takes_no_nonsense(season, page, "/administration/dead-letters/{service}/replay")
    await page.get_by_role("button", name="Réessayer").click()
    await expect(page.get_by_role("alert")).to_contain_text("Il a de nouveau échoué")
    await page.get_by_role("link", name="Abandonner…").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Abandonner ce message ?")
    await sound(page)
    await bench.screen(page, "discard")
    await takes_no_nonsense(season, page, "/administration/dead-letters/{service}/discard")
    stale = await page.context.new_page()
    await stale.goto(page.url)
    await page.get_by_role("button", name="Abandonner définitivement").click()
    await expect(page.get_by_text("Il est abandonné. Messages traités derrière lui : 0.")).to_be_visible()
    await stale.get_by_role("button", name="Abandonner définitivement").click()
    await expect(stale.get_by_text("Il n’est plus ici")).to_be_visible()
    assert not await _letters(season, subject)


async def _letters(season: Played, subject: str) -> list[dict[str, Any]]:
    found = await season.ask(season.person("administrator"), "GET", "funding", "/internal/dead-letters")
    return [each for each in found if subject in each["aggregate"]]


async def test_messages_that_failed_are_sent_again(bench: Bench, season: Played) -> None:
    refused, interrupted = await machinery.failed(season, "refused", "interrupted")
    page = await bench.page(phone=True)
    await season.sign_in(page, season.person("administrator"), "/fr/administration/notices")
    await _narrow(page)
    await bench.screen(page, "notices")
    for route in ("/administration/notices/retry", "/administration/notices/{notice_id}/retry"):
        await takes_no_nonsense(season, page, route)
    await page.get_by_role("button", name="Renvoyer tous ceux-là").click()
    await expect(page.get_by_text("Envois repris : 1.")).to_be_visible()
    assert await machinery.state_of(season, interrupted) == "failed"
    await page.get_by_role("row").filter(has_text="Interrompu").get_by_role("button", name="Renvoyer").click()
    await expect(page.get_by_text("Aucun envoi n’a échoué.")).to_be_visible()
    async with asyncio.timeout(WITHIN_SECONDS):
        while {await machinery.state_of(season, each) for each in (refused, interrupted)} != {"sent"}:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    for path in ("", "/audit", "/health", "/dead-letters"):
        await page.goto(f"{season.url}/fr/administration{path}")
        await _narrow(page)
    await page.goto(f"{season.url}/fr/panel")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Cette page n’est pas ouverte à vos rôles")


async def test_a_filter_is_chosen_by_keyboard_on_the_page_that_has_it(bench: Bench, season: Played) -> None:
    page, asked = await bench.page(), list[str]()
    await season.sign_in(page, season.person("administrator"), "/fr/administration/notices")
    page.on("request", lambda request: asked.append(request.url) if request.is_navigation_request() else None)
    states, keyboard = page.get_by_label("État"), Keyboard(page)
    await keyboard.reach(states)
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await expect(states).to_be_focused()
    await expect(states).to_have_value("sent")
    await keyboard.activate(page.get_by_role("button", name="Afficher"))
    await page.wait_for_url("**/administration/notices?state=sent")
    assert asked == [page.url]


async def _narrow(page: Page) -> None:
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url
    await accessible(page)
