"""A form of a page whose session is over, or was followed by another: kept for whose page it was, and for nobody else."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest

from services.portal.security import masked
from tests.portal import Standing, Visitor, environment, standing

TO_LOGIN, NOT_TAKEN = 303, 403
WRITTEN = {"text": "<b>Un long texte</b>"}
FORM = "/fr/account/contact"


@pytest.fixture(scope="module")
async def portal(mongodb: str, master_key: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    folder = tmp_path_factory.mktemp("taking-up")
    async with standing(environment(mongodb, master_key, folder, f"taking_{uuid4().hex[:8]}_")) as found:
        yield found


async def _again(portal: Standing, visitor: Visitor) -> Visitor:
    """The visitor, logged in anew: the session before has ended."""
    await portal.portal.parts.store.end(visitor.session.key)
    return await portal.seat(visitor.session)


async def _kept(portal: Standing, address: str, visitor: Visitor) -> object:
    (token,) = re.findall(r"/resume/([\w-]+)", unquote(address))
    return await portal.portal.parts.store.parked(token, visitor.session.person_id, datetime.now(UTC))


async def _parked(portal: Standing) -> int:
    return int(await portal.portal.parts.store._parked.count_documents({}))


async def test_an_old_page_s_form_is_taken_up_after_a_new_log_in(portal: Standing) -> None:
    before = await portal.visitor("applicant")
    now = await _again(portal, before)
    answer = await now.post(FORM, {**WRITTEN, "csrf": masked(before.session.csrf)})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/fr/resume/")
    assert await _kept(portal, answer.headers["location"], now) == {"path": FORM, "fields": [["text", WRITTEN["text"]]]}
    page = await now.get(answer.headers["location"])
    assert "&lt;b&gt;Un long texte&lt;/b&gt;" in page.text
    assert before.session.csrf != now.session.csrf
    sent = {"X-Autosave": "1", "HX-Request": "true"}
    saved = await now.post(FORM, {**WRITTEN, "csrf": masked(before.session.csrf)}, headers=sent)
    assert saved.status_code == 401
    assert saved.headers["hx-redirect"].startswith("/fr/resume/")


async def test_a_form_is_taken_up_after_a_log_out_everywhere(portal: Standing) -> None:
    gone = await portal.visitor("applicant")
    await portal.portal.parts.store.end_all(gone.session.person_id)
    answer = await gone.post(FORM, WRITTEN)
    assert answer.status_code == TO_LOGIN
    assert answer.headers["location"].startswith("/fr/login?next=%2Ffr%2Fresume%2F")
    assert await _kept(portal, answer.headers["location"], gone)
    assert "gardé une heure" in (await portal.client.get(answer.headers["location"])).text


async def test_nothing_is_kept_of_what_no_page_of_the_person_sent(portal: Standing) -> None:
    person, other = await portal.visitor("applicant"), await portal.visitor("applicant")
    said, tag = other.session.csrf.removeprefix(other.session.person_id).rsplit(".", 1)
    forged = f"{person.session.person_id}{said}.{tag}"
    old = await _again(portal, person)
    before = await _parked(portal)
    for csrf in (masked(other.session.csrf), masked(forged), masked("a.b.c.d"), masked("x"), "", "é"):
        assert (await old.post(FORM, {**WRITTEN, "csrf": csrf})).status_code == NOT_TAKEN, csrf
    elsewhere = {"Origin": "https://elsewhere.example"}
    theirs = {**WRITTEN, "csrf": masked(person.session.csrf)}
    assert (await old.post(FORM, theirs, headers=elsewhere)).status_code == NOT_TAKEN
    ended = await portal.visitor("applicant", idle=timedelta(minutes=31))
    sent: tuple[httpx.Response, ...] = (
        await ended.post(FORM, {**WRITTEN, "csrf": masked(other.session.csrf.replace("a", "b"))}),
        await ended.post(FORM, {**WRITTEN, "csrf": ""}),
        await ended.post(FORM, WRITTEN, headers=elsewhere),
        await portal.client.post(FORM, data=WRITTEN, headers={"Origin": str(portal.client.base_url).rstrip("/")}),
    )
    for answer in sent:
        assert answer.status_code == TO_LOGIN
        assert "resume" not in answer.headers["location"]
    assert await _parked(portal) == before


async def test_a_page_of_days_ago_proves_nothing(portal: Standing) -> None:
    visitor = await portal.visitor("applicant", open_for=timedelta(hours=14))
    store, csrf = portal.portal.parts.store, visitor.session.csrf
    assert store.whose(csrf, datetime.now(UTC)) is None
    assert store.whose(csrf, visitor.session.opened) == visitor.session.person_id
