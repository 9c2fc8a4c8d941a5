"""Coming in and going out: either provider, a person chosen by role, the language kept, no cookies, a session that ended."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.account import newcomers
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.keyboard import Keyboard
from tests.browser.public.reading import fits
from tests.browser.season import Played


@pytest.fixture
def allowed_origins(season: Played) -> frozenset[str]:
    return season.origins


async def test_an_agent_is_chosen_by_role_with_the_keyboard_and_leaves(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/en/account")
    keyboard = Keyboard(page)
    await expect(page.locator("h1")).to_have_text("Log in")
    await sound(page)
    await keyboard.activate(page.get_by_role("link", name="Log in as an agent"))
    await keyboard.activate(page.get_by_role("link", name="English"))
    await keyboard.choose(page.get_by_label("Role"), "programme officer")
    await keyboard.activate(page.get_by_role("button", name="Search"))
    await page.wait_for_url("**role=programme_officer*")
    await sound(page)
    await keyboard.activate(page.locator("ul.people button").first)
    await page.wait_for_url(f"{season.url}/en/account")
    await expect(page.get_by_role("main").get_by_role("link", name="Calls and applications")).to_be_visible()
    await sound(page)
    answer = await page.goto(f"{season.url}/en/administration")
    assert answer
    assert answer.status == 403
    await expect(page.locator("h1")).to_have_text("This page is not for your roles")
    await sound(page)
    await page.goto(f"{season.url}/en/account")
    await keyboard.activate(page.get_by_role("button", name="Log out", exact=True))
    await expect(page.locator("h1")).to_have_text("You are logged out here")
    await sound(page)
    await keyboard.activate(page.get_by_role("link", name="End the session at the log-in service"))
    await page.wait_for_url("**/en/login?out=1")
    await expect(page.get_by_role("status")).to_have_text("You are logged out.")
    await page.goto(f"{season.url}/en/account")
    await expect(page.locator("h1")).to_have_text("Log in")


async def test_somebody_new_comes_in_on_a_phone_without_javascript(bench: Bench, season: Played) -> None:
    page = await bench.page(phone=True, javascript=False)
    person = await newcomers.come_in(season, page, "/fr/applications")
    await expect(page.locator("h1")).to_have_text("Mes candidatures")
    await fits(page)
    await page.goto(f"{season.url}/fr/account")
    await expect(page.get_by_role("main")).to_contain_text("Porteur de projet")
    await expect(page.get_by_role("main")).to_contain_text(person["email"])
    await sound(page)
    await fits(page)
    await bench.screen(page, "account")


async def test_without_cookies_one_is_told_what_to_do(bench: Bench, season: Played) -> None:
    page = await bench.page(cookies=False)
    await page.goto(f"{season.url}/fr/login/people?next=/fr/account")
    await page.locator("ul.people button").first.click()
    await expect(page.locator("h1")).to_have_text("Les cookies sont nécessaires pour se connecter")
    await expect(page.get_by_role("main")).to_contain_text("Autorisez les cookies pour ce site")
    await sound(page)
    await page.get_by_role("main").get_by_role("link", name="Se connecter").click()
    await expect(page.locator("h1")).to_have_text("Se connecter")


async def test_giving_up_at_the_provider_comes_back(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/login/people?next=/fr/account")
    await page.get_by_role("button", name=re.compile("Renoncer")).click()
    await page.wait_for_url("**/fr/login?**")
    await expect(page.get_by_role("status")).to_contain_text("Vous n’avez pas été connecté")
    await sound(page)
    await page.get_by_role("link", name="Me connecter en tant que particulier").click()
    await page.locator("ul.people button").first.click()
    await page.wait_for_url("**/fr/account")


async def test_a_session_that_ended_in_a_form_loses_nothing(bench: Bench, season: Played) -> None:
    page = await bench.page(javascript=False)
    person = await newcomers.come_in(season, page, "/fr/account/contact")
    await page.get_by_label("Téléphone mobile").fill("+33 6 12 34 56 78")
    await page.get_by_label("SMS").check()
    await newcomers.grow_old(season, person)
    await page.get_by_role("button", name="Enregistrer").click()
    await page.wait_for_url("**/login?**")
    await expect(page.get_by_role("status")).to_contain_text("Votre session s’est terminée")
    await sound(page)
    await page.get_by_role("link", name="Me connecter en tant que particulier").click()
    await page.goto(f"{page.url}&q={person['email']}")
    await page.locator(f'button[value="{person["id"]}"]').click()
    await expect(page.locator("h1")).to_have_text("Reprendre où vous étiez")
    await sound(page)
    await page.get_by_role("button", name="Envoyer mes réponses").click()
    await page.wait_for_url("**/fr/account")
    await expect(page.get_by_role("main")).to_contain_text("+33612345678")
    stranger = await bench.page()
    await newcomers.come_in(season, stranger)
    answer = await stranger.goto(f"{season.url}/fr/resume/{'x' * 43}")
    assert answer
    assert answer.status == 404
    await sound(stranger)


async def test_log_out_everywhere_ends_every_session(bench: Bench, season: Played) -> None:
    page, elsewhere = await bench.page(), await bench.page()
    person = season.person("applicant", 18)
    await season.sign_in(elsewhere, person)
    await season.sign_in(page, person)
    sessions = page.get_by_role("heading", name="Mes sessions").locator("xpath=following-sibling::ul[1]/li")
    await expect(sessions).to_have_count(2)
    await page.get_by_role("button", name="Me déconnecter partout").click()
    await expect(page.locator("h1")).to_have_text("Vous êtes déconnecté ici")
    await elsewhere.goto(f"{season.url}/fr/account")
    await expect(elsewhere.locator("h1")).to_have_text("Se connecter")
