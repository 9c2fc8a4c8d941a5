"""A panellist's work in the browser: by mouse, without JavaScript on a phone, with the keyboard; what goes wrong; the results."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.evaluation import rounds
from tests.browser.evaluation.conftest import Rounds
from tests.browser.keyboard import Keyboard
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(600)
CRITERIA = ("Intérêt général", "Impact", "Faisabilité", "Ouverture")


async def _score(page: Page, score: int) -> None:
    for criterion in CRITERIA:
        await page.get_by_role("group", name=criterion).locator(f'input[value="{score}"]').check()


async def test_a_panellist_reads_and_votes_through_the_queue(bench: Bench, season: Played, made: Rounds) -> None:
    page, member = await bench.page(), made.opened.panel[0]
    await season.sign_in(page, member, "/fr/panel")
    await sound(page)
    await page.goto(f"{season.url}/fr/panel/{made.opened.call_id}")
    await expect(page.get_by_text("0 sur 4")).to_be_visible()
    await expect(page.get_by_text("quorum de votre collège")).to_be_visible()
    await sound(page)
    await bench.screen(page, "queue")
    await page.get_by_role("link", name="Prochaine à évaluer").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("<b>partagée</b>")
    await expect(page.locator("main")).not_to_contain_text("Confidentielle")
    await sound(page)
    await bench.screen(page, "ballot")
    await _errors(bench, page)
    await _score(page, 4)
    await page.get_by_label("Commentaire").fill("Projet <script>alert(1)</script> solide.")
    await page.get_by_role("button", name="Enregistrer et passer à la suivante").dblclick()
    await expect(page.get_by_text("Voici la candidature suivante")).to_be_visible()
    await expect(page.get_by_text("2 sur 4").first).to_be_visible()
    await _abstain(page)
    await _declare(bench, page, season, made)
    await page.get_by_role("link", name="Comparer mes bulletins").click()
    await expect(page.get_by_role("row")).to_have_count(2)
    await sound(page)
    await bench.screen(page, "comparison")
    await page.goto(f"{season.url}/fr/panel/{made.opened.call_id}/results")
    await expect(page.get_by_text("sous embargo jusqu’à l’annonce").first).to_be_visible()
    await sound(page)


async def _errors(bench: Bench, page: Page) -> None:
    await page.locator("form[data-guard]").evaluate("form => { form.noValidate = true }")
    await page.get_by_label("Commentaire").fill("Sans notes")
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Donnez une note pour ce critère.")
    await expect(page.get_by_label("Commentaire")).to_have_value("Sans notes")
    await sound(page)
    await bench.screen(page, "errors")


async def _abstain(page: Page) -> None:
    await page.get_by_role("link", name="M’abstenir, en disant pourquoi").click()
    await sound(page)
    await page.get_by_label("Pourquoi vous abstenez-vous ?").fill("Je connais mal ce domaine.")
    await page.get_by_role("button", name="M’abstenir").click()
    await expect(page.get_by_text("Votre abstention est enregistrée.")).to_be_visible()
    await expect(page.get_by_text("2 sur 4")).to_be_visible()


async def _declare(bench: Bench, page: Page, season: Played, made: Rounds) -> None:
    await page.get_by_role("link", name="Prochaine à évaluer").click()
    await page.get_by_role("link", name="Déclarer un conflit d’intérêts").click()
    await sound(page)
    ballot = page.url.removesuffix("/conflict")
    await page.get_by_role("button", name="Déclarer le conflit d’intérêts").click()
    await expect(page.get_by_text("Votre conflit d’intérêts est déclaré")).to_be_visible()
    await expect(page.get_by_text("2 sur 3")).to_be_visible()
    await page.goto(ballot)
    await expect(page.get_by_text("Un conflit d’intérêts vous tient à l’écart")).to_be_visible()
    await page.goto(f"{season.url}/fr/panel/{made.opened.call_id}?state=conflicted")
    await expect(page.get_by_text("Vous n’y avez pas accès")).to_be_visible()
    await bench.screen(page, "conflicted")
    await page.get_by_label("État").select_option("cast")
    await page.get_by_role("button", name="Filtrer").click()
    await page.wait_for_url("**state=cast**")
    await expect(page.get_by_role("row")).to_have_count(2)


async def test_a_vote_on_a_phone_without_javascript(bench: Bench, season: Played, made: Rounds) -> None:
    page, member = await bench.page(javascript=False, phone=True), made.opened.panel[1]
    await season.sign_in(page, member, f"/fr/panel/{made.opened.call_id}")
    await _fits(page)
    await bench.screen(page, "queue")
    await page.get_by_role("link", name="Prochaine à évaluer").click()
    await page.get_by_role("link", name="Aller à mon bulletin").click()
    await _fits(page)
    await bench.screen(page, "ballot")
    await _score(page, 3)
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(page.get_by_text("Votre bulletin est enregistré.")).to_be_visible()
    stale = await page.context.new_page()
    await stale.goto(page.url)
    await _score(page, 2)
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await _score(stale, 1)
    await stale.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(stale.get_by_role("alert")).to_contain_text("Ce bulletin a été enregistré entre-temps")
    await expect(stale.get_by_role("alert").get_by_role("definition").first).to_have_text("2")
    await accessible(stale)
    await bench.screen(stale, "stale")
    await stale.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(stale.get_by_text("Votre bulletin est enregistré.")).to_be_visible()
    application_id = stale.url.rsplit("/", 1)[-1]
    kept = await season.ask(member, "GET", "evaluation", f"{made.opened.path}/ballots/{application_id}")
    assert kept["scores"] == made.opened.scores(1)
    await page.goto(f"{season.url}/fr/panel/{made.opened.call_id}/comparison")
    await _fits(page)


async def _fits(page: Page) -> None:
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 360, page.url
    await accessible(page)


async def test_a_vote_with_the_keyboard_only(bench: Bench, season: Played, made: Rounds) -> None:
    page, member = await bench.page(), made.opened.panel[2]
    (first, *_) = await rounds.queue(season, made.opened, member)
    await season.sign_in(page, member, f"/fr/panel/{made.opened.call_id}/applications/{first}")
    keyboard = Keyboard(page)
    for criterion in CRITERIA:
        await keyboard.tick(page.get_by_role("group", name=criterion).locator('input[value="4"]'))
    await keyboard.write(page.get_by_label("Commentaire"), "Au clavier.")
    await keyboard.activate(page.get_by_role("button", name="Enregistrer", exact=True))
    await expect(page.get_by_text("Votre bulletin est enregistré.")).to_be_visible()
    kept = await season.ask(member, "GET", "evaluation", f"{made.opened.path}/ballots/{first}")
    assert (kept["scores"], kept["comment"]) == (made.opened.scores(4), "Au clavier.")


async def test_after_the_announcement_a_panellist_reads_the_results(bench: Bench, season: Played) -> None:
    page, member = await bench.page(), season.person("citizen_panellist")
    found = (await season.ask(member, "GET", "evaluation", "/rounds"))["rounds"]
    announced = next(each["round_id"] for each in found if each["status"] == "announced")
    await season.sign_in(page, member, f"/fr/panel/{announced}")
    await expect(page.get_by_text("Les résultats sont annoncés.")).to_be_visible()
    await page.get_by_role("rowheader").get_by_role("link").first.click()
    await expect(page.get_by_text("Ce bulletin est scellé")).to_be_visible()
    await sound(page)
    await page.goto(f"{season.url}/fr/panel/{announced}/results")
    await expect(page.get_by_text("Sélectionnée").first).to_be_visible()
    await sound(page)
    await bench.screen(page, "results")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Document complet (JSON)").click()
    assert b"ranking" in (await (await download.value).path()).read_bytes()
