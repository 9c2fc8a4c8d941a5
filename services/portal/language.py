"""Languages of the portal: the path's first part says which; catalogues are gettext's, a file for each area.

Message ids are the English texts; ``locale/fr/*.po`` have the French. They are compiled in memory when the portal starts.
"""

import gettext
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
COOKIE = "language"
FOLDER = Path(__file__).parent / "locale"
_UNPREFIXED = ("/static/", "/health/", "/callback/", "/.well-known/", "/metrics", "/robots.txt")


def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language, put together from its areas' files."""
    merged = Catalog(locale=language)
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            area = read_po(file, locale=language)
        for message in area:
            if message.id and message.string and not message.fuzzy:
                merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def preferred(headers: Headers, cookies: dict[str, str]) -> str:
    """The language to begin with: the one chosen before, else the browser's, else French."""
    if cookies.get(COOKIE) in LANGUAGES:
        return cookies[COOKIE]
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in headers.get("accept-language", "").split(",")]
    return negotiate_locale([name for name in wanted if name], LANGUAGES, sep="_") or DEFAULT


class LanguageInPath:
    """Takes ``/fr`` or ``/en`` off the path, as a mount would, and notes the language for what follows."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        language, _, _ = path[1:].partition("/")
        state: dict[str, Any] = scope.setdefault("state", {})
        if language in LANGUAGES:
            state["language"] = language
            inside: Scope = {**scope, "root_path": f"/{language}"}
            try:
                await self.app(inside, receive, send)
            finally:
                scope["route"] = inside.get("route")
            return
        headers = Headers(scope=scope)
        state["language"] = preferred(headers, _cookies(headers))
        if path.startswith(_UNPREFIXED) or scope["method"] not in {"GET", "HEAD"}:
            await self.app(scope, receive, send)
            return
        await _redirect(scope, state["language"])(scope, receive, send)


def _redirect(scope: Scope, language: str) -> RedirectResponse:
    query = scope["query_string"].decode("latin-1")
    target = f"/{language}{quote(scope['path'])}" + (f"?{query}" if query else "")
    return RedirectResponse(target, 302, headers={"Vary": "Accept-Language, Cookie", "Cache-Control": "private"})


def _cookies(headers: Headers) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs}
