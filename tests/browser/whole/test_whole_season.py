"""A season in small, from people who sign up to the last euro paid and the public record: by every role, in the browser alone."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.bench import Bench
from tests.browser.whole import before, judging, supporting
from tests.browser.whole.town import Town

BETTER, OTHER = "Jardins partagés", "Atelier vélo"


@pytest.mark.timeout(900)
async def test_a_season_is_played_in_the_browser(town: Town, bench: Bench) -> None:
    people = await before.enrolled(bench, town)
    call_id = await before.published(people["Chargee"], town)
    laureate = await before.submitted(people["Porteuse"], town, call_id, BETTER)
    second = await before.submitted(people["Porteur"], town, call_id, OTHER)
    await judging.pass_until(town, call_id, "closes_at")
    await before.instructed(people["Chargee"], town, call_id)
    await _judge(people, town, call_id)
    await _told(people, town, laureate, second)
    await _support(people, town, laureate)
    await _recorded(bench, town, laureate)


async def _judge(people: dict[str, Page], town: Town, call_id: str) -> None:
    await judging.assigned(people["Chargee"], town, call_id)
    for member in (people["Citoyenne"], people["Experte"]):
        await judging.voted(member, town, call_id, {BETTER: 5, OTHER: 2})
    await judging.deliberated(people["Chargee"], people["Citoyenne"], town, call_id)
    await judging.decided(people["Autorite"], town, call_id)
    await people["Porteuse"].goto(f"{town.url}/fr/applications")
    await expect(people["Porteuse"].locator("main")).not_to_contain_text("Sélectionnée")
    await judging.pass_until(town, call_id, "announcement_at")


async def _told(people: dict[str, Page], town: Town, laureate: str, second: str) -> None:
    await people["Porteur"].goto(f"{town.url}/fr/applications/{second}")
    await expect(people["Porteur"].locator("main")).to_contain_text("liste complémentaire")
    await judging.place_taken(people["Porteuse"], town, laureate)


async def _support(people: dict[str, Page], town: Town, laureate: str) -> None:
    owner, orderer, accountant = people["Porteuse"], people["Ordonnatrice"], people["Comptable"]
    await supporting.signed(owner, orderer, town, laureate)
    await supporting.account_given(owner, [people["Chargee"], people["Collegue"]], town, laureate)
    await supporting.mentored(people["Chargee"], people["Referente"], owner, town, laureate)
    first = await supporting.asked(owner, town, laureate, "Au démarrage")
    await supporting.paid(orderer, accountant, town, first, certified=False)
    await supporting.lived(people["Chargee"], owner, town, laureate)
    last = await supporting.asked(owner, town, laureate, "Après le comité d’accélération")
    await supporting.paid(orderer, accountant, town, last, certified=True)


async def _recorded(bench: Bench, town: Town, laureate: str) -> None:
    """What the public reads of it, and what the books say."""
    reader = await bench.page(f"{town.url}/fr/laureates/{laureate}")
    await expect(reader.get_by_role("heading", level=1)).to_have_text(BETTER)
    await expect(reader.locator("main")).to_contain_text("140\u202f000\u00a0€")
    assert "Zoé" not in await reader.content()
    letters = [await town.door.operator(name, "/internal/dead-letters") for name in ("coaching", "funding")]
    assert letters == [[], []]
