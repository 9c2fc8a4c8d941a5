"""A suspension is lifted by the accountant alone, once, and the payment goes on from where it was."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.doing import post
from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.season import Played

pytestmark = pytest.mark.timeout(300)
LIFT, ACCEPT = "Lever la suspension", "Contrôler et accepter"


async def _suspended(season: Played, laureate: Laureate) -> str:
    """An advance that was ordered, and suspended by the accountant; its id."""
    tranche_id = await laureates.ordered(season, laureate)
    body = {"reason": "document_missing"}
    await post(season, season.person("accountant"), "funding", f"/tranches/{tranche_id}/suspension", body)
    return tranche_id


async def test_a_suspension_is_lifted_once_and_by_the_accountant(
    bench: Bench, season: Played, laureate: Laureate
) -> None:
    address = f"{season.url}/fr/funding/tranches/{await _suspended(season, laureate)}/suspension_lift"
    orderer = await bench.page()
    await season.sign_in(
        orderer, season.person("authorising_officer"), f"/fr/funding/agreements/{laureate.agreement_id}"
    )
    await expect(orderer.get_by_text("Une pièce justificative manque").first).to_be_visible()
    await expect(orderer.get_by_role("link", name=LIFT)).to_have_count(0)
    await orderer.goto(address)
    await expect(orderer.get_by_role("heading", level=1)).to_have_text("Cette page n’est pas ouverte à vos rôles")
    page = await bench.page(javascript=False, phone=True)
    await season.sign_in(page, season.person("accountant"), f"/fr/funding/agreements/{laureate.agreement_id}")
    await expect(page.get_by_role("link", name=ACCEPT)).to_have_count(0)
    stale = await page.context.new_page()
    await stale.goto(address)
    await page.get_by_role("link", name=LIFT).click()
    await expect(page.locator("main")).to_contain_text("Le paiement reprend son cours là où il était.")
    await accessible(page)
    await bench.screen(page, "lift")
    await page.locator("main").get_by_role("button", name=LIFT).click()
    await expect(page.get_by_text("C’est fait et enregistré.")).to_be_visible()
    await expect(page.get_by_role("link", name=ACCEPT)).to_have_count(1)
    await _too_late(page, stale)
    found = await laureates.tranche(season, laureate, "start")
    assert (found["status"], found["suspended"]) == ("ordered", None)
    assert [each["event"] for each in found["history"]].count("SuspensionLifted") == 1


async def _too_late(page: Page, stale: Page) -> None:
    """Sent again from a page that was open before, and from the one that is come back to."""
    await stale.locator("main").get_by_role("button", name=LIFT).click()
    await expect(stale.get_by_role("alert")).to_contain_text("Cette étape n’est plus la suivante")
    await sound(stale)
    await page.go_back()
    await page.reload()
    await expect(page.get_by_text("Cet acte n’est pas possible maintenant")).to_be_visible()
