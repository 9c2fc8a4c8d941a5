"""The public pages as any reader has them: at a desk, on a phone, in the dark, without JavaScript, on paper."""

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.public import reading
from tests.browser.season import Played

NOT_SHARED = {"/feedback": "private, no-cache", "/login": "no-store"}


@pytest.fixture
def allowed_origins(season: Played) -> frozenset[str]:
    return season.origins


async def test_at_a_desk_in_french(bench: Bench, season: Played) -> None:
    page = await bench.page()
    for path in await reading.pages(season):
        await page.goto(f"{season.url}/fr{path}")
        await sound(page)
        await expect(page.locator("h1")).to_have_count(1)
        await expect(page.get_by_role("link", name="Accessibilité : partiellement conforme").last).to_be_visible()
        await bench.screen(page, reading.slug(path))


async def test_on_a_phone_in_english(bench: Bench, season: Played) -> None:
    page = await bench.page(phone=True, locale="en-GB")
    for path in await reading.pages(season):
        await page.goto(f"{season.url}/en{path}")
        assert await page.get_attribute("html", "lang") == "en"
        await sound(page)
        await reading.fits(page)
        await bench.screen(page, reading.slug(path))


async def test_in_the_dark_and_without_javascript(bench: Bench, season: Played) -> None:
    page = await bench.page(dark=True, javascript=False)
    for path in ("/", "/laureates/map", "/barometer", "/quality", "/feedback"):
        await page.goto(f"{season.url}/fr{path}")
        await accessible(page)
        await bench.screen(page, reading.slug(path))


async def test_in_forced_colours_and_on_paper(bench: Bench, season: Played) -> None:
    page = await bench.page(high_contrast=True)
    for path in ("/", "/laureates/map", "/barometer"):
        await page.goto(f"{season.url}/fr{path}")
        await accessible(page)
        await bench.screen(page, reading.slug(path))
    paper = await bench.page()
    for path in ("/laureates/map", (await reading.pages(season))[-2]):
        await paper.goto(f"{season.url}/fr{path}")
        await paper.emulate_media(media="print")
        await expect(paper.get_by_role("navigation")).to_have_count(0)
        await expect(paper.locator("h1")).to_be_visible()
        await bench.screen(paper, f"paper-{reading.slug(path)}")


async def test_the_language_is_in_the_address_and_kept(bench: Bench, season: Played) -> None:
    page = await bench.page(locale="en-GB")
    await page.goto(f"{season.url}/laureates?sort=title&order=desc")
    assert page.url == f"{season.url}/en/laureates?sort=title&order=desc"
    await page.get_by_role("link", name="Français").click()
    assert page.url == f"{season.url}/fr/laureates?sort=title&order=desc"
    await expect(page.locator("h1")).to_have_text("Lauréats")
    assert await page.get_attribute("link[rel=alternate]", "href") == "/en/laureates?sort=title&order=desc"
    await page.goto(season.url)
    assert page.url == f"{season.url}/fr/"


async def test_deadlines_have_an_hour_a_zone_and_the_readers_own(bench: Bench, season: Played) -> None:
    path = (await reading.pages(season))[-2]
    at_home = await bench.page(f"{season.url}/fr{path}")
    deadline = at_home.locator("dl.facts dd").nth(1)
    await expect(deadline).to_contain_text("(heure de Paris)")
    await expect(deadline.locator(".own-time")).to_have_count(0)
    away = await bench.page(f"{season.url}/fr{path}", timezone="America/Martinique")
    deadline = away.locator("dl.facts dd").nth(1)
    await expect(deadline).to_contain_text("(heure de Paris)")
    await expect(deadline.locator(".own-time")).to_contain_text("America/Martinique")
    shown, own = await deadline.locator("time").inner_text(), await deadline.locator(".own-time").inner_text()
    assert shown.split(" à ")[1][:5] != own.split(", ")[0][-5:]
    await sound(away)


async def test_pages_that_are_not_there(bench: Bench, season: Played) -> None:
    page = await bench.page(phone=True)
    unknown = "00000000-0000-4000-8000-000000000000"
    for path in ("/nowhere", f"/calls/{unknown}", f"/laureates/{unknown}", "/calls/x", "/open-data/x.csv"):
        answer = await page.goto(f"{season.url}/fr{path}")
        assert answer
        assert answer.status == 404, path
        await expect(page.locator("h1")).to_have_text("Rien à cette adresse")
        await expect(page.get_by_role("main").get_by_role("link", name="Accueil")).to_be_visible()
        await sound(page)
        await reading.fits(page)
    await bench.screen(page, "missing")


async def test_a_shared_cache_can_keep_every_page(season: Played) -> None:
    async with httpx.AsyncClient(base_url=season.url, timeout=30, trust_env=False) as client:
        for path in await reading.pages(season):
            if path in NOT_SHARED:
                assert (await client.get(f"/fr{path}")).headers["cache-control"] == NOT_SHARED[path]
                continue
            first = await client.get(f"/fr{path}", headers={"Cookie": "session=whatever; language=en"})
            assert first.status_code == 200
            assert first.headers["cache-control"].startswith("public, max-age="), path
            assert "set-cookie" not in first.headers
            assert first.headers["vary"] == "Accept-Encoding"
            tag = first.headers["etag"]
            for sent in (tag, f"W/{tag}", f'"other", {tag}'):
                again = await client.get(f"/fr{path}", headers={"If-None-Match": sent})
                assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
            assert (await client.get(f"/en{path}")).headers["etag"] != tag
            head = await client.head(f"/fr{path}")
            assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
