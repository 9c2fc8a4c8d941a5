"""The services as the portal asks them: over HTTP, with a short token for the person of the session.

The portal signs these tokens; the roles in them are those that ``people`` holds, read again every two minutes.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx
from cachetools import TTLCache
from joserfc.jwk import ECKey

from services.chassis.telemetry import traceparent
from services.chassis.tokens import mint
from services.portal.security import SAFE

TOKEN_SECONDS = 300
ROLES_FOR = timedelta(seconds=120)
PATIENCE_SECONDS = 20.0
MACHINE = str(uuid5(NAMESPACE_URL, "urn:tremplin:machine:portal"))
Answer = Any
NOWHERE = {"code": "not_found", "title": "There is nothing at this address"}
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class ServiceDown(Exception):
    """A service does not answer, or says that it cannot now. ``perhaps_done``: it had got what would change something."""

    def __init__(self, service: str, perhaps_done: bool = False) -> None:
        super().__init__(service)
        self.service, self.perhaps_done = service, perhaps_done


class ServiceProblem(Exception):
    """A service refused: its problem document (RFC 9457)."""

    def __init__(self, service: str, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(f"{service} {status} {document.get('code')}")
        self.service, self.status = service, status
        self.code: str = str(document.get("code", "http_error"))
        self.title: str = str(document.get("title", ""))
        self.field: str | None = document.get("field")
        self.allowed: Any = document.get("allowed")
        self.detail: Any = document.get("detail")
        self.problems: list[dict[str, Any]] = list(document.get("problems", ()))


class Backend:
    """Every service's HTTP API. ``person`` and ``roles`` say for whom is asked; without them, as the public."""

    def __init__(self, urls: Mapping[str, str], key: ECKey, issuer: str) -> None:
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=30)
        self._clients = {
            name: httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, limits=limits, trust_env=False)
            for name, url in urls.items()
        }
        self._key, self._issuer = key, issuer
        self._tokens: TTLCache[tuple[str, tuple[str, ...]], str] = TTLCache(10_000, TOKEN_SECONDS - 60)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def token(self, person_id: str, roles: tuple[str, ...]) -> str:
        """A token that lets the person act in these roles for five minutes."""
        known = self._tokens.get((person_id, roles))
        if known is None:
            known = mint(self._key, self._issuer, person_id, sorted(roles), datetime.now(UTC), TOKEN_SECONDS)
            self._tokens[person_id, roles] = known
        return known

    async def roles_of(self, person_id: str) -> tuple[str, ...]:
        """The roles that ``people`` holds for a person; none for an unknown one. Raises ``ServiceDown``."""
        try:
            answer = await self.ask(MACHINE, ("operator",), "GET", "people", f"/persons/{person_id}/roles")
        except ServiceProblem as problem:
            if problem.status == httpx.codes.NOT_FOUND:
                return ()
            raise ServiceDown("people") from problem
        return tuple(sorted(map(str, answer["roles"])))

    async def person_of(self, login_id: str) -> str:
        """Whose a log-in is: mostly of the person of this very id, else of one known from paper. Raises ``ServiceDown``."""
        try:
            answer = await self.ask(MACHINE, ("operator",), "GET", "people", f"/logins/{login_id}")
        except ServiceProblem as problem:
            raise ServiceDown("people") from problem
        return str(answer["person_id"])

    async def follower_names(self, ids: Iterable[str]) -> dict[str, str]:
        """The names of an initiative's mentor and officer, whom coaching names to its team; nothing when people is away."""
        try:
            answer = await self.ask(MACHINE, ("operator",), "POST", "people", "/colleagues/names", {"ids": sorted(ids)})
        except ServiceDown:
            return {}
        return {key: name for key, name in answer["names"].items() if name}

    async def ask(
        self,
        person_id: str | None,
        roles: tuple[str, ...],
        method: str,
        service: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        files: Any = None,
    ) -> Answer:
        """The service's JSON answer, or bytes of another kind. Raises ``ServiceProblem`` or ``ServiceDown``."""
        sent = self._headers(person_id, roles, key, headers)
        given: dict[str, Any] = {"params": _present(params), "content": content, "files": files, "headers": sent}
        if body is not None:
            given["json"] = body
        try:
            answer = await self._clients[service].request(method, path, **given)
        except httpx.InvalidURL:
            raise ServiceProblem(service, httpx.codes.NOT_FOUND, NOWHERE) from None
        except NEVER_SENT:
            raise ServiceDown(service) from None
        except httpx.HTTPError:
            raise ServiceDown(service, perhaps_done=method not in SAFE) from None
        return _read(service, answer)

    @asynccontextmanager
    async def stream(
        self,
        person_id: str | None,
        roles: tuple[str, ...],
        service: str,
        path: str,
        params: Mapping[str, Any] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """A GET whose body is read as it comes. Raises ``ServiceProblem`` or ``ServiceDown``."""
        sent = self._headers(person_id, roles, None, None)
        try:
            async with self._clients[service].stream("GET", path, params=_present(params), headers=sent) as answer:
                if answer.is_error:
                    await answer.aread()
                    _read(service, answer)
                yield answer
        except httpx.HTTPError:
            raise ServiceDown(service) from None

    def _headers(
        self, person_id: str | None, roles: tuple[str, ...], key: str | None, headers: Mapping[str, str] | None
    ) -> dict[str, str]:
        sent = dict(headers or {})
        if person_id is not None:
            sent["Authorization"] = f"Bearer {self.token(person_id, roles)}"
        if key:
            sent["Idempotency-Key"] = key
        if trace := traceparent():
            sent["traceparent"] = trace
        return sent


def _present(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in params.items() if value not in (None, "")} if params else None


def _read(service: str, answer: httpx.Response) -> Answer:
    if answer.is_server_error and answer.status_code != httpx.codes.NOT_IMPLEMENTED:
        raise ServiceDown(service, perhaps_done=answer.request.method not in SAFE)
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.is_error:
        raise ServiceProblem(service, answer.status_code, _document(answer) if kind.endswith("json") else {})
    return json.loads(answer.content) if kind.endswith("json") else answer.content


def _document(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
