"""A person's own space: how they are told and of what, their data as a file, the end of their account."""

import json

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.account import newcomers
from tests.browser.applications.opening import open_call
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import post
from tests.browser.proof.writing import draft
from tests.browser.public.reading import fits
from tests.browser.season import Played

WRONG = {
    "Adresse électronique": {
        "": "Indiquez votre adresse",
        "nour": "nom@exemple.org",
        "<script>alert(1)</script>": "nom@exemple.org",
        "\u202emoc.x@x": "nom@exemple.org",
        "🌱@exemple.fr": "nom@exemple.org",
        f"{'x' * 300}@exemple.fr": "nom@exemple.org",
    },
    "Téléphone mobile": {
        "06 12 34 56 78": "indicatif du pays",
        "plus tard": "indicatif du pays",
        "+33" + "1" * 40: "indicatif du pays",
    },
}


@pytest.fixture
def allowed_origins(season: Played) -> frozenset[str]:
    return season.origins


async def _save(page: Page) -> None:
    await page.get_by_role("button", name="Enregistrer").click()


async def test_applications_are_an_area_of_those_who_have_some(bench: Bench, season: Played) -> None:
    mentor, owner = season.person("mentor"), season.person("applicant", 4)
    application = await draft(season, owner, await open_call(season))
    path = f"/applications/{application}/invitations"
    token = (await post(season, owner, "applications", path, {"email": "amie@exemple.example"}))["token"]
    page = await bench.page()
    await season.sign_in(page, mentor)
    await expect(_areas(page)).not_to_contain_text("Mes candidatures")
    await sound(page)
    await page.goto(f"{season.url}/fr/applications")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mes candidatures")
    await page.goto(f"{season.url}/fr/invitations/{token}")
    await page.get_by_role("button", name="Accepter").click()
    await expect(_areas(page)).to_contain_text("Mes candidatures")
    again = await bench.page()
    await season.sign_in(again, mentor)
    await expect(_areas(again)).to_contain_text("Mes candidatures")


def _areas(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Mon espace")


async def test_how_i_am_told(bench: Bench, season: Played) -> None:
    page = await bench.page(phone=True)
    person = await newcomers.come_in(season, page, "/fr/account/contact")
    await page.locator("input").evaluate_all("all => all.forEach(each => each.removeAttribute('maxlength'))")
    await sound(page)
    await fits(page)
    await bench.screen(page, "contact")
    for label, given in WRONG.items():
        for text, said in given.items():
            field = page.get_by_label(label)
            before = await field.input_value()
            await page.locator("input").evaluate_all("all => all.forEach(each => each.removeAttribute('maxlength'))")
            await field.fill(text)
            await _save(page)
            await expect(page.get_by_role("alert")).to_contain_text(said)
            await expect(field).to_have_value(text)
            await field.fill(before)
    await sound(page)
    await page.get_by_label("Courriel").uncheck()
    await _save(page)
    await expect(page.get_by_role("alert")).to_contain_text("au moins un moyen")
    await page.get_by_label("SMS").check()
    await _save(page)
    await expect(page.get_by_role("alert")).to_contain_text("auquel envoyer les SMS")
    await bench.screen(page, "contact-errors")
    await page.get_by_label("Téléphone mobile").fill(" \u00a0+596 (696) 12-34.56 ")
    await page.get_by_label("English").check()
    await _save(page)
    await page.wait_for_url("**/fr/account")
    await expect(page.get_by_role("status")).to_contain_text("C’est enregistré")
    kept = await season.ask(person, "GET", "notifications", f"/contacts/{person['id']}")
    assert (kept["phone"], kept["language"], kept["channels"]) == ("+596696123456", "en", ["sms"])


async def test_what_i_am_told(bench: Bench, season: Played) -> None:
    page = await bench.page(javascript=False)
    person = await newcomers.come_in(season, page, "/fr/account/preferences")
    await expect(page.get_by_label("Certains de mes bulletins sont encore vides")).to_have_count(0)
    await sound(page)
    await bench.screen(page, "preferences")
    await page.get_by_label("J’ai un brouillon et son appel ferme bientôt").uncheck()
    await _save(page)
    await expect(page.get_by_role("status")).to_contain_text("C’est enregistré")
    kept = await season.ask(person, "GET", "notifications", f"/contacts/{person['id']}")
    assert kept["muted"] == ["call_closing_soon"]
    await page.goto(f"{season.url}/fr/account/preferences")
    await expect(page.get_by_label("J’ai un brouillon et son appel ferme bientôt")).not_to_be_checked()
    await expect(page.get_by_label("Mon accélération commence")).to_be_checked()


async def test_my_data_as_a_file(bench: Bench, season: Played) -> None:
    page = await bench.page()
    for person in (season.person("applicant", 19), season.person("citizen_panellist")):
        await season.sign_in(page, person)
        async with page.expect_download() as waiting:
            await page.get_by_role("link", name="Télécharger mes données").click()
        held = json.loads((await (await waiting.value).path()).read_text(encoding="utf-8"))
        assert held["people"]["identity"]["email"] == person["email"]
        assert held["portal"]
        others = {each["email"] for each in season.people} - {person["email"]}
        assert not others & set(json.dumps(held).split('"'))
        if "applicant" in person["roles"]:
            assert {each["application_id"] for each in held["applications"]}
            assert all("answers" in each for each in held["applications"])
        else:
            assert held["evaluation"][0]["ballots"]
        await page.context.clear_cookies()


async def test_the_end_of_an_account(bench: Bench, season: Played) -> None:
    page, elsewhere = await bench.page(), await bench.page()
    person = await newcomers.come_in(season, page)
    await season.sign_in(elsewhere, {**person, "kind": "people"})
    await page.get_by_role("link", name="Effacer mon compte").click()
    await sound(page)
    await bench.screen(page, "erasure")
    await page.get_by_role("button", name="Effacer mon compte").click()
    await expect(page.get_by_role("alert")).to_contain_text("Cochez la case")
    await sound(page)
    await page.get_by_label("J’ai compris").check()
    await page.get_by_role("button", name="Effacer mon compte").dblclick()
    await expect(page.get_by_role("status")).to_contain_text("Votre compte est effacé")
    await sound(page)
    await elsewhere.goto(f"{season.url}/fr/account")
    await expect(elsewhere.locator("h1")).to_have_text("Se connecter")
    await elsewhere.get_by_role("link", name="Me connecter en tant que particulier").click()
    await elsewhere.goto(f"{elsewhere.url}&q={person['email']}")
    await elsewhere.locator(f'button[value="{person["id"]}"]').click()
    await expect(elsewhere.locator("h1")).to_have_text("Ce compte a été effacé")
    await sound(elsewhere)
