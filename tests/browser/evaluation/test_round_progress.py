"""A round while ballots come in, in the browser: who has given theirs, which applications lack their quorum, who is reminded."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.evaluation import rounds
from tests.browser.evaluation.conftest import Rounds
from tests.browser.office import desk
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)
PATIENCE_MS = 30_000


async def test_progress_moves_and_the_late_are_reminded(bench: Bench, season: Played, made: Rounds) -> None:
    page, base = await bench.page(), f"/fr/office/rounds/{made.opened.call_id}"
    await season.sign_in(page, season.person("programme_officer"), base)
    experts = page.locator("#progress li").nth(1)
    before = int((await experts.locator("strong").inner_text()).split()[0])
    await sound(page)
    await bench.screen(page, "progress")
    member = made.opened.panel[-1]
    application_id = (await rounds.queue(season, made.opened, member))[0]
    await rounds.cast(season, made.opened, member, application_id, 3)
    await expect(experts.locator("strong")).to_contain_text(f"{before + 1} sur ", timeout=PATIENCE_MS)
    await _loads(bench, page, made)
    await _quorum(bench, page)
    await page.get_by_role("link", name="Avancement", exact=True).click()
    await page.get_by_role("link", name="Relancer les retardataires").click()
    await sound(page)
    await page.get_by_role("button", name="Envoyer le rappel").click()
    await expect(page.get_by_text("Membres relancés :")).to_be_visible()
    phone = await bench.page(phone=True)
    await season.sign_in(phone, season.person("programme_officer"), base)
    assert await phone.evaluate("() => document.documentElement.scrollWidth") <= 360
    await accessible(phone)
    await bench.screen(phone, "progress-phone")
    await phone.goto(f"{season.url}{base}/applications")
    assert await phone.evaluate("() => document.documentElement.scrollWidth") <= 360
    await accessible(phone)
    await bench.screen(phone, "quorum-phone")


async def _loads(bench: Bench, page: Page, made: Rounds) -> None:
    """Who has most to do, of a college; one member; nobody."""
    await page.get_by_role("link", name="À évaluer", exact=True).click()
    await page.get_by_role("link", name="À évaluer", exact=True).click()
    await page.wait_for_url("**sort=missing&order=desc")
    await page.get_by_label("Collège").select_option("experts")
    await page.get_by_label("Avec des bulletins à rendre seulement").check()
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**late=yes**")
    missing = [int(text) for text in await page.locator("#members tbody td:nth-child(6)").all_inner_texts()]
    assert missing == sorted(missing, reverse=True)
    assert min(missing) > 0
    shown = await page.locator("#members tbody th").all_inner_texts()
    assert set(shown) <= {each["name"] for each in made.opened.panel[2:]}
    assert [row[0] for row in (await desk.taken_away(page, "Exporter en CSV"))[1:]] == shown
    await sound(page)
    await bench.screen(page, "loads")
    await page.get_by_label("Membre", exact=True).select_option(label=made.opened.panel[0]["name"])
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucun membre du jury ne correspond.")).to_be_visible()
    await sound(page)


async def _quorum(bench: Bench, page: Page) -> None:
    """The applications that lack their quorum; one by its title; none."""
    await page.get_by_role("link", name="Voir les candidatures sous le quorum").click()
    await page.wait_for_url("**below_quorum=yes**")
    await page.get_by_role("link", name="Numéro").click()
    await page.wait_for_url("**order=desc**")
    numbers = await page.locator("tbody th").all_inner_texts()
    assert numbers == sorted(numbers, reverse=True)
    quorum = await desk.taken_away(page, "Exporter en XLSX")
    assert [row[0] for row in quorum[1:]] == numbers
    assert {row[-1] for row in quorum[1:]} == {"manquant"}
    await sound(page)
    await bench.screen(page, "quorum")
    await page.get_by_label("Numéro, titre").fill(numbers[0])
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.get_by_label("Numéro, titre").fill("introuvable")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucune candidature ne correspond.")).to_be_visible()
    await sound(page)
