"""What ends or changes under an application that is being filled in: sessions, log-ins, what may be saved."""

import asyncio
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import expect

from tests.browser.account.newcomers import grow_old
from tests.browser.applications import opening
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import send
from tests.browser.season import Played

ANSWERED = "() => new Promise((done) => document.addEventListener('answered', () => done(), { once: true }))"


async def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(bench: Bench, season: Played) -> None:
    for javascript, nth in ((False, 8), (True, 9)):
        page, person = await bench.page(javascript=javascript), season.person("applicant", nth)
        address = await opening.start(season, page, person, await opening.open_call(season))
        await page.goto(f"{address}/steps/s-initiative")
        await grow_old(season, person)
        await page.get_by_label("Titre", exact=True).fill("Rien n’est perdu")
        if javascript:
            await expect(page.get_by_role("alert")).to_contain_text("Votre session a pris fin")
            await sound(page)
            page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
            await page.get_by_role("link", name="connectez-vous de nouveau").click()
        else:
            await opening.save(page)
        await page.wait_for_url("**/login?**")
        await season.sign_in(page, person, parse_qs(urlsplit(page.url).query)["next"][0])
        await page.get_by_role("button", name="Envoyer mes réponses").click()
        await page.wait_for_url("**/steps/s-initiative")
        await expect(page.get_by_label("Titre", exact=True)).to_have_value("Rien n’est perdu")
        assert (await opening.kept(season, person, address))["answers"]["title"] == "Rien n’est perdu"


async def test_who_types_and_saves_is_not_asked_whether_they_are_there(bench: Bench, season: Played) -> None:
    page, _, _ = await opening.drafting(bench, season, 12)
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
    page, person, address = await opening.drafting(bench, season, 11)
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
    page, person, address = await opening.drafting(bench, season, 21)
    friend, other = await bench.page(), season.person("applicant", 22)
    application = f"/applications/{address.rsplit('/', 1)[-1]}"
    await send(season, person, "POST", "applications", f"{application}/members", {"person_id": other["id"]})
    await season.sign_in(friend, other, f"/fr{application}/steps/s-initiative")
    await send(season, person, "DELETE", "applications", f"{application}/members/{other['id']}")
    await friend.get_by_label("Titre", exact=True).fill("Trop tard")
    await expect(friend.locator("#save-failed")).to_contain_text("Vous ne rédigez plus cette candidature")
    await expect(friend.get_by_role("link", name="voyez vos candidatures")).to_have_attribute(
        "href", "/fr/applications"
    )
    await sound(friend)
    await send(season, person, "POST", "applications", f"{application}/withdrawal")
    await page.get_by_label("Titre", exact=True).fill("Trop tard")
    await expect(page.locator("#save-failed")).to_contain_text("elle ne se modifie plus")
    await expect(page.get_by_role("link", name="voyez où elle en est")).to_be_visible()
    bench.expect("answer 404|answer 409|status of 404|status of 409")
