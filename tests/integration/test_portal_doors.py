"""Who may see which page: every route × every role, from the routes themselves; and what a stranger may try."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from contracts.people import Role
from services.portal.admission import Admit, admissions
from services.portal.app import make_app
from services.portal.assets import Assets
from services.portal.security import SAFE, Rates
from tests.portal import Standing, Visitor, environment, standing

ROLES = get_args(Role)
TO_LOGIN, REFUSED = 303, 403


@pytest.fixture(scope="module")
async def portal(mongodb: str, master_key: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Standing]:
    folder = tmp_path_factory.mktemp("portal")
    async with standing(environment(mongodb, master_key, folder, f"doors_{uuid4().hex[:8]}_")) as found:
        yield found


def doors(portal: Standing) -> list[tuple[str, str, Admit]]:
    found = []
    for route, admit in admissions(portal.portal.app):
        found += [(method, _path(route), admit) for method in sorted(route.methods or ()) if method != "HEAD"]
    return found


def _path(route: APIRoute) -> str:
    filled = re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: str(uuid4()), route.path)
    return filled if route.path.startswith("/callback") else f"/fr{filled}"


async def _knock(visitor: Visitor, method: str, path: str) -> int:
    if method in SAFE:
        return await visitor.status(path)
    return (await visitor.post(path)).status_code


def test_doors_of_every_area_are_known(portal: Standing) -> None:
    assert {"/fr/", "/fr/login", "/fr/account", "/fr/applications", "/fr/office"} <= {
        path for _, path, _ in doors(portal)
    }


def test_a_page_that_declares_nobody_keeps_the_portal_from_starting(portal: Standing) -> None:
    open_to_all, area = APIRouter(), APIRouter()
    open_to_all.add_api_route("/unguarded", lambda: None)
    area.include_router(open_to_all)
    with pytest.raises(RuntimeError, match="/unguarded declares nobody"):
        make_app(portal.portal.parts, Assets(), (area,))


async def test_nobody_comes_further_than_the_log_in(portal: Standing) -> None:
    origin = {"Origin": str(portal.client.base_url).rstrip("/")}
    for method, path, admit in doors(portal):
        if admit.public:
            continue
        answer = await portal.client.request(method, path, headers=origin)
        assert answer.status_code == TO_LOGIN, (method, path, answer.status_code)
        assert answer.headers["location"].startswith("/fr/login"), (method, path)


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_is_for_the_roles_that_it_declares(portal: Standing, role: str) -> None:
    visitor = await portal.visitor(role)
    for method, path, admit in doors(portal):
        if admit.public or path == "/fr/logout":
            continue
        status = await _knock(visitor, method, path)
        refused = bool(admit.roles) and role not in admit.roles
        assert (status == REFUSED) == refused, (method, path, role, status)
        assert status != TO_LOGIN or not refused, (method, path)


async def test_a_post_from_elsewhere_is_not_taken(portal: Standing) -> None:
    for method, path, admit in doors(portal):
        if method in SAFE:
            continue
        visitor = await portal.visitor(*(admit.roles[:1] or ("applicant",)))
        for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            assert (await visitor.post(path, headers=headers)).status_code == REFUSED, (path, headers)
        if not admit.public:
            assert (await visitor.post(path, {"csrf": ""})).status_code == REFUSED, path
            other = await portal.visitor("applicant")
            assert (await visitor.post(path, {"csrf": other.session.csrf})).status_code == REFUSED, path


async def test_who_sends_forms_without_end_is_told_when_to_try_again(
    portal: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, other = await portal.visitor("applicant"), await portal.visitor("applicant")
    monkeypatch.setattr(portal.portal.parts.rates, "_limits", Rates(3)._limits)
    statuses = [(await visitor.post("/fr/session/keep")).status_code for _ in range(4)]
    assert statuses == [204, 204, 204, 429]
    refused = await visitor.post("/fr/session/keep")
    assert "Attendez une minute" in refused.text
    assert refused.headers["retry-after"] == "60"
    assert (await other.post("/fr/session/keep")).status_code == 204
    assert (await visitor.get("/fr/account/erasure")).status_code == 200


async def test_sessions_end(portal: Standing) -> None:
    idle = await portal.visitor("applicant", idle=timedelta(minutes=31))
    old = await portal.visitor("applicant", open_for=timedelta(hours=13))
    for visitor in (idle, old):
        assert (await visitor.get("/fr/account")).status_code == TO_LOGIN
    here = await portal.visitor("applicant")
    there = await portal.visitor("applicant")
    await portal.portal.parts.store.end(there.session.key or _key(there))
    assert (await here.get("/fr/account")).status_code != TO_LOGIN
    assert (await there.get("/fr/account")).status_code == TO_LOGIN


def _key(visitor: Visitor) -> str:
    from services.portal.store import digest

    return digest(visitor.token)


async def test_a_form_sent_after_the_session_ended_is_kept_for_its_person_only(portal: Standing) -> None:
    gone = await portal.visitor("applicant", idle=timedelta(minutes=31))
    answer = await gone.post("/fr/session/keep", {"text": "<b>Un long texte</b>"})
    assert answer.status_code == TO_LOGIN
    (token,) = re.findall(r"resume%2F([\w-]+)", answer.headers["location"])
    stranger = await portal.visitor("applicant")
    assert "Un long texte" not in (await stranger.get(f"/fr/resume/{token}")).text
    now = gone.session.opened
    kept = await portal.portal.parts.store.parked(token, gone.session.person_id, now)
    assert kept == {"path": "/fr/session/keep", "fields": [["text", "<b>Un long texte</b>"]]}


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
async def test_nobody_is_sent_elsewhere(portal: Standing, elsewhere: str) -> None:
    answer = await portal.client.get("/fr/language/en", params={"next": elsewhere})
    assert answer.headers["location"] == "/en/"
    page = await portal.client.get("/fr/login", params={"next": elsewhere})
    assert re.findall(r'href="(/fr/login/\w+[^"]*)"', page.text) == ["/fr/login/people", "/fr/login/agents"]


async def test_headers_and_caches(portal: Standing) -> None:
    page = await portal.client.get("/fr/login")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    visitor = await portal.visitor("applicant")
    assert (await visitor.get("/fr/account")).headers["cache-control"] == "no-store"
    (css,) = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert "immutable" in (await portal.client.get(css)).headers["cache-control"]
    assert (await portal.client.get("/static/000000000000/portal.css")).status_code == 404
    assert (await portal.client.get("/static/../main.py")).status_code in {404, 302}


async def test_scripts_are_text_wherever_they_come_back(portal: Standing) -> None:
    script = "<script>alert(1)</script>"
    for path in ("/fr/nowhere", "/fr/login", "/fr/resume/x"):
        answer = await portal.client.get(path, params={"next": f"/{script}", "q": script}, follow_redirects=True)
        assert script not in answer.text


async def test_a_name_with_a_script_is_text(portal: Standing) -> None:
    visitor = await portal.visitor("applicant")
    session = visitor.session.changed(key=_key(visitor), name="<script>alert(1)</script>")
    await portal.portal.parts.store.save(session, "name")
    page = await visitor.get("/fr/account")
    assert "<script>alert(1)</script>" not in page.text
    assert "&lt;script&gt;" in page.text or page.status_code == 503


async def test_a_provider_that_is_down_is_said(portal: Standing) -> None:
    answer = await portal.client.get("/fr/login/people")
    assert answer.status_code == 503
    assert "Le service de connexion ne répond pas" in answer.text


async def test_an_address_that_no_service_can_have_leads_nowhere(portal: Standing) -> None:
    visitor = await portal.visitor("applicant")
    for token in ("a%0d%0aX-Evil: 1", "%00", "x%7f"):
        answer = await visitor.get(f"/fr/invitations/{token}")
        assert answer.status_code == 404, token
        assert "<h1>" in answer.text
