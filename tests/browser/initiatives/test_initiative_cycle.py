"""An acceleration as its team and its mentor live it: plan, check-in, lever, messages, opinion."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.funding.laureates import Laureate
from tests.browser.initiatives import running
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

SCRIPT = "Ouvrir un second atelier <script>alert(1)</script>"
MANY = "Où en sommes-nous ? 🚲 مرحبا"
pytestmark = pytest.mark.timeout(600)
"""The first of these tests also makes the initiatives."""


async def _refused(page: Page, button: str, said: str) -> None:
    """The button is pressed, and the page says on top, with the focus there, what is wrong."""
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text(said)
    await expect(page.get_by_role("alert")).to_be_focused()
    await sound(page)


async def _done(page: Page, button: str, said: str) -> None:
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.locator(".notice.success")).to_contain_text(said)


async def test_a_team_plans_checks_in_and_is_answered(
    bench: Bench, season: Played, accelerated: list[Laureate]
) -> None:
    it, path = accelerated[0], f"/fr/initiatives/{accelerated[0].agreement_id}"
    page, mentor = await bench.page(), await bench.page()
    await season.sign_in(page, it.owner, "/fr/initiatives")
    await sound(page)
    await page.locator(f'a[href="{path}"]').click()
    await expect(page.get_by_role("link", name="Faire le point de la semaine 1").first).to_be_visible()
    await sound(page)
    await bench.screen(page, "begun")
    await _plan(bench, page)
    await _ask(season, page, it)
    await _check_in(bench, season, page, path)
    await season.sign_in(mentor, season.person("mentor"), "/fr/mentoring")
    await _answer(bench, mentor, it)
    await page.goto(f"{season.url}{path}")
    await expect(page.locator("main")).to_contain_text("Accordée en partie")
    for role in ("mentor", "programme_officer"):
        await expect(page.locator("dl.facts").first).to_contain_text(season.person(role)["name"])
    await expect(page.get_by_role("link", name="Messages")).to_contain_text("1 nouveau")
    await sound(page)
    await bench.screen(page, "followed")
    await page.get_by_role("link", name="Messages").click()
    await expect(page.locator(".thread")).to_contain_text(season.person("mentor")["name"])
    await sound(page)
    await _give_opinion(bench, page, path)
    found = await running.cycle(season, it)
    assert (found["weather"], len(found["lever_requests"]), found["needs"]) == ("cloud", 1, ["deployment"])
    await _stranger(bench, season, path)


async def _plan(bench: Bench, page: Page) -> None:
    """Diagnosis and roadmap, each refused first; and a page that is old does not overwrite what it has not seen."""
    path = page.url
    await page.get_by_role("link", name="Écrire le diagnostic").first.click()
    old = await page.context.new_page()
    await old.goto(page.url)
    await _refused(page, "Enregistrer", "Choisissez au moins un besoin.")
    await page.get_by_label("Déployer").check()
    await page.get_by_label("Où en est l’initiative").fill(f"{MANY}\n\n{SCRIPT}")
    await _done(page, "Enregistrer", "Diagnostic enregistré.")
    await old.get_by_label("Consolider").check()
    await old.get_by_label("Où en est l’initiative").fill("Une page ancienne.")
    await _refused(old, "Enregistrer", "Ce texte a changé")
    await expect(old.locator("blockquote")).to_contain_text(MANY)
    await expect(old.get_by_label("Où en est l’initiative")).to_have_value("Une page ancienne.")
    await old.close(run_before_unload=False)
    await page.get_by_role("link", name="Fixer la feuille de route").first.click()
    await page.get_by_label("Personnes aidées aujourd’hui").fill("mille")
    await page.get_by_label("Personnes à aider à la fin").fill("1e99")
    await _refused(page, "Enregistrer", "Écrivez au moins un objectif.")
    await expect(page.locator(".wrong")).to_have_count(4)
    await page.get_by_label("Objectifs des trois mois").fill(f"{SCRIPT}\n\n  Former dix bénévoles  ")
    await page.get_by_label("Appui juridique").check()
    await page.get_by_label("Personnes aidées aujourd’hui").fill("1 000")
    await page.get_by_label("Personnes à aider à la fin").fill("2000,5")
    await _done(page, "Enregistrer", "Feuille de route enregistrée.")
    await expect(page.locator("main")).to_contain_text(SCRIPT)
    await page.get_by_label("Nouvelle valeur").fill("1 200")
    await _done(page, "Enregistrer la valeur", "Nouvelle valeur enregistrée.")
    await expect(page.get_by_role("row", name="Personnes aidées")).to_contain_text("1\u202f200")
    assert page.url == path


async def _ask(season: Played, page: Page, it: Laureate) -> None:
    await page.get_by_role("link", name="Demander un levier").click()
    await page.get_by_label("Levier").select_option("public_data")
    await page.get_by_label("Administration qui peut aider").select_option("dinum")
    await page.get_by_label("Réponse souhaitée pour le").fill("2021-01-01")
    await page.get_by_label("Ce que vous demandez").fill("Les données des ateliers de réparation.")
    await _refused(page, "Envoyer la demande", "Cette date est passée")
    start = datetime.fromisoformat((await running.cycle(season, it))["starts_at"])
    await page.get_by_label("Réponse souhaitée pour le").fill(f"{start + timedelta(days=20):%Y-%m-%d}")
    await page.get_by_role("button", name="Envoyer la demande").dblclick()
    await expect(page.locator(".notice.success")).to_contain_text("Votre demande est envoyée")
    await expect(page.locator("#requests + ul time[data-local]")).to_contain_text("(heure de Paris)")


async def _check_in(bench: Bench, season: Played, page: Page, path: str) -> None:
    """A minute; a second window that comes too late shows what is recorded, and keeps what it had written."""
    await page.get_by_role("link", name="Faire le point de la semaine 1").first.click()
    late = await page.context.new_page()
    await late.goto(page.url)
    await sound(page)
    await bench.screen(page, "check-in")
    await takes_no_nonsense(season, page, "/initiatives/{initiative_id}/check-ins/{week}")
    await _refused(page, "Enregistrer le point", "Choisissez la météo de votre initiative.")
    await page.get_by_label("Nuage").check()
    await page.get_by_label("En quelques mots").fill("Deux bénévoles sont partis.")
    await page.get_by_role("button", name="Enregistrer le point").dblclick()
    await expect(page.locator(".notice.success")).to_contain_text("Le point de la semaine 1 est enregistré.")
    await expect(page.get_by_role("link", name="Faire le point de la semaine 1")).to_have_count(0)
    await late.get_by_label("Soleil").check()
    await late.get_by_label("En quelques mots").fill("Tout va bien.")
    await _refused(late, "Enregistrer le point", "a déjà été enregistré")
    await expect(late.locator("main")).to_contain_text("Deux bénévoles sont partis.")
    await expect(late.locator("blockquote")).to_contain_text("Tout va bien.")
    await late.close(run_before_unload=False)


async def _answer(bench: Bench, mentor: Page, it: Laureate) -> None:
    """The mentor answers the request, once, and writes to the team."""
    await sound(mentor)
    await bench.screen(mentor, "mentoring")
    request = mentor.locator(f'a[href*="/mentoring/{it.agreement_id}/requests/"]')
    await request.click()
    stale = await mentor.context.new_page()
    await stale.goto(mentor.url)
    await _refused(mentor, "Envoyer la réponse", "Choisissez la suite donnée à la demande.")
    await mentor.get_by_label("Accordée en partie").check()
    await mentor.get_by_label("Votre réponse").fill("La moitié des données, d’ici un mois.")
    await _done(mentor, "Envoyer la réponse", "Votre réponse est envoyée à l’initiative.")
    await sound(mentor)
    await bench.screen(mentor, "mentored")
    await stale.get_by_label("Refusée").check()
    await stale.get_by_label("Votre réponse").fill("Non.")
    await _refused(stale, "Envoyer la réponse", "Cette demande a déjà sa réponse")
    await stale.close(run_before_unload=False)
    await mentor.get_by_role("link", name="Messages").click()
    await sound(mentor)
    await _refused(mentor, "Envoyer", "Écrivez votre message.")
    await mentor.get_by_label("Votre message").fill(SCRIPT)
    await _done(mentor, "Envoyer", "Message envoyé.")
    await mentor.goto(f"{mentor.url.split('/mentoring')[0]}/mentoring?answered=yes&status=open&weather=cloud")
    await expect(mentor.locator("#initiatives ~ ul")).to_contain_text("Nuage")
    await expect(mentor.locator("table")).to_contain_text("Accordée en partie")
    await sound(mentor)
    await mentor.get_by_label("Météo").select_option("storm")
    await mentor.get_by_role("button", name="Filtrer").click()
    await mentor.wait_for_url("**weather=storm**")
    await expect(mentor.get_by_role("link", name="Tout afficher")).to_be_visible()
    await sound(mentor)


async def _give_opinion(bench: Bench, page: Page, path: str) -> None:
    """Once for each step; a second window that comes too late is told so."""
    await page.goto(f"{page.url.split('/fr/')[0]}{path}/opinion?step=cycle")
    late = await page.context.new_page()
    await late.goto(page.url)
    for each, text in ((page, MANY), (late, "Autre chose.")):
        await each.get_by_label("Trois mois d’accélération").check()
        if each == page:
            await _refused(each, "Envoyer mon avis", "Choisissez une des trois réponses.")
        await each.get_by_label("Bien", exact=True).check()
        await each.get_by_role("group", name="Était-ce clair").get_by_label("4").check()
        await each.get_by_label("Ce qui a bien marché").fill(text)
        await each.get_by_role("button", name="Envoyer mon avis").click()
        await each.wait_for_load_state()
    await expect(page.locator(".notice.success")).to_contain_text("Merci")
    await expect(late.get_by_role("alert")).to_contain_text("déjà")
    await expect(late.locator("main .card")).to_contain_text(MANY)
    await expect(late.get_by_label("Trois mois d’accélération")).to_have_count(0)
    await sound(late)
    await bench.screen(late, "opinion")
    await late.close(run_before_unload=False)


async def _stranger(bench: Bench, season: Played, path: str) -> None:
    stranger = await bench.page()
    await season.sign_in(stranger, season.person("applicant", 5), "/fr/initiatives")
    await sound(stranger)
    for place in ("", "/check-ins/1", "/diagnosis", "/roadmap", "/requests/new", "/messages", "/agreement", "/opinion"):
        answer = await stranger.goto(f"{season.url}{path}{place}")
        assert answer
        assert answer.status == 404, place
    await season.sign_in(stranger, season.person("programme_officer"), path)
    await expect(stranger.get_by_role("heading", level=1)).to_have_text("Rien à cette adresse")
