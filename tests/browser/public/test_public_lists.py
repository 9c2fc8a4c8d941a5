"""Searching, filtering and sorting what is published; the map; one initiative; figures and files."""

import csv
import io
import json

import pytest
from playwright.async_api import expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.keyboard import Keyboard
from tests.browser.public import reading
from tests.browser.season import Played

SCDL = (
    "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,objet"
)


@pytest.fixture
def allowed_origins(season: Played) -> frozenset[str]:
    return season.origins


async def test_laureates_are_searched_filtered_and_sorted_with_the_keyboard(bench: Bench, season: Played) -> None:
    found = await reading.laureates(season)
    page = await bench.page(f"{season.url}/fr/laureates")
    keyboard = Keyboard(page)
    await keyboard.activate(page.get_by_role("link", name="Aller au contenu"))
    await keyboard.write(page.get_by_role("searchbox"), found[0]["number"])
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.get_by_role("status")).to_contain_text("1 lauréat")
    await sound(page)
    shared = await bench.page(page.url, javascript=False)
    await expect(shared.locator("tbody tr")).to_contain_text(found[0]["number"])
    await keyboard.activate(page.get_by_role("link", name="Retirer tous les filtres"))
    await expect(page.locator("tbody tr")).to_have_count(min(len(found), 20))
    await keyboard.activate(page.locator("th[aria-sort=ascending]").get_by_role("link", name="Numéro"))
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("Numéro")
    await expect(page.locator("tbody tr").first).to_contain_text(max(row["number"] for row in found))
    await keyboard.write(page.get_by_role("searchbox"), "<script>alert(1)</script> \u202eمبادرة 🌱")
    await keyboard.activate(page.get_by_role("button", name="Afficher"))
    await expect(page.get_by_text("Aucun lauréat ne correspond.")).to_be_visible()
    await sound(page)
    for query in ("sort=nothing&order=up", "departement=99&kind=x&theme=%00&call=1", "after=nonsense&q=" + "x" * 500):
        answer = await page.goto(f"{season.url}/fr/laureates?{query}")
        assert answer
        assert answer.status < 500, query
        await sound(page)


async def test_the_map_and_its_table_lead_to_the_same_laureates(bench: Bench, season: Played) -> None:
    found = await reading.laureates(season)
    page = await bench.page(f"{season.url}/fr/laureates/map")
    await expect(page.locator("div.map path")).to_have_count(101)
    linked = page.locator("div.map svg a")
    name = await linked.first.get_attribute("aria-label")
    keyboard = Keyboard(page)
    await keyboard.reach(linked.first)
    await bench.screen(page, "focus")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/laureates?departement=*")
    here = page.url.rpartition("=")[2]
    assert name
    assert f"({here})" in name
    await expect(page.locator("tbody tr")).to_have_count(sum(row["departement"] == here for row in found))
    await page.go_back()
    await keyboard.activate(page.get_by_role("table").get_by_role("link").first)
    await page.wait_for_url("**/laureates?departement=*")
    await page.goto(f"{season.url}/fr/laureates/map?measure=recorded_projects")
    await page.locator("table a[href*='/funded-projects?']").first.click()
    await page.wait_for_url("**/funded-projects?departement=*")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await sound(page)


async def test_an_initiative_tells_what_happened_to_it(bench: Bench, season: Played) -> None:
    chosen = next(row for row in await reading.laureates(season) if row["state"] == "closed")
    page = await bench.page(f"{season.url}/fr/laureates/{chosen['initiative_id']}", javascript=False)
    await expect(page.locator(".timeline")).to_contain_text("Accélération achevée")
    moments = await page.locator(".timeline time").evaluate_all("all => all.map(each => each.dateTime)")
    assert moments == sorted(moments)
    await expect(page.locator("dl.facts")).to_contain_text("Thème")
    await sound(page)


async def test_the_barometer_is_narrowed_down_and_says_how_it_counts(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/barometer", javascript=False)
    everything = await page.locator("tbody tr").count()
    await page.get_by_label("Territoire").select_option("FRANCE")
    await page.get_by_role("button", name="Afficher").click()
    assert 0 < await page.locator("tbody tr").count() < everything
    await sound(page)
    for query in ("quarter=2999-Q1", "quarter=<b>&territory=D99&indicator=x"):
        await page.goto(f"{season.url}/fr/barometer?{query}")
        await expect(page.get_by_role("status")).to_be_visible()
        await sound(page)


async def test_data_is_downloaded_and_asked_for_again_for_nothing(bench: Bench, season: Played) -> None:
    page = await bench.page(f"{season.url}/fr/open-data")
    await expect(page.get_by_role("link", name="Licence Ouverte")).to_have_attribute("rel", "license")
    async with page.expect_download() as waiting:
        await page.locator('a[href$="/open-data/grants.csv"]').click()
    text = (await (await waiting.value).path()).read_text(encoding="utf-8")
    assert text.startswith(SCDL)
    assert len(list(csv.DictReader(io.StringIO(text)))) >= 1
    address = f"{season.url}/fr/open-data/laureates.json"
    answer = await page.request.get(address)
    assert len(json.loads(await answer.text())) >= 1
    again = await page.request.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status == 304
    assert answer.headers["cache-control"].startswith("max-age=")
