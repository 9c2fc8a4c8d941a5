"""What goes wrong around an application: sessions that end, two at one form, pages that are old, buttons pressed twice."""

import json
import os
import signal
from typing import Any

from playwright.async_api import expect

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.season import Played, ready
from tests.platform import eventually


async def test_saving_that_fails_is_said_and_loses_nothing(bench: Bench, season: Played) -> None:
    page, person, address = await opening.drafting(bench, season, 4)
    await page.context.set_offline(True)
    await page.get_by_label("Titre", exact=True).fill("Écrit hors ligne")
    await expect(page.get_by_role("alert")).to_contain_text("L’enregistrement a échoué")
    await expect(page.get_by_label("Titre", exact=True)).to_have_value("Écrit hors ligne")
    await sound(page)
    await page.context.set_offline(False)
    await opening.saved(page)
    assert (await opening.kept(season, person, address))["answers"]["title"] == "Écrit hors ligne"
    bench.expect("ERR_INTERNET_DISCONNECTED")


async def test_a_power_cut_in_the_middle_of_a_form_loses_no_word(bench: Bench, season: Played) -> None:
    page, person, address = await opening.drafting(bench, season, 23)
    await page.get_by_label("Titre", exact=True).fill("Avant la panne")
    await opening.saved(page)
    _cut_the_power(season)
    await page.get_by_label("Objet").fill("Écrit pendant la panne, sans l’avoir vue.")
    await expect(page.get_by_role("alert")).to_contain_text("L’enregistrement a échoué")
    await eventually(lambda: ready(season.ports))
    await opening.saved(page)
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Avant la panne", "Écrit pendant la panne, sans l’avoir vue.")
    bench.expect("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|answer 503|status of 503")


def _cut_the_power(season: Played) -> None:
    """Kill every process of the platform at once; its supervisor starts them again."""
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    for each in (*described["parts"].values(), *described["processes"].values()):
        os.kill(each["pid"], signal.SIGKILL)


async def test_two_people_at_one_application(bench: Bench, season: Played) -> None:
    page, person, address = await opening.drafting(bench, season, 5)
    await page.goto(f"{address}/editors")
    await sound(page)
    await page.get_by_label("Adresse électronique").fill("amie@exemple.fr")
    await page.get_by_role("button", name="Créer une invitation").click()
    link = await page.get_by_label("Lien", exact=True).input_value()
    await sound(page)
    friend = await bench.page()
    await season.sign_in(friend, season.person("applicant", 6), link.removeprefix(season.url))
    await sound(friend)
    await friend.get_by_role("button", name="Accepter").click()
    await expect(friend.get_by_text("Vous rédigez désormais cette candidature.")).to_be_visible()
    await page.reload()
    await page.get_by_role(
        "link", name="Retirer – Rédacteur 1, venu par l’invitation destinée à amie@exemple.fr"
    ).click()
    await expect(page.get_by_role("main")).to_contain_text("amie@exemple.fr")
    await sound(page)
    for each in (page, friend):
        await each.goto(f"{address}/steps/s-initiative")
    await friend.get_by_label("Titre", exact=True).fill("Titre de l’amie")
    await opening.saved(friend)
    await _eventually(season, person, address, "title", "Titre de l’amie")
    await page.get_by_label("Objet").fill("Un objet tout à fait différent, par moi.")
    await _eventually(season, person, address, "purpose", "Un objet tout à fait différent, par moi.")
    assert (await opening.kept(season, person, address))["answers"]["title"] == "Titre de l’amie"
    await page.get_by_label("Titre", exact=True).fill("Mon titre")
    await expect(page.get_by_role("alert")).to_contain_text("Titre de l’amie")
    await expect(page.get_by_label("Titre", exact=True)).to_have_value("Mon titre")
    await opening.save(page)
    await expect(page.get_by_text("Quelqu’un d’autre a répondu ici entre-temps.")).to_be_visible()
    await sound(page)
    await expect(page.get_by_label("Titre", exact=True)).to_have_value("Mon titre")
    await opening.save(page)
    await expect(page.locator(".notice.success")).to_contain_text("Enregistré à")
    assert (await opening.kept(season, person, address))["answers"]["title"] == "Mon titre"


