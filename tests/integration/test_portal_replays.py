"""Cookies, tokens and answers of a provider that are forged, too old, or used before."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from services.portal.security import masked
from services.portal.store import digest, new_token
from tests.entrance import Entrance, entering
from tests.everything import Everything
from tests.provider import CITIZEN

TO_LOGIN, REFUSED, NOT_TAKEN = 303, 502, 403


@pytest.fixture(scope="module")
async def entrance(
    everything: Everything, mongodb: str, master_key: Path, issuer: str, issuer_key: ECKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Entrance]:  # fmt: skip
    folder = tmp_path_factory.mktemp("replays")
    async with entering(everything, mongodb, master_key, issuer, issuer_key, folder) as found:
        yield found


async def _logged_in(entrance: Entrance, browser: httpx.AsyncClient) -> str:
    """The token of a session's cookie."""
    assert (await entrance.log_in(browser, CITIZEN)).status_code == 303
    return str(browser.cookies["session"])


async def _csrf(browser: httpx.AsyncClient) -> str:
    page = await browser.get("/fr/account")
    return re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[0]


async def test_a_cookie_that_is_not_the_very_token_opens_nothing(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as thief:
        token = await _logged_in(entrance, browser)
        others = {digest(token), token[:-1], f"{token}A", token.swapcase(), new_token(), "", "null", "é", "a" * 10_000}
        for other in others:
            cookie = f"session={other}".encode()
            answer = await thief.get("/fr/account", headers=[(b"cookie", cookie)])
            assert answer.status_code == TO_LOGIN, other
        assert (await browser.get("/fr/account")).status_code == 200


async def test_a_cookie_is_worth_nothing_after_the_log_out(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as thief:
        token = await _logged_in(entrance, browser)
        sent = {"csrf": await _csrf(browser)}
        await browser.post("/fr/logout", data=sent, headers={"Origin": entrance.origin})
        stolen = {"Cookie": f"session={token}"}
        assert (await thief.get("/fr/account", headers=stolen)).status_code == TO_LOGIN
        replayed = await thief.post("/fr/session/keep", data=sent, headers={**stolen, "Origin": entrance.origin})
        assert replayed.status_code == TO_LOGIN


async def test_a_cookie_that_was_planted_before_the_log_in_is_not_taken_up(entrance: Entrance) -> None:
    planted = new_token()
    async with entrance.browser() as browser, entrance.browser() as thief:
        browser.cookies.set("session", planted)
        await entrance.log_in(browser, CITIZEN)
        assert (await thief.get("/fr/account", headers={"Cookie": f"session={planted}"})).status_code == TO_LOGIN


async def test_a_form_s_token_is_good_for_its_session_only(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await _logged_in(entrance, browser)
        before = await _csrf(browser)
        await _logged_in(entrance, browser)
        session = await entrance.standing.portal.parts.store.session(browser.cookies["session"])
        assert session
        now = await _csrf(browser)
        flipped = f"{now[:-1]}{'0' if now[-1] != '0' else '1'}"
        answer = await browser.post("/fr/session/keep", data={"csrf": before}, headers={"Origin": entrance.origin})
        assert (answer.status_code, answer.headers["location"][:11]) == (303, "/fr/resume/")
        for forged in (flipped, now[2:], session.csrf, masked(new_token()), masked(""), "", "zz", "é"):
            answer = await browser.post("/fr/session/keep", data={"csrf": forged}, headers={"Origin": entrance.origin})
            assert answer.status_code == NOT_TAKEN, forged
        answer = await browser.post("/fr/session/keep", data={"csrf": now}, headers={"Origin": entrance.origin})
        assert answer.status_code == 204


async def test_an_answer_that_comes_too_late_is_not_taken(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        logins = entrance.standing.portal.parts.store._logins
        over = datetime.now(UTC) - timedelta(seconds=1)
        await logins.update_one({"_id": digest(_of(back, "state"))}, {"$set": {"expires": over}})
        assert (await browser.get(back)).status_code == REFUSED
        assert "session" not in browser.cookies


async def test_a_code_that_was_used_is_worth_nothing_in_a_new_log_in(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        used = await entrance.back(browser, CITIZEN)
        assert (await browser.get(used)).status_code == 303
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        assert (await browser.get(_with(back, code=_of(used, "code")))).status_code == REFUSED
        assert "session" not in browser.cookies


@pytest.mark.parametrize(
    "lie", ["another provider", "another issuer", "no state", "two states", "a state of one's own"]
)
async def test_an_answer_that_was_changed_on_the_way_is_not_taken(entrance: Entrance, lie: str) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        forged = {
            "another provider": back.replace("/callback/people", "/callback/agents"),
            "another issuer": _with(back, iss="https://elsewhere.example"),
            "no state": _with(back, state=""),
            "two states": f"{back}&state={new_token()}",
            "a state of one's own": _with(back, state=new_token()),
        }[lie]
        assert forged != back
        assert (await browser.get(forged)).status_code == REFUSED
        assert "session" not in browser.cookies


def _of(address: str, name: str) -> str:
    return parse_qs(urlsplit(address).query)[name][0]


def _with(address: str, **changes: str) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return parts._replace(query=urlencode(query)).geturl()
