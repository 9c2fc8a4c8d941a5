"""Logging in through a real provider: the whole way, what is kept of it, and providers that lie, are late, or are away."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey

from deploy.local.provider.persons import DemoPerson
from services.portal import providers
from services.portal.store import Session
from tests.entrance import Entrance, Liar, entering
from tests.everything import Everything
from tests.integration.test_people_joining import Desk
from tests.mailing import Headers
from tests.provider import CITIZEN, OFFICER, PANELLIST

REFUSED, AWAY, NO_COOKIE = 502, 503, 400


@pytest.fixture(scope="module")
async def entrance(
    everything: Everything, mongodb: str, master_key: Path, issuer: str, issuer_key: ECKey,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Entrance]:  # fmt: skip
    folder = tmp_path_factory.mktemp("entrance")
    async with entering(everything, mongodb, master_key, issuer, issuer_key, folder) as found:
        yield found


@pytest.fixture
def liar(entrance: Entrance) -> Any:
    yield entrance.providers["people"]
    _all_honest(entrance)


@pytest.fixture
def agents_liar(entrance: Entrance) -> Any:
    yield entrance.providers["agents"]
    _all_honest(entrance)


def _all_honest(entrance: Entrance) -> None:
    for provider in entrance.providers.values():
        provider.lie = ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("person", "role"), [(CITIZEN, "Porteur de projet"), (OFFICER, "Vous n’avez pas encore de rôle")]
)
async def test_somebody_new_comes_in(entrance: Entrance, person: DemoPerson, role: str) -> None:
    async with entrance.browser() as browser:
        answer = await entrance.log_in(browser, person)
        assert (answer.status_code, answer.headers["location"]) == (303, "/fr/account")
        page = await browser.get("/fr/account")
    assert page.status_code == 200
    assert role in page.text
    assert person.family_name in page.text


async def test_a_log_in_that_is_taken_off_while_it_comes_in_opens_nothing(
    entrance: Entrance, everything: Everything, as_: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, store = Desk(everything.clients["people"], as_), entrance.standing.portal.parts.store
    ada, opening = await desk.entered(), store.open
    async with entrance.browser() as browser:
        await entrance.log_in(browser, PANELLIST)
        (former,) = [each async for each in store._sessions.find({}).sort("opened", -1).limit(1)]
        login = UUID(former["person_id"])
        assert (await desk.join(await desk.token(ada), login)).status_code == 200

        async def too_late(session: Session, lifetime: timedelta) -> str:
            """An administrator is faster by a moment: what they do is done before the session is there."""
            assert session.person_id == str(ada)
            assert (await desk.unlink(ada, login)).status_code == 200
            await store.end_all(str(ada))
            return await opening(session, lifetime)

        monkeypatch.setattr(store, "open", too_late)
        answer = await entrance.log_in(browser, PANELLIST)
        assert answer.headers["location"] == "/fr/login?ended=1"
    assert await store.sessions_of(str(ada)) == []


async def test_what_is_kept_of_a_session_tells_nothing(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        token = browser.cookies["session"]
    store = entrance.standing.portal.parts.store
    kept = [document async for document in store._sessions.find({})]
    text = repr(kept)
    assert token not in text
    assert CITIZEN.family_name not in text
    assert CITIZEN.email not in text
    assert "eyJ" not in text


async def test_each_log_in_is_a_new_session_and_ends_the_one_before(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        first = browser.cookies["session"]
        await entrance.log_in(browser, CITIZEN)
        assert browser.cookies["session"] != first
    store = entrance.standing.portal.parts.store
    assert await store.session(first) is None


async def test_an_answer_is_good_once_and_in_its_own_browser(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as other:
        back = await entrance.back(browser, CITIZEN)
        stolen = await other.get(back)
        assert stolen.status_code == NO_COOKIE
        assert "session" not in other.cookies
        assert (await browser.get(back)).status_code == REFUSED
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        assert (await browser.get(back)).status_code == 303
        assert (await browser.get(back)).status_code == REFUSED


async def test_a_code_for_another_log_in_is_not_taken(entrance: Entrance) -> None:
    async with entrance.browser() as browser, entrance.browser() as other:
        (code,) = parse_qs(urlsplit(await entrance.back(other, OFFICER)).query)["code"]
        back = await entrance.back(browser, CITIZEN)
        forged = re.sub(r"code=[^&]+", f"code={code}", back)
        assert (await browser.get(forged)).status_code == REFUSED
        assert "session" not in browser.cookies


LIES = ("nonce", "audience", "issuer", "expired", "signature", "subject", "level", "no level", "levels")


@pytest.mark.parametrize("lie", LIES)
async def test_a_provider_that_lies_lets_nobody_in(entrance: Entrance, liar: Liar, lie: str) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        liar.lie = lie
        answer = await browser.get(back)
        assert answer.status_code == REFUSED
        assert "La connexion n’a pas abouti" in answer.text
        assert "session" not in browser.cookies
        liar.lie = ""
        assert (await entrance.log_in(browser, CITIZEN)).status_code == 303


@pytest.mark.parametrize("lie", ["level", "no level", "unsigned"])
async def test_an_agent_s_provider_signs_and_is_as_sure_as_was_asked(
    entrance: Entrance, agents_liar: Liar, lie: str
) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, OFFICER)
        agents_liar.lie = lie
        assert (await browser.get(back)).status_code == REFUSED
        assert "session" not in browser.cookies


@pytest.mark.parametrize("difference", ["higher", "unsigned"])
async def test_a_person_comes_in_at_a_higher_level_and_without_a_signature(
    entrance: Entrance, liar: Liar, difference: str
) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        liar.lie = difference
        assert (await browser.get(back)).headers["location"] == "/fr/account"


async def test_where_a_log_in_was_to_lead_outlives_its_failure(entrance: Entrance, liar: Liar) -> None:
    form = f"/fr/resume/{'x' * 43}"
    again = f"/fr/login?{urlencode({'next': form})}"
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN, form)
        refused = await browser.get(re.sub(r"code=[^&]+", "error=access_denied", back))
        assert refused.headers["location"] == f"{again}&failed=1"
        page = await browser.get(refused.headers["location"])
        assert "Vous n’avez pas été connecté" in page.text
        assert f"/fr/login/people?{urlencode({'next': form})}" in page.text
        back = await entrance.back(browser, CITIZEN, form)
        liar.lie = "nonce"
        answer = await browser.get(back)
        assert answer.status_code == REFUSED
        assert again in answer.text
        assert "gardé une heure" in answer.text


@pytest.mark.parametrize("door", ["token", "userinfo"])
async def test_a_provider_that_answers_late_is_not_waited_for(
    entrance: Entrance, liar: Liar, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with entrance.browser() as browser:
        back = await entrance.back(browser, CITIZEN)
        monkeypatch.setattr(providers, "PATIENCE_SECONDS", 0.5)
        liar.lie = f"late {door}"
        answer = await browser.get(back)
    assert answer.status_code == AWAY
    assert "Le service de connexion ne répond pas" in answer.text


async def test_logging_out_ends_the_session_here_and_offers_to_end_the_providers(entrance: Entrance) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, OFFICER)
        page = await browser.get("/fr/account")
        (csrf,) = (
            set(re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text))
            and re.findall(r'name="csrf" value="([0-9a-f]+)"', page.text)[:1]
        )
        left = await browser.post("/fr/logout", data={"csrf": csrf}, headers={"Origin": entrance.origin})
        assert f"{entrance.providers['agents'].issuer}/session/end" in left.text
        assert (await browser.get("/fr/account")).status_code == 303


async def test_roles_taken_away_are_gone_within_their_time(entrance: Entrance, everything: Everything) -> None:
    async with entrance.browser() as browser:
        await entrance.log_in(browser, CITIZEN)
        token = browser.cookies["session"]
        store = entrance.standing.portal.parts.store
        session = await store.session(token)
        assert session
        assert session.roles == ("applicant",)
        administrator = {"Authorization": f"Bearer {everything.token(uuid4(), 'administrator')}"}
        path = f"/persons/{CITIZEN.id}/roles/applicant"
        assert (await everything.clients["people"].delete(path, headers=administrator)).is_success
        await store.save(session.changed(roles_at=session.roles_at.replace(year=2020)), "roles_at")
        await browser.get("/fr/account")
        changed = await store.session(token)
    assert changed
    assert changed.roles == ()
