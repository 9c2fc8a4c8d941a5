"""HTTP of the two providers: discovery, the choice of a person, tokens, userinfo, logout. Below ``/people`` and ``/agents``."""

from collections.abc import Awaitable, Callable, Iterable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from deploy.local.provider import choosing, screens, tokens
from deploy.local.provider.issuing import Provider

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_MOST_BYTES = 64 * 1024


def create_api(providers: Iterable[Provider]) -> FastAPI:
    """The application that serves ``providers``, each below the path of its issuer."""
    api = FastAPI(title="Tremplin demonstration identity provider", docs_url=None, redoc_url=None, openapi_url=None)
    for provider in providers:
        choosing.install(api, provider)
        tokens.install(api, provider)
    _install_common(api)
    return api


def _install_common(api: FastAPI) -> None:
    @api.middleware("http")
    async def guarded(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _MOST_BYTES or "transfer-encoding" in request.headers:
            return JSONResponse({"error": "invalid_request"}, 413, headers=_HEADERS)
        response = await call(request)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @api.get("/static/provider.css")
    async def style() -> Response:
        return Response(screens.STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})

    @api.get("/health/live")
    @api.get("/health/ready")
    async def health() -> dict[str, str]:
        return {"status": "ready"}
