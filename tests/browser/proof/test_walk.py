"""Everyone of the season walks over all their pages: each answers, is sound, fits a phone, and speaks one language."""

import asyncio

import pytest

from tests.browser.bench import DESK, PHONE, Bench
from tests.browser.checks import sound
from tests.browser.markup import valid_html
from tests.browser.proof.conftest import Walked
from tests.browser.proof.reader import reader
from tests.browser.proof.stage import Stage
from tests.browser.proof.table import Table
from tests.browser.proof.walk import Seen
from tests.browser.proof.wording import Wording

pytestmark = pytest.mark.timeout(1_200)
AT_ONCE = 2
ELSEWHERE = {
    "/administration/dead-letters/{service}": "nothing was lost in the season",
    "/administration/dead-letters/{service}/discard": "nothing was lost in the season",
    "/administration/people/{person_id}/logins/{login_id}/removal": "nobody of the season has come by a link",
    "/applications/{application_id}/place": "the stage's laureates have answered",
    "/applications/{application_id}/place/decline": "the stage's laureates have answered",
    "/decisions/{round_id}/applications/{application_id}/attachments/{attachment_id}": "the few that are looked at may have none",
    "/feedback/thanks": "comes after a form",
    "/funding/agreements/{agreement_id}/documents/{digest}": "nobody of the season has sent a document",
    "/funding/tranches/{thing}/issue": "the bank has rejected nothing",
    "/go/{kind}/{about}": "mails lead there",
    "/initiatives/{initiative_id}/check-ins/{week}": "the stage's cycles are some hours old",
    "/joining/{token}": "a mail leads there",
    "/office/applications/{application_id}/decisions/{number}": "no decision has to be corrected",
    "/office/cycles/{initiative_id}/reviews/{kind}": "the stage's cycles are some hours old",
    "/office/mailings/{mailing_id}/stream": "a mailing that leaves is gone before somebody looks",
    "/resume/{token}": "comes after a session that ended",
}
"""What a season and its stage have no state for; the tests of each area make it."""


async def test_links_lead_to_every_page(walks: list[Walked], table: Table) -> None:
    wrong = [f"{walked.part}: {each}" for walked in walks for each in walked.seen if each.answer.status >= 400]
    assert not wrong, "\n".join(wrong)
    missing = table.unreached(each.route for walked in walks for each in walked.seen)
    assert missing <= ELSEWHERE.keys(), "\n".join(sorted(missing - ELSEWHERE.keys()))
    assert ELSEWHERE.keys() <= {route.path for route in table.pages}


async def test_every_page_is_sent_as_valid_html(walks: list[Walked]) -> None:
    wrong = list[str]()
    for walked in walks:
        for each in (seen for seen in walked.seen if seen.answer.is_page):
            try:
                valid_html(each.answer.text)
            except AssertionError as fault:
                wrong.append(f"{walked.part}: {each.answer.url}\n{fault}")
    assert not wrong, "\n\n".join(wrong)


async def test_every_page_is_sound_and_fits_a_phone(
    bench: Bench, walks: list[Walked], stage: Stage, table: Table
) -> None:
    free, known, wrong = asyncio.Semaphore(AT_ONCE), set[object](), list[str]()

    async def show(walked: Walked, pages: list[Seen]) -> None:
        async with free:
            wrong.extend([f"{walked.part}: {fault}" for fault in await _faults(bench, walked, pages)])

    shown = [(walked, _shown(walked, stage, table, known)) for walked in walks]
    await asyncio.gather(*(show(*each) for each in shown))
    assert not wrong, "\n\n".join(wrong)


def _shown(walked: Walked, stage: Stage, table: Table, known: set[object]) -> list[Seen]:
    """A page of each route, once for each of the roles that it declares to be for."""
    roles, found = frozenset((stage.people[walked.part] or {"roles": ()})["roles"]), list[Seen]()
    for each in walked.firsts:
        route = table.route(each.answer.url.removeprefix(stage.season.url))
        as_whom = (each.route, roles.intersection(route[1].roles) if route else roles)
        if each.answer.status < 400 and as_whom not in known:
            known.add(as_whom)
            found.append(each)
    return found


async def _faults(bench: Bench, walked: Walked, pages: list[Seen]) -> list[str]:
    page, found = await bench.page(), list[str]()
    await page.context.add_cookies(walked.cookies)  # type: ignore[arg-type]
    for each in pages:
        await page.set_viewport_size(DESK)
        await page.goto(each.answer.url, wait_until="load")
        try:
            await sound(page)
        except AssertionError as fault:
            found.append(f"{each.answer.url}\n{fault}")
        await page.set_viewport_size(PHONE)
        if (width := await page.evaluate("() => document.documentElement.scrollWidth")) > PHONE["width"]:
            found.append(f"{each.answer.url} is {width} pixels wide on a phone of {PHONE['width']}")
    await page.close()
    return found


async def test_every_page_is_in_one_language(walks: list[Walked], stage: Stage) -> None:
    wording, wrong = Wording(), list[str]()
    for walked in walks:
        async with reader(stage.season, cookies=walked.cookies) as somebody:
            await somebody.get("/fr/account")  # what has been done is told once, in the language in which it was
            for each in walked.firsts:
                address = each.answer.url.removeprefix(stage.season.url)
                english = await somebody.get(address.replace("/fr/", "/en/", 1))
                assert (english.status, english.is_page) == (each.answer.status, True), (walked.part, address)
                wrong += [f"{address}: {text}" for text in sorted(wording.faults(each.answer.text, "fr"))]
                wrong += [f"{english.url}: {text}" for text in sorted(wording.faults(english.text, "en"))]
    assert not wrong, "\n".join(dict.fromkeys(wrong))
