"""An announced round in the browser: its results and its places."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.office import desk
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)


async def test_after_the_announcement_places_and_results_are_there(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("programme_officer")
    found = (await season.ask(person, "GET", "evaluation", "/rounds"))["rounds"]
    announced = next(each["round_id"] for each in found if each["status"] == "announced")
    await season.sign_in(page, person, f"/fr/office/rounds/{announced}/results")
    await page.get_by_label("Issue").select_option("reserve")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_role("cell", name="Sur liste complémentaire").first).to_be_visible()
    await sound(page)
    await bench.screen(page, "results")
    await _ranking(bench, page)
    await page.goto(f"{season.url}/fr/office/rounds/{announced}/places")
    await expect(page.get_by_text("acceptée").first).to_be_visible()
    taken = await desk.taken_away(page, "Exporter en XLSX")
    assert len(taken) - 1 == await page.locator("tbody tr").count()
    assert "acceptée" in {each[4] for each in taken[1:]}
    await sound(page)
    await bench.screen(page, "places")
    phone = await bench.page(phone=True)
    await season.sign_in(phone, person, f"/fr/office/rounds/{announced}/results")
    for name in ("results", "conflicts", "panel"):
        await phone.goto(f"{season.url}/fr/office/rounds/{announced}/{name}?order=desc")
        assert await phone.evaluate("() => document.documentElement.scrollWidth") <= 360
        await accessible(phone)
        await bench.screen(phone, f"{name}-phone")


async def _ranking(bench: Bench, page: Page) -> None:
    """What is on the reserve list, by its number, and as a file; one by its number; none; all."""
    await page.get_by_role("link", name="Numéro").click()
    await page.wait_for_url("**sort=number**")
    numbers = await page.locator("tbody th").all_inner_texts()
    assert numbers == sorted(numbers)
    await page.get_by_role("link", name="Numéro").click()
    await page.wait_for_url("**order=desc**")
    assert await page.locator("tbody th").all_inner_texts() == numbers[::-1]
    taken = await desk.taken_away(page, "Exporter en XLSX")
    assert [row[2] for row in taken[1:]] == numbers[::-1]
    await page.get_by_role("link", name="Citoyens").click()
    await expect(page.locator("th[aria-sort=ascending]")).to_have_text("Citoyens")
    await sound(page)
    await page.get_by_label("Numéro, titre").fill(numbers[0])
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    shared = await page.context.new_page()
    await shared.goto(page.url)
    assert await shared.locator("tbody th").all_inner_texts() == numbers[:1]
    await page.get_by_label("Numéro, titre").fill("introuvable")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucune candidature ne correspond.")).to_be_visible()
    await sound(page)
    await bench.screen(page, "results-none")
    await page.get_by_role("link", name="Tout afficher").click()
    await expect(page.locator("th[aria-sort=ascending]")).to_have_text("Ordre")
    assert await page.locator("tbody tr").count() > len(numbers)
