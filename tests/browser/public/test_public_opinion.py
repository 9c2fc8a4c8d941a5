"""« Je donne mon avis », by anyone: what is taken, what is not, and what is said about it."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.keyboard import Keyboard
from tests.browser.public import reading
from tests.browser.season import Played

WORDS = {
    "script": "<script>document.title='x'</script><img src=x onerror=alert(1)>",
    "right to left": "شكرا جزيلا \u202eabc",
    "emoji": "Merci 🌱👩🏽‍🌾 !",
    "pasted spaces": "\u00a0\t  clair et rapide \u2009\u00a0\r\n\r\n ",
}


@pytest.fixture
def allowed_origins(season: Played) -> frozenset[str]:
    return season.origins


async def _choose(page: Page) -> None:
    await page.get_by_label("Sur quoi porte votre avis").select_option("site")
    await page.get_by_role("group", name="Comment cela s’est-il passé").get_by_label("Bien").check()


async def _said(season: Played) -> list[str]:
    officer = season.person("programme_officer")
    found = await season.ask(officer, "GET", "feedback", "/opinions", params={"step": "site", "limit": 100})
    return [each["words"] for each in found["items"] if each.get("words")]


async def test_with_the_keyboard_alone(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/quality")
    keyboard = Keyboard(page)
    await keyboard.activate(page.get_by_role("main").get_by_role("link", name="Je donne mon avis"))
    await page.wait_for_url("**/feedback")
    await keyboard.choose(page.get_by_label("Sur quoi porte votre avis"), "Ce site")
    await keyboard.tick(page.get_by_role("group", name="Comment cela s’est-il passé").get_by_label("Bien"))
    await keyboard.activate(page.get_by_role("button", name="Envoyer mon avis"))
    await page.wait_for_url("**/feedback/thanks")
    await sound(page)


async def test_nothing_and_too_much_are_said_and_kept(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/feedback", javascript=False, phone=True)
    await page.locator("form[method=post]").evaluate("form => form.noValidate = true")
    await page.get_by_role("button", name="Envoyer mon avis").click()
    await expect(page.get_by_role("alert").get_by_role("listitem")).to_have_count(2)
    await sound(page)
    await reading.fits(page)
    await bench.screen(page, "errors")
    await _choose(page)
    long = "é" * 2_001
    await page.get_by_label("Avec vos mots").evaluate(
        "(area, text) => { area.removeAttribute('maxlength'); area.value = text }", long
    )
    await page.get_by_role("button", name="Envoyer mon avis").click()
    await expect(page.get_by_role("alert")).to_contain_text("2000 caractères")
    await expect(page.get_by_label("Avec vos mots")).to_have_value(long)
    await sound(page)


async def test_any_words_arrive_as_they_were_written(bench: Bench, season: Played) -> None:
    page = await bench.page(javascript=False)
    for text in WORDS.values():
        await page.goto(f"{season.url}/fr/feedback?step=site&call_id=<b>&token=../../x")
        await _choose(page)
        await page.get_by_label("Avec vos mots").fill(text)
        await page.get_by_role("button", name="Envoyer mon avis").click()
        await page.wait_for_url("**/feedback/thanks")
    said = await _said(season)
    for text in WORDS.values():
        assert text.replace("\r\n", "\n").strip() in said


async def test_pressed_twice_and_sent_again_it_counts_once(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/feedback")
    await _choose(page)
    await page.get_by_label("Avec vos mots").fill("Une fois seulement")
    await page.get_by_role("button", name="Envoyer mon avis").dblclick()
    await page.wait_for_url("**/feedback/thanks")
    await page.go_back()
    if await page.get_by_label("Avec vos mots").input_value() == "Une fois seulement":
        await page.get_by_role("button", name="Envoyer mon avis").click()
        await page.wait_for_url("**/feedback/thanks")
    assert (await _said(season)).count("Une fois seulement") == 1
