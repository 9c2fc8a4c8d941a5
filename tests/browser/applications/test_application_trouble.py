"""What goes wrong around an application: sessions that end, two at one form, pages that are old, buttons pressed twice."""

import asyncio
import json
import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from playwright.async_api import Page, expect
from pymongo import AsyncMongoClient

from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.season import Played, ready
from tests.platform import eventually

SAVE = "Enregistrer"
ANSWERED = "() => new Promise((done) => document.addEventListener('answered', () => done(), { once: true }))"


async def _save(page: Page) -> None:
    await page.locator(".actions").get_by_role("button", name=SAVE, exact=True).click()


async def _drafting(bench: Bench, season: Played, nth: int) -> tuple[Page, dict[str, Any], str]:
    page, person = await bench.page(), season.person("applicant", nth)
    address = await opening.start(season, page, person, await opening.open_call(season))
    await page.goto(f"{address}/steps/s-initiative")
    return page, person, address


async def test_saving_that_fails_is_said_and_loses_nothing(bench: Bench, season: Played) -> None:
    page, person, address = await _drafting(bench, season, 4)
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
    page, person, address = await _drafting(bench, season, 23)
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
    page, person, address = await _drafting(bench, season, 5)
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
    await _save(page)
    await expect(page.get_by_text("Quelqu’un d’autre a répondu ici entre-temps.")).to_be_visible()
    await sound(page)
    await expect(page.get_by_label("Titre", exact=True)).to_have_value("Mon titre")
    await _save(page)
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
    await _save(page)
    await stale.get_by_label("Titre", exact=True).fill("Plus ancien")
    await stale.get_by_label("Objet").fill("Un objet que seule cette page a.")
    await _save(stale)
    await expect(stale.locator("blockquote")).to_have_text("Plus récent")
    await expect(stale.get_by_label("Titre", exact=True)).to_have_value("Plus ancien")
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Plus récent", "Un objet que seule cette page a.")
    await stale.get_by_role("button", name="prenez la sienne").click()
    await expect(stale.get_by_label("Titre", exact=True)).to_have_value("Plus récent")


async def test_theirs_stays_until_somebody_has_chosen(bench: Bench, season: Played) -> None:
    theirs, person, address = await _drafting(bench, season, 20)
    mine = await theirs.context.new_page()
    await mine.goto(theirs.url)
    for page, whose in ((theirs, "à eux"), (mine, "à moi")):
        await page.get_by_label("Titre", exact=True).fill(f"Un titre {whose}")
        await page.get_by_label("Objet").fill(f"Un objet {whose}")
        await _save(page)
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
    await _save(mine)
    await expect(mine.locator(".notice.success")).to_be_visible()
    answers = (await opening.kept(season, person, address))["answers"]
    assert (answers["title"], answers["purpose"]) == ("Un titre à eux", "Un objet à moi")


async def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(bench: Bench, season: Played) -> None:
    for javascript, nth in ((False, 8), (True, 9)):
        page, person = await bench.page(javascript=javascript), season.person("applicant", nth)
        address = await opening.start(season, page, person, await opening.open_call(season))
        await page.goto(f"{address}/steps/s-initiative")
        await _expire(season, person)
        await page.get_by_label("Titre", exact=True).fill("Rien n’est perdu")
        if javascript:
            await expect(page.get_by_role("alert")).to_contain_text("Votre session a pris fin")
            await sound(page)
            page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
            await page.get_by_role("link", name="connectez-vous de nouveau").click()
        else:
            await _save(page)
        await page.wait_for_url("**/login?**")
        await season.sign_in(page, person, parse_qs(urlsplit(page.url).query)["next"][0])
        await page.get_by_role("button", name="Envoyer mes réponses").click()
        await page.wait_for_url("**/steps/s-initiative")
        await expect(page.get_by_label("Titre", exact=True)).to_have_value("Rien n’est perdu")
        assert (await opening.kept(season, person, address))["answers"]["title"] == "Rien n’est perdu"


async def test_who_types_and_saves_is_not_asked_whether_they_are_there(bench: Bench, season: Played) -> None:
    page, _, _ = await _drafting(bench, season, 12)
    await page.clock.install()
    await page.reload()
    minutes, dialog = 60 * 1_000, page.get_by_role("dialog", name="Êtes-vous toujours là")
    await page.clock.fast_forward(20 * minutes)
    answered = asyncio.ensure_future(page.evaluate(ANSWERED))
    await page.get_by_label("Titre", exact=True).fill("Écrit longuement")
    await answered
    await page.clock.fast_forward(10 * minutes)
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(16 * minutes)
    await expect(dialog).to_be_visible()


async def test_a_log_in_in_another_tab_leaves_an_open_form_what_was_typed(bench: Bench, season: Played) -> None:
    page, person, address = await _drafting(bench, season, 11)
    tab = await page.context.new_page()
    await season.sign_in(tab, person)
    await tab.close()
    await page.get_by_label("Titre", exact=True).fill("Tapé dans l’ancien onglet")
    await expect(page.get_by_role("alert")).to_contain_text("Vous vous êtes reconnecté")
    await sound(page)
    page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.get_by_role("link", name="reprenez-la").click()
    await page.get_by_role("button", name="Envoyer mes réponses").click()
    await page.wait_for_url("**/steps/s-initiative")
    assert (await opening.kept(season, person, address))["answers"]["title"] == "Tapé dans l’ancien onglet"
    bench.expect("status of 401|answer 401")


async def test_a_page_that_can_save_no_more_stops_and_says_why(bench: Bench, season: Played) -> None:
    page, person, address = await _drafting(bench, season, 21)
    friend, other = await bench.page(), season.person("applicant", 22)
    application = f"/applications/{address.rsplit('/', 1)[-1]}"
    await _do(season, person, "POST", f"{application}/members", {"person_id": other["id"]})
    await season.sign_in(friend, other, f"/fr{application}/steps/s-initiative")
    await _do(season, person, "DELETE", f"{application}/members/{other['id']}")
    await friend.get_by_label("Titre", exact=True).fill("Trop tard")
    await expect(friend.locator("#save-failed")).to_contain_text("Vous ne rédigez plus cette candidature")
    await expect(friend.get_by_role("link", name="voyez vos candidatures")).to_have_attribute(
        "href", "/fr/applications"
    )
    await sound(friend)
    await _do(season, person, "POST", f"{application}/withdrawal")
    await page.get_by_label("Titre", exact=True).fill("Trop tard")
    await expect(page.locator("#save-failed")).to_contain_text("elle ne se modifie plus")
    await expect(page.get_by_role("link", name="voyez où elle en est")).to_be_visible()
    bench.expect("answer 404|answer 409|status of 404|status of 409")


async def _do(season: Played, person: dict[str, Any], method: str, path: str, body: Any = None) -> None:
    await season.ask(person, method, "applications", path, body, headers={"Idempotency-Key": str(uuid4())})


async def _expire(season: Played, person: dict[str, Any]) -> None:
    """Make the person's sessions as old as one that nobody used for hours: the store keeps it, and it opens nothing."""
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(described["parts"]["mongodb"]["address"])
    try:
        old = datetime.now(UTC) - timedelta(hours=2)
        for name in await client.list_database_names():
            if name.endswith("portal"):
                await client[name]["sessions"].update_many({"person_id": person["id"]}, {"$set": {"seen": old}})
    finally:
        await client.close()


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
