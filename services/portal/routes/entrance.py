"""Log in, log out, take up what a lost session interrupted."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.portal.admission import anyone, cookie_name, let_in, signed_in
from services.portal.enrolment import applies, enrol, open_session
from services.portal.language import COOKIE, LANGUAGES, preferred
from services.portal.page import Page, Parts
from services.portal.providers import NO_COOKIE, ProviderLies
from services.portal.security import local_path
from services.portal.store import LOGIN_SECONDS, Session, digest, new_token

router = APIRouter()
LOGIN_COOKIE = "login"
LANGUAGE_SECONDS = 31_536_000
Next = Annotated[str, Query(max_length=1_000)]
ProviderName = Literal["people", "agents"]


@router.get("/login")
async def choose_provider(
    page: Page = anyone(),
    next: Next = "",  # noqa: A002
    ended: bool = False,
    out: bool = False,
    erased: bool = False,
    failed: bool = False,
) -> Response:
    return await page.render(
        "entrance/login.html", next=local_path(next, ""), ended=ended, out=out, erased=erased, failed=failed
    )


@router.get("/login/{provider}")
async def start_login(provider: ProviderName, page: Page = anyone(), next: Next = "") -> Response:  # noqa: A002
    """To the provider, with state, nonce and PKCE; a cookie binds the answer to this browser."""
    parts = page.parts
    await parts.rates.require(page.request, "login")
    client = parts.clients[provider]
    login = client.login()
    wanted = page.request.state.wanted = local_path(next, page.url("/account"))
    target = await client.start(login, page.language)
    kept = {**login, "provider": provider, "next": wanted, "language": page.language}
    await parts.store.start_login(login["state"], kept, datetime.now(UTC))
    response = RedirectResponse(target, 303)
    response.set_cookie(
        LOGIN_COOKIE, digest(login["state"]), LOGIN_SECONDS, secure=parts.settings.secure, httponly=True, samesite="lax"
    )
    return response


@router.get("/callback/ended")
async def logged_out(page: Page = anyone()) -> Response:
    return RedirectResponse(page.url("/login", out="1"), 303)


@router.get("/callback/{provider}")
async def finish_login(
    provider: ProviderName,
    page: Page = anyone(),
    code: Annotated[str, Query(max_length=4_000)] = "",
    state: Annotated[str, Query(max_length=200)] = "",
    iss: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Back from the provider: a new session, whatever this browser had before."""
    parts, now = page.parts, datetime.now(UTC)
    login = await parts.store.take_login(state, now)
    if login is not None:
        page.request.state.wanted = login["next"]
    if login is not None and LOGIN_COOKIE not in page.request.cookies:
        raise ProviderLies(NO_COOKIE)
    if login is None or login["provider"] != provider or page.request.cookies[LOGIN_COOKIE] != digest(state):
        raise ProviderLies("state")
    if iss and iss != parts.clients[provider].provider.issuer:
        raise ProviderLies("issuer")
    page.language = login["language"]
    if not code:
        return RedirectResponse(page.url("/login", next=login["next"], failed="1"), 303)
    found = await parts.clients[provider].finish(code, login)
    identity = replace(found, person_id=await parts.backend.person_of(found.person_id))
    roles = await enrol(parts.backend, identity, provider, page.language)
    await _end_former(page.request, parts)
    session = Session(
        key="", person_id=identity.person_id, provider=provider, opened=now, seen=now,
        name=f"{identity.given_name} {identity.family_name}".strip(), id_token=identity.id_token,
        roles=roles, roles_at=now, applies=await applies(parts.backend, identity.person_id, roles),
    )  # fmt: skip
    token = await open_session(parts, session, found.person_id)
    if token is None:
        return RedirectResponse(page.url("/login", ended="1"), 303)
    response = RedirectResponse(login["next"], 303)
    let_in(response, parts.settings, token)
    response.delete_cookie(LOGIN_COOKIE)
    return response


@router.post("/logout")
async def log_out(page: Page = signed_in()) -> Response:
    """End this session, or all of the person's; then the provider's own."""
    parts, session = page.parts, page.session
    assert session  # noqa: S101
    if page.text("everywhere"):
        await parts.store.end_all(session.person_id)
    await parts.store.end(session.key)
    back = f"{parts.settings.origin}/callback/ended"
    target = await parts.clients[session.provider].end(session.id_token, new_token(), back)
    response = await page.render("entrance/leaving.html", target=target) if target else RedirectResponse(
        page.url("/login", out="1"), 303
    )  # fmt: skip
    response.delete_cookie(cookie_name(parts.settings), secure=parts.settings.secure, httponly=True, samesite="lax")
    _remember(response, parts, page.language)
    return response


@router.get("/resume/{token}")
async def resume(token: str, page: Page = signed_in()) -> Response:
    """The form that was sent when its session was over, to be sent again by a press of a button; twice, it happens once."""
    kept = await page.parts.store.parked(token, page.person_id, datetime.now(UTC))
    return await page.render("entrance/resume.html", status=200 if kept else 404, kept=kept, key=digest(token))


@router.post("/session/keep")
async def keep(page: Page = signed_in()) -> Response:
    """The person is still there."""
    assert page.session  # noqa: S101
    await page.parts.store.save(page.session.changed(seen=datetime.now(UTC)), "seen")
    return Response(status_code=204)


@router.get("/language/{language}")
async def choose_language(language: str, page: Page = anyone(), next: Next = "") -> Response:  # noqa: A002
    """The same page in the other language, which is remembered."""
    chosen = language if language in LANGUAGES else preferred(page.request.headers, page.request.cookies)
    response = RedirectResponse(local_path(next, f"/{chosen}/"), 303)
    _remember(response, page.parts, chosen)
    return response


def _remember(response: Response, parts: Parts, language: str) -> None:
    """The language in which somebody reads; the provider sends them back to an address without one."""
    response.set_cookie(COOKIE, language, LANGUAGE_SECONDS, secure=parts.settings.secure, samesite="lax")


async def _end_former(request: Request, parts: Parts) -> None:
    token = request.cookies.get(cookie_name(parts.settings))
    if token:
        await parts.store.end(digest(token))
