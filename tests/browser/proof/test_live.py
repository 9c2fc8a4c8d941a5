"""What moves while one looks at it, and how many may look."""

import contextlib
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from services.portal.live import MOST_OF_ONE
from tests.browser.applications.opening import open_call
from tests.browser.bench import Bench
from tests.browser.checks import sound
from tests.browser.office.desk import submitted
from tests.browser.proof.reader import reader
from tests.browser.proof.writing import draft
from tests.browser.season import Played
from tests.platform import eventually

pytestmark = pytest.mark.timeout(300)
LIVE_MS = 20_000


async def test_a_board_moves_while_one_looks_at_it(bench: Bench, season: Played) -> None:
    call_id, officer = await open_call(season), season.person("programme_officer")
    in_french, in_english = await bench.page(), await bench.page(locale="en-GB")
    for page, language in ((in_french, "fr"), (in_english, "en")):
        await season.sign_in(page, officer, f"/{language}/office/calls/{call_id}")
        await expect(page.locator("#figure-drafts")).to_have_text("0")
        await page.evaluate("() => { document.body.dataset.opened = 'once' }")
    await draft(season, season.person("applicant", 19), call_id)
    for page in (in_french, in_english):
        await expect(page.locator("#figure-drafts")).to_have_text("1", timeout=LIVE_MS)
    await submitted(season, call_id, 20)
    for page, word in ((in_french, "candidature déposée"), (in_english, "application submitted")):
        submitted_one = page.locator("li", has=page.locator("#figure-submitted"))
        await expect(submitted_one).to_have_text(re.compile(rf"^\s*1\s+{word}\s*$"), timeout=LIVE_MS)
        assert await page.evaluate("() => document.body.dataset.opened") == "once", "the page was loaded anew"
        await sound(page)


async def test_a_person_follows_so_many_things_at_once_and_no_more(season: Played) -> None:
    call_id, officer = await open_call(season), season.person("programme_officer", 1)
    path = f"/fr/office/calls/{call_id}/stream"
    async with reader(season, officer) as somebody, contextlib.AsyncExitStack() as stack:
        kept_open = list[AsyncIterator[str]]()
        for _ in range(MOST_OF_ONE):
            opened = await stack.enter_async_context(somebody.client.stream("GET", path))
            assert (opened.status_code, opened.headers["content-type"].split(";")[0]) == (200, "text/event-stream")
            kept_open.append(opened.aiter_text())
            assert "data:" in await anext(kept_open[-1])
        async with somebody.client.stream("GET", path) as refused:
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        async with reader(season, season.person("programme_officer")) as colleague:
            assert (await colleague.get(path)).status == 200
    async with reader(season, officer) as somebody:
        await eventually(lambda: somebody.get(path), lambda answer: answer.status == 200)
