"""The bench itself: each check lets a good page through and catches a bad one."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from deploy.local import ports
from services.chassis.serving import HttpServer
from tests.browser.bench import Bench
from tests.browser.checks import STANDARDS, accessible, axe_source, sound, weight
from tests.browser.keyboard import Keyboard
from tests.browser.markup import valid_html
from tests.browser.site import FORM, PAGE, site


@pytest.fixture(scope="module")
async def home() -> AsyncIterator[str]:
    port = ports.free_port()
    server = HttpServer(site(), ports.LOOPBACK, port, "site")
    await server.start()
    yield f"http://{ports.LOOPBACK}:{port}/"
    server.close()
    await server.closed()


def showing(home: str, markup: str) -> str:
    return f"{home}?main={quote(markup)}"


async def test_a_good_page_is_sound(page: Page, home: str) -> None:
    response = await page.goto(home)
    assert response
    valid_html(await response.text())
    await expect(page.get_by_text("Un pas de plus.")).to_be_visible()
    await sound(page)


async def test_what_a_browser_mends_is_caught(bench: Bench, home: str) -> None:
    page = await bench.page(showing(home, "<ul><li>Un<li>Deux</ul>"))
    with pytest.raises(AssertionError, match="not closed"):
        await sound(page)


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<p class="pale">Trop pâle pour être lu.</p>', "color-contrast"),
        ('<p><img src="/style.css" alt=""><input></p>', "label"),
        ('<p><a href="/"></a></p>', "link-name"),
        ('<div role="button" tabindex="0" aria-checked="maybe">x</div>', "aria"),
    ],
)
async def test_axe_catches(bench: Bench, home: str, markup: str, rule: str) -> None:
    page = await bench.page(showing(home, markup))
    with pytest.raises(AssertionError, match=rule):
        await accessible(page)


def test_axe_knows_every_standard() -> None:
    assert not [tag for tag in STANDARDS if f'"{tag}"' not in axe_source()]


async def test_an_outgoing_request_is_caught_and_goes_nowhere(bench: Bench, home: str) -> None:
    page = await bench.page(home)
    with pytest.raises(Exception, match="ERR_PROXY_CONNECTION_FAILED"):
        await page.goto("http://192.0.2.1/")
    assert bench.troubles() == ["request to another origin: http://192.0.2.1/"]
    bench.expect("192.0.2.1")


@pytest.mark.parametrize(
    ("markup", "trouble"),
    [
        ('<p style="color: red">x</p>', "console: .*inline style"),
        ("<script>document.title = 'x'</script>", "console: .*inline script"),
        ('<p><img src="https://example.org/x.png" alt=""></p>', "example.org"),
        ('<p><img src="/absente.png" alt=""></p>', "answer 404 for image: GET .*/absente.png"),
        ('<p><a href="/panne">Panne</a></p>', "answer 500 for document"),
    ],
)
async def test_trouble_is_recorded(bench: Bench, home: str, markup: str, trouble: str) -> None:
    page = await bench.page(showing(home, markup))
    if "panne" in markup:
        await page.get_by_role("link", name="Panne").click()
        await page.wait_for_load_state()
    assert bench.troubles()
    bench.expect(trouble)
    assert not bench.troubles()


async def test_a_script_error_is_recorded(bench: Bench, home: str) -> None:
    page = await bench.page(home)
    async with page.expect_event("pageerror"):
        await page.evaluate("() => { setTimeout(() => { throw new Error('raté') }) }")
    assert bench.troubles() == ["script error: raté"]
    bench.expect("raté")


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("<p>un<div>deux</div></p>", "Unexpected </p>"),
        ("<section><p>un</p>", "not closed before"),
        ('<p id="contenu">x</p>', "'contenu' is given 2 times"),
        ("<h1>Deux</h1>", "one <h1>"),
        ("<h3>Trois</h3>", "comes after <h1>"),
        ('<p><input name="x"></p>', "'x'. has no label"),
        ('<p><button type="button"></button></p>', "has no name"),
        ('<p><a href="#nulle-part">x</a></p>', "which is not there"),
        ('<p hx-get="/">x</p>', "data-hx-get="),
        ('<p onclick="x">x</p>', "policy refuses"),
        ("<ul><p>x</p></ul>", "directly in <ul>"),
        ('<p lang="fr" lang="en">x</p>', "an attribute twice"),
        ("<p>1 < 2</p>", "not escaped"),
        ("<center>x</center>", "no element of HTML"),
        ("<form><div><form></form></div></form>", "stands within <form>"),
    ],
)
def test_an_invalid_page_is_caught(markup: str, problem: str) -> None:
    valid_html(PAGE.format(main="<p>Un &amp; deux.</p>"))
    with pytest.raises(AssertionError, match=problem):
        valid_html(PAGE.format(main=markup))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (' lang="fr"', "", "a language"),
        ("<!doctype html>", "", "doctype"),
        ('<a href="#contenu">Aller au contenu</a>', '<a href="/">Accueil</a>', "skip link"),
    ],
)
def test_an_invalid_document_is_caught(before: str, after: str, problem: str) -> None:
    with pytest.raises(AssertionError, match=problem):
        valid_html(PAGE.format(main="").replace(before, after))


def test_a_fragment_is_judged_alone() -> None:
    valid_html(FORM.format(error=""), fragment=True)
    with pytest.raises(AssertionError, match="never closed"):
        valid_html("<div><p>x</p>", fragment=True)


@pytest.mark.parametrize("javascript", [True, False])
async def test_a_form_with_and_without_javascript(bench: Bench, home: str, javascript: bool) -> None:
    page = await bench.page(home, javascript=javascript)
    await page.get_by_role("button", name="Saluer").click()
    await expect(page.get_by_role("alert")).to_have_text("Dites votre nom.")
    assert page.url == (home if javascript else f"{home}saluer")
    await page.get_by_label("Votre nom").fill("Zoé")
    await page.get_by_role("button", name="Saluer").click()
    await expect(page.get_by_text("Bonjour Zoé")).to_be_visible()
    await sound(page)
    await page.goto(home)
    assert await page.evaluate("() => 'htmx' in window") == javascript


async def test_a_form_with_the_keyboard_only(bench: Bench, home: str) -> None:
    page = await bench.page(home)
    keyboard = Keyboard(page)
    await keyboard.write(page.get_by_label("Votre nom"), "Zoé")
    await keyboard.tick(page.get_by_label("Vouvoyer"))
    await keyboard.choose(page.get_by_label("Pays"), "France")
    await keyboard.activate(page.get_by_role("button", name="Saluer"))
    await expect(page.get_by_text("Bonjour Zoé, vous, France.")).to_be_visible()


async def test_what_the_keyboard_does_not_reach_is_caught(bench: Bench, home: str) -> None:
    page = await bench.page(showing(home, '<p><a id="x" tabindex="-1" href="/">Ailleurs</a></p>'))
    with pytest.raises(AssertionError, match="cannot be reached"):
        await Keyboard(page).reach(page.get_by_role("link", name="Ailleurs"))


async def test_a_focus_that_cannot_be_seen_is_caught(bench: Bench, home: str) -> None:
    page = await bench.page(showing(home, '<p><a class="nu" href="/">Ailleurs</a></p>'))
    with pytest.raises(AssertionError, match="cannot be seen"):
        await Keyboard(page).reach(page.get_by_role("link", name="Ailleurs"))


async def test_readers_differ(bench: Bench, home: str) -> None:
    ours = "() => [innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]"
    at_home = await bench.page(home)
    away = await bench.page(home, phone=True, locale="en-GB", timezone="America/Guadeloupe")
    assert await at_home.evaluate(ours) == [1280, "fr-FR", "Europe/Paris"]
    assert await away.evaluate(ours) == [360, "en-GB", "America/Guadeloupe"]


@pytest.mark.parametrize(("cookies", "found"), [(True, "sec"), (False, "aucun")])
async def test_cookies_can_be_off(bench: Bench, home: str, cookies: bool, found: str) -> None:
    page = await bench.page(f"{home}donner", cookies=cookies)
    assert page.url == f"{home}biscuit"
    await expect(page.get_by_text(f"Biscuit : {found}")).to_be_visible()


async def test_a_first_load_is_weighed(page: Page, home: str) -> None:
    found = await weight(page, home)
    assert {address.removeprefix(home) for address in found.parts} >= {"", "style.css", "vendor/htmx.min.js"}
    assert 40_000 < found.total < 150_000
