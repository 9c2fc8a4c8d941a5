"""Who may see a page is declared at its route: ``anyone()`` or ``signed_in(roles…)``; default is nobody.

A session ends after it has not been used for a while, and at the latest some hours after it was opened (ASVS 5.0, 7.3).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response

from services.portal.backend import ROLES_FOR
from services.portal.page import Page, Parts
from services.portal.security import SAFE, ForeignRequest, require_same_origin, same, sent_token
from services.portal.settings import Settings
from services.portal.store import Session

TOUCHED_EVERY = timedelta(seconds=30)
MAX_FIELDS = 2_000
MAX_FILES = 20


@dataclass
class SignInNeeded(Exception):
    """Nobody is signed in, or their session has ended. ``session`` is the one that ended."""

    session: Session | None = None


class EarlierPage(Exception):
    """A form of a page that this very person had before they logged in anew."""


class RoleNeeded(Exception):
    """The page is for people with other roles."""


def cookie_name(settings: Settings) -> str:
    """The session cookie's name: with the prefix that binds it to this very host where HTTPS allows that (RFC 6265bis)."""
    return "__Host-session" if settings.secure else "session"


def let_in(response: Response, settings: Settings, token: str) -> None:
    """Give the browser the cookie of a session."""
    lifetime = settings.absolute_seconds
    response.set_cookie(
        cookie_name(settings), token, lifetime, secure=settings.secure, httponly=True, samesite="lax", path="/"
    )


class Admit:
    """A route's declaration. No role means any person who is signed in."""

    def __init__(self, *roles: str, public: bool = False) -> None:
        self.roles, self.public = roles, public

    async def __call__(self, request: Request) -> Page:
        parts: Parts = request.app.state.parts
        if self.public:
            return await _checked(Page(request), parts)
        session = await current(request, parts)
        page = await _checked(Page(request, session), parts)
        if self.roles and not page.has(*self.roles):
            raise RoleNeeded
        return page


def anyone() -> Any:
    """``page: Page = anyone()``: a page for the public, which looks at no session."""
    return Depends(Admit(public=True))


def signed_in(*roles: str) -> Any:
    """``page: Page = signed_in("accountant")``: for a person who is signed in and has one of the roles, if any is named."""
    return Depends(Admit(*roles))


async def _checked(page: Page, parts: Parts) -> Page:
    if page.request.method in SAFE:
        return page
    require_same_origin(page.request.headers, parts.settings.origin)
    page.form = await page.request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS)
    if page.session:
        await parts.rates.require_of(page.session.person_id, "sent")
        token = sent_token(page.request, page.form)
        if not same(token, page.session.csrf):
            theirs = parts.store.whose(token, datetime.now(UTC)) == page.session.person_id
            raise EarlierPage if theirs else ForeignRequest
    return page


async def current(request: Request, parts: Parts) -> Session:
    """The session of a request, its roles fresh. Raises ``SignInNeeded``."""
    token = request.cookies.get(cookie_name(parts.settings), "")
    session = await parts.store.session(token) if token else None
    now = datetime.now(UTC)
    if session is None or ended(session, parts.settings, now):
        raise SignInNeeded(session)
    return await _refreshed(session, parts, now)


def ended(session: Session, settings: Settings, now: datetime) -> bool:
    """Whether a session has been idle, or has lasted, for too long."""
    idle = timedelta(seconds=settings.idle_seconds)
    return now > session.seen + idle or now > session.opened + timedelta(seconds=settings.absolute_seconds)


async def _refreshed(session: Session, parts: Parts, now: datetime) -> Session:
    names: list[str] = []
    if now > session.roles_at + ROLES_FOR:
        session = session.changed(roles=await parts.backend.roles_of(session.person_id), roles_at=now)
        names = ["roles", "roles_at"]
    if now > session.seen + TOUCHED_EVERY:
        session = session.changed(seen=now)
        names.append("seen")
    if names:
        await parts.store.save(session, *names)
    return session


def admissions(app: FastAPI) -> Iterable[tuple[APIRoute, Admit]]:
    """Every page route with its declaration. Raises ``RuntimeError`` for a route that declares nobody."""
    for found_route in iter_route_contexts(app.routes):
        route = found_route.original_route
        if not isinstance(route, APIRoute):
            continue
        found = [item.call for item in route.dependant.dependencies if isinstance(item.call, Admit)]
        if not found:
            raise RuntimeError(f"{sorted(route.methods or ())} {route.path} declares nobody who may see it")
        yield route, found[0]
