"""One request for a page: who asks, in which language, and how to answer."""

import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.clock import Clock
from services.portal.backend import Backend
from services.portal.language import LANGUAGES
from services.portal.navigation import area_of, areas_for
from services.portal.prefill import RecordedRegister, Register
from services.portal.presentation import Presentation
from services.portal.providers import Client
from services.portal.security import SAFE, Rates, masked
from services.portal.settings import Settings
from services.portal.store import Session, Store

MAX_FLASHES = 5
ROWS_AT_ONCE = 100
_KEY = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the portal is made of; one for the process, in ``app.state.parts``."""

    settings: Settings
    store: Store
    clock: Clock
    backend: Backend
    clients: Mapping[str, Client]
    presentation: Presentation
    rates: Rates
    jwks: Mapping[str, Any] = field(default_factory=dict)
    register: Register = field(default_factory=RecordedRegister)


class Page:
    """A page under way. Routes get one from ``anyone()`` or ``signed_in(...)`` and return what its methods make."""

    def __init__(self, request: Request, session: Session | None = None) -> None:
        self.request = request
        self.session = session
        self.parts: Parts = request.app.state.parts
        self.language: str = request.state.language
        self.form: FormData = FormData()
        """What was sent, for an unsafe request; its CSRF token has been checked."""

    @property
    def person_id(self) -> str:
        assert self.session  # noqa: S101
        return self.session.person_id

    @property
    def now(self) -> datetime:
        """The instant of the installation's clock (the season's, on the embedded platform)."""
        return self.parts.clock.now()

    def has(self, *roles: str) -> bool:
        return self.session is not None and not set(roles).isdisjoint(self.session.roles)

    async def applies(self) -> None:
        """The person has an application from now on: their own are among their areas, whatever their roles."""
        if self.session and not self.session.applies:
            self.session = self.session.changed(applies=True)
            await self.parts.store.save(self.session, "applies")

    def url(self, path: str, **query: Any) -> str:
        """The address of a page in this language; parameters without a value are left out."""
        given = {name: value for name, value in query.items() if value not in (None, "", [])}
        return f"/{self.language}{path}" + (f"?{urlencode(given, doseq=True)}" if given else "")

    def here(self, **query: Any) -> str:
        """This page's address with some of its parameters changed."""
        kept = {name: self.request.query_params.getlist(name) for name in self.request.query_params}
        path = self.request.url.path.removeprefix(f"/{self.language}")
        return self.url(path, **{**kept, **query})

    def in_language(self, language: str) -> str:
        query = self.request.url.query
        path = self.request.url.path.removeprefix(f"/{self.language}") or "/"
        return f"/{language}{path}" + (f"?{query}" if query else "")

    def _(self, text: str, **values: Any) -> str:
        """A message in the page's language; ``%(name)s`` are replaced."""
        found = self.parts.presentation.gettext(self.language, text)
        return found % values if values else found

    async def get(self, service: str, path: str, /, **params: Any) -> Any:
        """A service's answer to a GET for this person. Raises ``ServiceProblem`` or ``ServiceDown``."""
        return await self.ask("GET", service, path, params=params)

    async def every(self, service: str, path: str, /, name: str = "items", **params: Any) -> list[dict[str, Any]]:
        """Every row of a list that a service gives in pages; ``name`` is what the rows are under."""
        found, after = list[dict[str, Any]](), ""
        while after is not None:
            answer = await self.get(service, path, **params, after=after, limit=ROWS_AT_ONCE)
            found, after = [*found, *answer[name]], answer["next"]
        return found

    async def post(self, service: str, path: str, body: Any = None, /, key: str | None = None) -> Any:
        """A POST with the form's own ``Idempotency-Key``: sent twice, it happens once."""
        return await self.ask("POST", service, path, body, key=key or self.form_key)

    async def ask(self, method: str, service: str, path: str, body: Any = None, /, **given: Any) -> Any:
        """Any request to a service for this person; ``given`` as for ``Backend.ask``."""
        answer = await self.parts.backend.ask(*self._caller(), method, service, path, body, **given)
        if method not in SAFE:
            self.request.state.changed = True
        return answer

    def stream(
        self, service: str, path: str, /, **params: Any
    ) -> AbstractAsyncContextManager[httpx.Response] | AsyncIterator[Any]:
        """A GET whose body is read as it comes."""
        return self.parts.backend.stream(*self._caller(), service, path, params)

    def _caller(self) -> tuple[str | None, tuple[str, ...]]:
        return (self.session.person_id, self.session.roles) if self.session else (None, ())

    @property
    def form_key(self) -> str | None:
        """The key that the form carried since it was shown; None when it has none that could be one."""
        sent = self.form.get("key")
        return sent if isinstance(sent, str) and _KEY.fullmatch(sent) else None

    def text(self, name: str, default: str = "") -> str:
        """A field of the form as text, without the spaces around it."""
        sent = self.form.get(name, default)
        return sent.strip() if isinstance(sent, str) else default

    def texts(self, name: str) -> list[str]:
        """All values of a field of the form that may have several."""
        return [sent for sent in self.form.getlist(name) if isinstance(sent, str)]

    async def render(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any
    ) -> HTMLResponse:
        """A page from a template; what was to be said once (``go(done=…)``) is shown and forgotten."""
        flashes: tuple[dict[str, Any], ...] = ()
        if self.session and self.session.flash and not self.request.headers.get("hx-request"):
            flashes = self.session.flash
            self.session = self.session.changed(flash=())
            await self.parts.store.save(self.session, "flash")
        text = self.parts.presentation.render(self.language, template, {**self._shared(flashes), **context})
        return HTMLResponse(text, status, headers=dict(headers or {}))

    async def render_public(self, template: str, seconds: int = 30, **context: Any) -> HTMLResponse:
        """A page that is the same for everyone: browsers and shared caches may keep it for so many seconds."""
        kept = f"public, max-age={seconds}, stale-while-revalidate=60, stale-if-error=600"
        return await self.render(template, headers={"Cache-Control": kept}, **context)

    async def go(self, path: str, done: str = "", kind: str = "success", **query: Any) -> Response:
        """After a form: to another page, where ``done`` is said once."""
        if done and self.session:
            flashes = (*self.session.flash, {"kind": kind, "text": done})[-MAX_FLASHES:]
            self.session = self.session.changed(flash=flashes)
            await self.parts.store.save(self.session, "flash")
        target = self.url(path, **query)
        if self.request.headers.get("hx-request"):
            return Response(status_code=204, headers={"HX-Redirect": target})
        return RedirectResponse(target, 303)

    def _seconds_left(self, session: Session) -> int:
        """How long the session can last still, however much it is used."""
        longest = timedelta(seconds=self.parts.settings.absolute_seconds)
        return max(int((session.opened + longest - datetime.now(UTC)).total_seconds()), 0)

    def _shared(self, flashes: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        session = self.session
        areas = areas_for(session.roles, session.applies) if session else ()
        path = self.request.url.path.removeprefix(f"/{self.language}")
        return {
            "page": self,
            "url": self.url,
            "here": self.here,
            "session": session,
            "areas": areas,
            "area": area_of(path, areas),
            "csrf": masked(session.csrf) if session else "",
            "new_key": lambda: str(uuid.uuid4()),
            "flashes": flashes,
            "languages": [(name, self.in_language(name)) for name in LANGUAGES],
            "now": self.now,
            "demonstration": self.parts.settings.demonstration,
            "idle_seconds": self.parts.settings.idle_seconds if session else 0,
            "seconds_left": self._seconds_left(session) if session else 0,
            "fragment": bool(self.request.headers.get("hx-request")),
        }