async def _eventually(season: Played, person: dict[str, Any], address: str, code: str, answer: str) -> None:
    await eventually(lambda: opening.kept(season, person, address), lambda found: found["answers"].get(code) == answer)


async def test_a_stale_page_does_not_undo_a_newer_one(bench: Bench, season: Played) -> None:
    page = await bench.page(javascript=False)
    person = season.person("applicant", 7)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/steps/s-initiative")
    stale = await page.context.new_page()
    await stale.goto(page.url)
    await page.get_by_label("Titre", exact=True).fill("Plus récent")
    await opening.save(page)
    await stale.get_by_label("Titre", exact=True).fill("Plus ancien")
    await stale.get_by_label("Objet").fill("Un objet que seule cette page a.")
    await opening.save(stale)
    await expect(stale.locator("blockquote")).to_have_text("Plus récent")
    await expect(stale.get_by_label("Titre", exact=True)).to_have_value("Plus ancien")
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Plus récent", "Un objet que seule cette page a.")
    await stale.get_by_role("button", name="prenez la sienne").click()
    await expect(stale.get_by_label("Titre", exact=True)).to_have_value("Plus récent")


async def test_theirs_stays_until_somebody_has_chosen(bench: Bench, season: Played) -> None:
    theirs, person, address = await opening.drafting(bench, season, 20)
    mine = await theirs.context.new_page()
    await mine.goto(theirs.url)
    for page, whose in ((theirs, "à eux"), (mine, "à moi")):
        await page.get_by_label("Titre", exact=True).fill(f"Un titre {whose}")
        await page.get_by_label("Objet").fill(f"Un objet {whose}")
        await opening.save(page)
        await expect(page.locator("#errors" if page is mine else ".notice.success")).to_be_visible()
    await mine.get_by_label("Département").select_option("35")
    await _eventually(season, person, address, "departement", "35")
    await expect(mine.locator("#save-failed")).to_contain_text("Un titre à eux")
    await mine.get_by_role("button", name="prenez la sienne").first.click()
    await expect(mine.get_by_role("button", name="prenez la sienne")).to_have_count(1)
    await expect(mine.get_by_label("Titre", exact=True)).to_have_value("Un titre à eux")
    await expect(mine.get_by_label("Objet")).to_have_value("Un objet à moi")
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Un titre à eux", "Un objet à eux")
    await opening.save(mine)
    await expect(mine.locator(".notice.success")).to_be_visible()
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Un titre à eux", "Un objet à moi")


async def test_double_click_and_back_after_submitting(bench: Bench, season: Played) -> None:
    page, person = await bench.page(), season.person("applicant", 10)
    address = await opening.start(season, page, person, await opening.open_call(season))
    for fill in (opening.fill_person, opening.fill_initiative, opening.fill_budget, opening.fill_commitments):
        await fill(page)
        await opening.go_on(page)
    await page.goto(f"{address}/submit")
    await page.get_by_role("button", name="Déposer la candidature").dblclick()
    await page.wait_for_url("**/receipt")
    number = (await opening.kept(season, person, address))["number"]
    await page.go_back()
    if await page.get_by_role("button", name="Déposer la candidature").count():
        await page.get_by_role("button", name="Déposer la candidature").click()
        await page.wait_for_url("**/receipt")
    assert (await opening.kept(season, person, address))["number"] == number
    await page.goto(f"{address}/steps/s-initiative")
    await expect(page.get_by_text("Cette candidature est déposée : elle ne se modifie plus.")).to_be_visible()
    await page.goto(f"{address}/withdrawal")
    await sound(page)
    await page.get_by_role("button", name="La retirer").click()
    await expect(page.get_by_text("La candidature est retirée.")).to_be_visible()
    await sound(page)
