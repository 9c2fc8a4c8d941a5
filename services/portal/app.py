"""The portal as an ASGI application: pages by area, around them language, cache, security, trace."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Scope

from services.chassis.http import MAX_BODY, NO_TELEMETRY, Edge
from services.portal import errors
from services.portal.admission import admissions
from services.portal.assets import Assets
from services.portal.caching import PublicCache
from services.portal.language import LanguageInPath
from services.portal.live import Hub
from services.portal.page import Parts
from services.portal.routes import all_routers
from services.portal.security import SecurityHeaders

UPLOAD_BODY = 12_000_000
Checks = dict[str, Callable[[], Awaitable[Any]]]


def make_app(parts: Parts, assets: Assets, routers: tuple[APIRouter, ...] | None = None) -> FastAPI:
    """Every page, each declaring whom it is for. Raises ``RuntimeError`` for one that does not."""
    app = FastAPI(title="Tremplin", openapi_url=None, docs_url=None, redoc_url=None, telemetry=NO_TELEMETRY)
    app.state.parts, app.state.live = parts, Hub()
    for router in all_routers() if routers is None else routers:
        app.include_router(router)
    list(admissions(app))
    app.router.routes.append(_Door("/static/{path:path}", assets.serve))
    app.router.routes.append(_Door("/health/live", _live))
    app.router.routes.append(_Door("/health/ready", _ready))
    app.router.routes.append(_Door("/.well-known/jwks.json", _jwks))
    errors.install(app)
    return app


class _Door(Route):
    """A route that is no page. It says which it is, as FastAPI's do: requests are counted by it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}


def around(app: FastAPI) -> ASGIApp:
    """What every request passes, from outside in: trace and bounds, headers, cache, language."""
    secure = app.state.parts.settings.secure
    return Edge(SecurityHeaders(PublicCache(LanguageInPath(app)), secure), "portal", body_limit)


def body_limit(path: str) -> int:
    """The most bytes that a request's body may have: files go to addresses that end in ``/attachments``."""
    return UPLOAD_BODY if path.endswith("/attachments") else MAX_BODY


async def _live(request: Request) -> Response:
    return JSONResponse({"status": "live"})


async def _ready(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    try:
        await parts.store.ping()
    except Exception as error:
        return JSONResponse({"status": "down", "parts": {"database": type(error).__name__}}, 503)
    return JSONResponse({"status": "ready", "parts": {"database": "ok"}})


async def _jwks(request: Request) -> Response:
    parts: Parts = request.app.state.parts
    return JSONResponse(dict(parts.jwks), headers={"Cache-Control": "public, max-age=300"})
