"""A panellist's queue as a list: found by number or title, filtered, sorted, by an address that can be kept."""

from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.evaluation.conftest import Rounds
from tests.browser.season import Played


async def _column(page: Page, nth: int) -> list[str]:
    return [text.strip() for text in await page.locator(f"main tbody tr > :nth-child({nth})").all_inner_texts()]


async def test_a_queue_is_searched_and_sorted(bench: Bench, season: Played, made: Rounds) -> None:
    page, member = await bench.page(), made.closed.panel[0]
    await season.sign_in(page, member, f"/fr/panel/{made.closed.call_id}")
    numbers, titles = await _column(page, 1), await _column(page, 3)
    await page.get_by_role("link", name="Numéro", exact=True).click()
    assert await _column(page, 1) == sorted(numbers)
    await expect(page.get_by_role("columnheader", name="Numéro")).to_have_attribute("aria-sort", "ascending")
    await page.get_by_role("link", name="Numéro", exact=True).click()
    assert await _column(page, 1) == sorted(numbers, reverse=True)
    await sound(page)
    for sought, place in ((numbers[1][-4:], 1), (titles[0].upper(), 0)):
        await page.get_by_label("Numéro ou titre").fill(sought)
        await page.get_by_role("button", name="Filtrer").press("Enter")
        await expect(page.get_by_label("Numéro ou titre")).to_have_value(sought)
        assert numbers[place] in await _column(page, 1)
        await page.reload()
        assert numbers[place] in await _column(page, 1)
    await bench.screen(page, "found")
    await page.get_by_label("Numéro ou titre").fill("<script>alert(1)</script>")
    await page.get_by_role("button", name="Filtrer").click()
    await expect(page.get_by_text("Aucune candidature ne correspond.")).to_be_visible()
    await sound(page)
    await page.get_by_role("link", name="Tout afficher").click()
    assert await _column(page, 1) == numbers
