"""The warning before a session ends, and what is said while a provider or a service is away: a portal by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from services.portal.store import digest
from tests.browser.bench import Bench
from tests.browser.checks import accessible, sound
from tests.browser.public.reading import fits
from tests.portal import Standing, Visitor, environment, standing

BEFORE_THE_END = 26 * 60 * 1_000


@pytest.fixture(scope="module")
async def alone(mongodb: str, master_key: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    folder = tmp_path_factory.mktemp("alone")
    async with standing(environment(mongodb, master_key, folder, f"alone_{uuid4().hex[:8]}_")) as found:
        yield found


@pytest.fixture
def allowed_origins(alone: Standing) -> frozenset[str]:
    return frozenset({_address(alone)})


def _address(alone: Standing) -> str:
    return str(alone.client.base_url).rstrip("/")


async def _seated(
    bench: Bench, alone: Standing, open_for: timedelta = timedelta(0), **given: bool
) -> tuple[Page, Visitor]:
    page, visitor = await bench.page(**given), await alone.visitor("applicant", open_for=open_for)
    await page.context.add_cookies([{"name": "session", "value": visitor.token, "url": _address(alone)}])
    return page, visitor


async def test_a_session_is_kept_by_whoever_is_still_there(bench: Bench, alone: Standing) -> None:
    page, visitor = await _seated(bench, alone)
    await page.clock.install()
    await page.goto(f"{_address(alone)}/fr/account/erasure")
    await page.get_by_label("J’ai compris").check()
    dialog = page.get_by_role("dialog", name="Êtes-vous toujours là")
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(BEFORE_THE_END)
    await expect(dialog).to_be_visible()
    await expect(page.get_by_role("button", name="Continuer")).to_be_focused()
    await sound(page)
    await bench.screen(page, "warning")
    async with page.expect_response("**/session/keep") as kept:
        await page.keyboard.press("Enter")
    assert (await kept.value).status == 204
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(BEFORE_THE_END)
    await alone.portal.parts.store.end(digest(visitor.token))
    await page.get_by_role("button", name="Continuer").click()
    await expect(page.get_by_role("alert")).to_contain_text("toujours sur cette page")
    await accessible(page)
    await page.get_by_role("button", name="Continuer").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_label("J’ai compris")).to_be_checked()


async def test_a_session_that_has_lasted_long_enough_is_said_to_end(bench: Bench, alone: Standing) -> None:
    page, _ = await _seated(bench, alone, timedelta(hours=11, minutes=40))
    await page.clock.install()
    await page.goto(f"{_address(alone)}/fr/account/erasure")
    dialog = page.get_by_role("dialog", name="Votre session se termine bientôt")
    await page.clock.fast_forward(14 * 60 * 1_000)
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(2 * 60 * 1_000)
    await expect(dialog).to_be_visible()
    await expect(page.get_by_role("button", name="Continuer")).to_be_hidden()
    await sound(page)
    await bench.screen(page, "last-warning")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await page.clock.fast_forward(BEFORE_THE_END)
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_what_is_said_while_a_part_is_away(bench: Bench, alone: Standing) -> None:
    bench.expect("answer 503")
    page, _ = await _seated(bench, alone, phone=True)
    for path, said in {
        "/login/people": "Le service de connexion ne répond pas",
        "/login/agents": "Le service de connexion ne répond pas",
        "/account/export": "Une partie du service ne répond pas",
        "/account/preferences": "Une partie du service ne répond pas",
        "/calls": "Une partie du service ne répond pas",
    }.items():
        answer = await page.goto(f"{_address(alone)}/fr{path}")
        assert answer
        assert answer.status == 503, path
        await expect(page.locator("h1")).to_have_text(said)
        await sound(page)
        await fits(page)
    await page.goto(f"{_address(alone)}/fr/account")
    await expect(page.get_by_role("main")).to_contain_text("pas disponible pour le moment")
    await sound(page)


async def test_who_tries_too_often_is_asked_to_wait(bench: Bench, alone: Standing) -> None:
    for _ in range(30):
        await alone.client.get("/en/login/people")
    page = await bench.page()
    answer = await page.goto(f"{_address(alone)}/en/login/people")
    assert answer
    assert answer.status == 429
    await expect(page.locator("h1")).to_have_text("Too many requests")
    await expect(page.get_by_role("main")).to_contain_text("Wait a minute")
    await sound(page)
