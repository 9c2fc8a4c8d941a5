"""How the season's people reach the platform: HTTP with a token of their own, and nothing else.

A service that says it is not available is asked again, up to ``REPEATS`` times, as any client would: when it says, if it does.
Otherwise people wait for an answer and repeat nothing. Stubborn ones, on a platform that things happen to, also repeat what was
not answered: the keys of their requests make doing it twice doing it once.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
from httpx_retries import Retry, RetryTransport

T = TypeVar("T")
PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.04
AT_ONCE = 8
ISSUER = "issuer"
ANSWER_SECONDS = 60.0
REPEATS = 10
STUBBORN_SECONDS = 120.0
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PATIENT = Retry(
    total=REPEATS,
    allowed_methods=_METHODS,
    status_forcelist=(httpx.codes.SERVICE_UNAVAILABLE,),
    retry_on_exceptions=(),
    backoff_factor=0.01,
    max_backoff_wait=2.0,
)
_STUBBORN = _PATIENT.copy_with(total=1_000, retry_on_exceptions=None, total_timeout=STUBBORN_SECONDS)


class SeasonFailure(Exception):
    """Something that the season's people counted on did not happen. The text names it."""


class Answered(SeasonFailure):
    """An answer that nobody expected: the request, the status and the code of the problem."""

    def __init__(self, request: str, status: int, code: str, problems: Any) -> None:
        super().__init__(f"{request} was answered {status} {code} {problems or ''}".rstrip())
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the season, by id; the door knows their token."""

    id: UUID
    label: str


class Door:
    """The platform's HTTP APIs, by service."""

    def __init__(
        self, urls: Mapping[str, str], issuer: str, operator_token: Callable[[], str], stubborn: bool = False
    ) -> None:
        # The pool looks at each of its connections at each request: few of them, and a pool for each service.
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=30)
        retry = _STUBBORN if stubborn else _PATIENT
        self._clients = {
            service: httpx.AsyncClient(
                base_url=url,
                timeout=ANSWER_SECONDS,
                transport=RetryTransport(httpx.AsyncHTTPTransport(limits=limits), retry),
                trust_env=False,
            )
            for service, url in {**urls, ISSUER: issuer}.items()
        }
        self._mint, self._operator = operator_token, operator_token()
        self._tokens: dict[UUID, str] = {}
        self.requests = 0
        self.most_requests = math.inf
        """People wait before they make more than these; whoever does something to the platform raises it."""

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def forget(self, person: Person) -> None:
        """The person's roles have changed, or their token has expired: a new one is fetched at their next request."""
        self._tokens.pop(person.id, None)

    async def get(self, person: Person | None, service: str, path: str, **params: Any) -> Any:
        return await self.ask(person, "GET", service, path, params=params)

    async def post(
        self,
        person: Person,
        service: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        patience: float = ANSWER_SECONDS,
    ) -> Any:
        """POST with an Idempotency-Key, by default the path's own: doing it twice does it once."""
        return await self.ask(person, "POST", service, path, body, key=key or path, patience=patience)

    async def put(self, person: Person, service: str, path: str, body: Any) -> Any:
        return await self.ask(person, "PUT", service, path, body)

    async def refused(self, person: Person, method: str, service: str, path: str, body: Any, code: str) -> None:
        """Ask for something that has to be refused with ``code``. Raises ``SeasonFailure`` when it is not."""
        try:
            await self.ask(person, method, service, path, body)
        except Answered as answer:
            if answer.code == code:
                return
            raise
        raise SeasonFailure(f"{method} {path} went through; {code} was due")

    async def ask(
        self,
        person: Person | None,
        method: str,
        service: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        params: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        files: Any = None,
        patience: float = ANSWER_SECONDS,
    ) -> Any:
        """One request; the JSON answer, or the bytes of another kind. Raises ``Answered`` for any error status.

        The answer is waited for during ``patience`` seconds.
        """
        while self.requests >= self.most_requests:  # noqa: ASYNC110 - it is raised, and nobody tells
            await asyncio.sleep(POLL_SECONDS)
        self.requests += 1
        sent = dict(headers or {})
        if person is not None:
            sent |= _bearer(await self._token(person))
        if key:
            sent["Idempotency-Key"] = key
        given = {"json": body, "params": params or None, "content": content, "files": files, "headers": sent}
        answer = await _sent(self._clients[service], method, path, timeout=patience, **given)
        if answer.status_code == httpx.codes.UNAUTHORIZED and person is not None:
            self.forget(person)
            sent |= _bearer(await self._token(person))
            answer = await _sent(self._clients[service], method, path, timeout=patience, **given)
        return _read(answer, f"{method} {path}")

    async def operator(self, service: str, path: str, method: str = "GET", body: Any = None) -> Any:
        """Ask a service about itself, as this machine's operator."""
        client = self._clients[service]
        answer = await _sent(client, method, path, json=body, headers=_bearer(self._operator))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._operator = self._mint()
            answer = await _sent(client, method, path, json=body, headers=_bearer(self._operator))
        return _read(answer, f"{method} {service}{path}")

    async def until(self, seen: Callable[[], Awaitable[T]], what: str, patience: float = PATIENCE_SECONDS) -> T:
        """Look again and again until ``seen`` answers something true. Raises ``SeasonFailure`` after ``patience`` seconds."""
        deadline = time.monotonic() + patience
        while not (answer := await seen()):
            if time.monotonic() > deadline:
                raise SeasonFailure(f"Not within {patience:.0f} s: {what}")
            await asyncio.sleep(POLL_SECONDS)
        return answer

    async def _token(self, person: Person) -> str:
        if person.id not in self._tokens:
            answer = await _sent(self._clients[ISSUER], "POST", "/token", json={"person_id": str(person.id)})
            self._tokens[person.id] = _read(answer, "POST /token")["access_token"]
        return self._tokens[person.id]


async def _sent(client: httpx.AsyncClient, method: str, url: str, **given: Any) -> httpx.Response:
    try:
        return await client.request(method, url, **given)
    except httpx.HTTPError as error:
        raise SeasonFailure(f"{method} {url} was not answered ({type(error).__name__})") from error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _read(answer: httpx.Response, request: str) -> Any:
    kind = answer.headers.get("content-type", "")
    content = answer.json() if "json" in kind else answer.content
    if answer.is_error:
        problem = content if isinstance(content, dict) else {}
        raise Answered(request, answer.status_code, problem.get("code", "unknown"), problem.get("problems"))
    return content


async def together(work: Iterable[Awaitable[T]], at_once: int = AT_ONCE) -> list[T]:
    """Do all of ``work``, at most ``at_once`` at a time; the answers in order. The first failure ends it."""
    gate = asyncio.Semaphore(at_once)

    async def one(job: Awaitable[T]) -> T:
        async with gate:
            return await job

    jobs = list(work)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(job)) for job in jobs]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
