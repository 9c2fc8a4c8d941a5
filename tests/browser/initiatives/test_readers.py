"""Readers of a territory or of a sector: theirs only, in figures, as a list and as files."""

from typing import Any

from playwright.async_api import expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.doing import post, until
from tests.browser.office import desk
from tests.browser.season import Played


async def _reader(season: Played, nth: int, role: str, **scope: str) -> dict[str, Any]:
    """An applicant of the season who now also reads a territory or a sector, and whom the observatory knows as such."""
    person = season.person("applicant", nth)
    path, body = f"/persons/{person['id']}/roles", {"role": role, **scope}
    await post(season, season.person("administrator"), "people", path, body)
    reader = {**person, "roles": [*person["roles"], role]}
    code = next(iter(scope.values()))
    area = "territories" if role == "territory_reader" else "sectors"

    async def known() -> bool:
        try:
            await season.ask(reader, "GET", "observatory", f"/{area}/{code}/initiatives")
        except AssertionError:
            return False
        return True

    await until(known)
    return reader


async def test_a_territory_is_read_alone(bench: Bench, season: Played) -> None:
    found = (await season.ask(None, "GET", "observatory", "/laureates"))["items"][0]
    code = found["departement"]
    reader, page = await _reader(season, 22, "territory_reader", territory=code), await bench.page()
    await season.sign_in(page, reader, "/fr/territory")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"({code})")
    await sound(page)
    await bench.screen(page, "territory")
    await page.get_by_label("Numéro, titre ou organisation").fill(found["number"])
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    head, *rows = await desk.taken_away(page, "CSV")
    assert [row[head.index("Numéro")] for row in rows] == [found["number"]]
    await page.goto(
        f"{season.url}/fr/territory?sort=committed_cents&order=desc&state=nonsense&theme=<script>&call_id=x"
    )
    await sound(page)
    head, *rows = await desk.taken_away(page, "XLSX")
    assert {row[head.index("Département")].rpartition("(")[2] for row in rows} == {f"{code})"}
    assert max(row[head.index("Engagé (€)")] for row in rows) == found["committed_cents"] / 100
    await page.goto(f"{season.url}/fr/territory?q=rien+de+tel")
    await expect(page.get_by_role("link", name="Tout afficher")).to_be_visible()
    await sound(page)
    answer = await page.goto(f"{season.url}/fr/sector")
    assert answer
    assert answer.status == 403


async def test_a_sector_is_read_alone_on_a_phone(bench: Bench, season: Played) -> None:
    found = (await season.ask(None, "GET", "observatory", "/laureates"))["items"][0]
    reader = await _reader(season, 23, "sector_reader", sector=found["theme"])
    page = await bench.page(phone=True, javascript=False)
    await season.sign_in(page, reader, "/fr/sector")
    await sound(page)
    await desk.fits(page)
    await bench.screen(page, "sector")
    await page.get_by_label("État").select_option(found["state"])
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_role("link", name=found["number"])).to_be_visible()
    head, *rows = await desk.taken_away(page, "CSV")
    assert len({row[head.index("Thème")] for row in rows}) == len({row[head.index("État")] for row in rows}) == 1
    await page.get_by_role("link", name=found["number"]).click()
    await page.wait_for_url(f"**/laureates/{found['initiative_id']}")
