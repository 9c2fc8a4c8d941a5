"""What a person sees when something did not work: what happened, what was kept, what to do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.portal.admission import EarlierPage, RoleNeeded, SignInNeeded
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.page import Page, Parts
from services.portal.providers import NO_COOKIE, ProviderDown, ProviderLies
from services.portal.security import SAFE, ForeignRequest, TooMany, require_same_origin, sent_token

log = structlog.get_logger()
MAX_PARKED = 500_000
RETRY_AFTER = {429: "60", 503: "5"}
"""Seconds, by status: all limits are of a minute."""
_LEFT_OUT = {"csrf", "key"}


async def show(request: Request, status: int, kind: str, problem: ServiceProblem | None = None) -> Response:
    """The error page of a kind (``pages/errors/page.html`` has its words); in a log-in, with where it was to lead."""
    page, wanted = Page(request), getattr(request.state, "wanted", "")
    response = await page.render("errors/page.html", status=status, kind=kind, problem=problem, wanted=wanted)
    if status in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[status]
    return response


async def _sign_in(request: Request, error: Exception) -> Response:
    """To the log-in and back; a form that was sent is kept for its person, and taken up after it."""
    assert isinstance(error, SignInNeeded)  # noqa: S101
    page, parked = Page(request), None
    back = page.request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in SAFE:
        parked = await _parked(request)
        back = parked or page.url("/account")
    return _sent_to(request, page.url("/login", next=back, ended="1" if error.session or parked else ""))


async def _taken_up(request: Request, error: Exception) -> Response:
    """A form of before the person logged in anew is kept for them, and shown to be sent again."""
    parked = await _parked(request)
    return _sent_to(request, parked) if parked else await show(request, 403, "foreign")


def _sent_to(request: Request, target: str) -> Response:
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


async def _parked(request: Request) -> str | None:
    """Where a form is taken up: kept for the person whose page it is of, as its CSRF token proves; nothing without one."""
    parts, now = _parts(request), datetime.now(UTC)
    try:
        require_same_origin(request.headers, parts.settings.origin)
        form = await request.form()
        person_id = parts.store.whose(sent_token(request, form), now)
        if person_id is None:
            return None
        await parts.rates.require_of(person_id, "parked")
    except (ForeignRequest, TooMany, HTTPException, ValueError):
        return None
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in _LEFT_OUT]
    if sum(len(name) + len(value) for name, value in fields) > MAX_PARKED:
        return None
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    files = any(isinstance(value, UploadFile) and value.filename for _, value in form.multi_items())
    kept = [*fields, ("_files_lost", "1")] if files else fields
    token = await parts.store.park(person_id, path, kept, now)
    return Page(request).url(f"/resume/{token}")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceProblem)  # noqa: S101
    kinds = {401: "session", 403: "forbidden", 404: "missing", 409: "conflict", 412: "conflict", 413: "too_large"}
    status = error.status if error.status in kinds else 422
    kind = "partly_done" if _changed(request) else kinds.get(error.status, "refused")
    return await show(request, status, kind, error)


async def _down(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceDown)  # noqa: S101
    log.warning("service.down", service=error.service)
    return await show(request, 503, "perhaps_done" if error.perhaps_done or _changed(request) else "down")


async def _unusable(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProviderLies)  # noqa: S101
    log.warning("login.refused", reason=error.reason)
    if error.reason == NO_COOKIE:
        return await show(request, 400, "no_cookies")
    return await show(request, 502, "provider_lies")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    kinds = {404: "missing", 405: "missing", 413: "too_large"}
    return await show(request, error.status_code, kinds.get(error.status_code, "malformed"))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("page.failed", error=type(error).__name__)
    return await show(request, 500, "perhaps_done" if _changed(request) else "unexpected")


def _showing(status: int, kind: str) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        return await show(request, status, kind)

    return handler


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error with a page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(EarlierPage, _taken_up)
    app.add_exception_handler(ServiceProblem, _refused)
    app.add_exception_handler(ServiceDown, _down)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _showing(404, "missing"))
    app.add_exception_handler(RoleNeeded, _showing(403, "forbidden"))
    app.add_exception_handler(ForeignRequest, _showing(403, "foreign"))
    app.add_exception_handler(TooMany, _showing(429, "too_many"))
    app.add_exception_handler(ProviderDown, _showing(503, "provider_down"))
    app.add_exception_handler(ProviderLies, _unusable)
    app.add_exception_handler(Exception, _unexpected)


def _changed(request: Request) -> bool:
    """Whether a service has done a part of what a form asked for."""
    return request.method not in SAFE and getattr(request.state, "changed", False)


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts
