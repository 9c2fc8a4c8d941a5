"""Somebody whose application came on paper comes to it: by the link that is mailed to them, once, and by nobody else."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.account.newcomers import come_in
from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.office.paper import entered, links
from tests.browser.proof.nonsense import takes_no_nonsense
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
OFFICER = "programme_officer"


async def test_an_applicant_on_paper_comes_to_their_application(bench: Bench, season: Played) -> None:
    email, name = f"papier-{uuid4().hex[:8]}@exemple.fr", f"Essai-{uuid4().hex[:6]}"
    officer, call_id = await bench.page(), await opening.open_call(season)
    await season.sign_in(officer, season.person(OFFICER), "/fr/office")
    application = await entered(officer, season, call_id, email, name)
    file = f"{season.url}/fr/office/applications/{application}"
    await officer.goto(file)
    await expect(officer.get_by_text("Un lien lui a été envoyé")).to_be_visible()
    await sound(officer)
    await bench.screen(officer, "file")
    await takes_no_nonsense(season, officer, "/office/applications/{application_id}/invitation")
    await officer.get_by_role("button", name="Envoyer un lien au porteur").dblclick()
    await expect(officer.get_by_text("Un lien est envoyé au porteur.")).to_be_visible()
    former, link = await links(season, email, 2)
    await _occupied(bench, season, link)
    person, reader = await _joined(bench, season, former, link, name)
    await officer.goto(file)
    await expect(officer.get_by_text("Confirmée par le porteur")).to_be_visible()
    await expect(officer.get_by_role("button", name="Envoyer un lien au porteur")).to_have_count(0)
    await _used(bench, season, link)
    await _taken_off(bench, season, person, reader, email)
    await officer.goto(file)
    await officer.get_by_role("button", name="Envoyer un lien au porteur").click()
    await links(season, email, 3)


async def _occupied(bench: Bench, season: Played, link: str) -> None:
    """Who has applications of their own is told what to do, and nothing happens."""
    page = await bench.page()
    await season.sign_in(page, season.person("applicant", 3), link)
    await expect(page.get_by_role("alert")).to_contain_text("qui a déjà ses propres candidatures")
    await expect(page.get_by_role("heading", name="Ce que vous pouvez faire")).to_be_visible()
    await sound(page)
    await bench.screen(page, "occupied")
    await page.goto(f"{season.url}/fr/applications")
    await expect(page.locator(".card").first).to_be_visible()


async def _joined(bench: Bench, season: Played, former: str, link: str, name: str) -> tuple[str, Page]:
    """The person comes by the link, without JavaScript, confirms, and finds the application at the next log-in too.

    Their id, and the page on which they are logged in.
    """
    page = await bench.page(javascript=False, phone=True)
    newcomer = await come_in(season, page, former)
    await expect(page.get_by_role("alert")).to_contain_text("un autre a été envoyé depuis")
    await page.goto(f"{season.url}/fr/applications")
    await expect(page.get_by_text("Vous avez candidaté sur papier")).to_be_visible()
    await page.goto(f"{season.url}{link}")
    await expect(page.get_by_text(f"Odile {name}")).to_be_visible()
    await accessible(page)
    await bench.screen(page, "offered")
    await takes_no_nonsense(season, page, "/joining/{token}")
    await page.get_by_role("button", name="C’est moi").click()
    await expect(page.get_by_text("Vous êtes désormais connecté")).to_be_visible()
    await page.get_by_role("link", name="relisez et confirmez").click()
    await page.get_by_role("button", name="C’est la mienne").click()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await page.goto(f"{season.url}/fr/account")
    person = await page.locator("code").first.inner_text()
    assert person != newcomer["id"]
    await page.get_by_role("button", name="Me déconnecter", exact=True).click()
    again = await bench.page()
    await _log_in(again, season, newcomer["id"], newcomer["email"])
    await expect(again.locator(".card h2")).to_have_count(1)
    await expect(again.get_by_text("relisez et confirmez")).to_have_count(0)
    return person, again


async def _log_in(page: Page, season: Played, subject: str, email: str) -> None:
    await page.goto(f"{season.url}/fr/login/people?next=/fr/applications")
    await page.goto(f"{page.url}&q={email}")
    await page.locator(f'button[value="{subject}"]').click()
    await page.wait_for_url(f"{season.url}/fr/applications")


async def _used(bench: Bench, season: Played, link: str) -> None:
    page = await bench.page()
    await come_in(season, page, link)
    await expect(page.get_by_role("alert")).to_contain_text("Ce lien a déjà servi")
    await sound(page)


async def _taken_off(bench: Bench, season: Played, person: str, reader: Page, email: str) -> None:
    """An administrator reads who came in and when, and takes the log-in off: its open session is over at once."""
    page = await bench.page()
    await season.sign_in(page, season.person("administrator"), f"/fr/administration/people/{person}")
    for line in ("Lien vers un compte envoyé", "Compte repris par le lien"):
        await expect(page.get_by_text(line).first).to_be_visible()
    await page.get_by_role("link", name="Retirer cette connexion").click()
    address = page.get_by_label("Adresse où écrire à la personne")
    await expect(address).to_have_value(email)
    await sound(page)
    await bench.screen(page, "unlinking")
    await takes_no_nonsense(season, page, "/administration/people/{person_id}/logins/{login_id}/removal")
    await address.fill("nowhere")
    await page.get_by_role("button", name="Retirer la connexion").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await sound(page)
    await address.fill(email)
    await page.get_by_role("button", name="Retirer la connexion").dblclick()
    await expect(page.get_by_role("status")).to_contain_text("La connexion est retirée")
    await expect(page.get_by_text("Connexion retirée").first).to_be_visible()
    await expect(page.get_by_role("link", name="Retirer cette connexion")).to_have_count(0)
    await reader.goto(f"{season.url}/fr/applications")
    await reader.wait_for_url("**/fr/login**")
