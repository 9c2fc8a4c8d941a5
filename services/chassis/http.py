"""A service's HTTP API: problem documents, tracing, health, and the operator's doors to replay and dead letters."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import JSONResponse, Response
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.decision import Refusal
from contracts.model import Model
from contracts.topics import events_of
from services.chassis import problems, telemetry
from services.chassis.consuming import Consumer
from services.chassis.identity import Caller, Verifier, allow, check_declared, public
from services.chassis.outbox import Relay

log = structlog.get_logger()
MAX_BODY = 1_000_000
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""FastAPI's own would record messages and stack traces of failures; ``Edge`` makes the span of a request."""
DRAINED_BYTES, DRAIN_SECONDS = 64_000_000, 10.0
"""How much more of a body that is too large is read and dropped, so that most clients come to read the answer."""

Check = Callable[[], Awaitable[None]]
Limit = Callable[[str], int]
"""From a request's path to the most bytes that its body may have."""


class TooLarge(HTTPException):
    """An error that FastAPI lets through while it reads a body; any other becomes a 400."""

    def __init__(self) -> None:
        super().__init__(413, "The body is too large")


class SourceUnknown(Refusal):
    code, status, title = "source_unknown", 422, "This service hears nothing from there"


class LetterBody(Model):
    identity: str


class ReplayBody(Model):
    """``after``: by shard, the position after which everything is consumed again; without one, from the first on."""

    source: str
    after: dict[int, Annotated[int, Field(ge=0)]]


class Edge:
    """Around every request: the trace it belongs to, a bound on its body, its time by route and status."""

    def __init__(self, app: ASGIApp, service: str, limit: Limit) -> None:
        self.app, self.service, self.limit = app, service, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, status, body = time.perf_counter(), 500, _Body(receive, self.limit(scope["path"]))
        parent = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"traceparent"), None)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status == 413 and not await body.drained():
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        with telemetry.resumed(f"{scope['method']} {self.service}", parent, trace.SpanKind.SERVER) as span:
            try:
                await self.app(scope, body.receive, sending)
            except TooLarge:
                await problems.problem(413, "too_large", "The body is too large")(scope, receive, sending)
            except Exception as error:
                log.error("request.crashed", service=self.service, error=type(error).__name__)
            route = getattr(scope.get("route"), "path", "none")
            span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
        telemetry.REQUEST_SECONDS.labels(self.service, route, str(status)).observe(time.perf_counter() - begin)


class _Body:
    """A request's body as the application reads it: no further than ``limit`` bytes."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._limit = receive, limit
        self._taken, self._ended = 0, False

    async def _next(self) -> Message:
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        return message

    async def receive(self) -> Message:
        message = await self._next()
        if self._taken > self._limit:
            raise TooLarge
        return message

    async def drained(self) -> bool:
        """Read on and drop what comes, within bounds; whether the body came to its end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._ended and self._taken < self._limit + DRAINED_BYTES:
                    await self._next()
        return self._ended


def make_api(service: str, title: str, verifier: Verifier) -> FastAPI:
    """An API that answers errors as problems and checks callers; ``finish`` completes it once its routes are there."""
    api = FastAPI(title=title, version="1", docs_url="/docs", redoc_url=None, telemetry=NO_TELEMETRY)
    api.state.verifier = verifier
    problems.install(api)
    return api


def finish(
    api: FastAPI, service: str, checks: dict[str, Check], consumer: Consumer | None = None, relay: Relay | None = None
) -> None:
    """Add health, metrics and operator routes; refuse routes that declare nobody. Raises ``RuntimeError``."""
    _health(api, checks)
    if consumer is not None:
        _operator(api, consumer, relay)
    if relay is not None:
        _positions(api, relay)
    check_declared(api)


def _health(api: FastAPI, checks: dict[str, Check]) -> None:
    @api.get("/health/live", include_in_schema=False)
    @public
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @api.get("/health/ready", include_in_schema=False)
    @public
    async def ready() -> JSONResponse:
        states = {name: await _state(check) for name, check in checks.items()}
        down = any(state != "ok" for state in states.values())
        return JSONResponse({"status": "down" if down else "ready", "parts": states}, 503 if down else 200)

    @api.get("/metrics", include_in_schema=False)
    @public
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _state(check: Check) -> str:
    try:
        await check()
    except Exception as error:
        return type(error).__name__
    return "ok"


def _operator(api: FastAPI, consumer: Consumer, relay: Relay | None) -> None:
    letters = consumer.dead_letters
    operator = allow("operator", "administrator")

    @api.get("/internal/progress", include_in_schema=False)
    async def progress(caller: Caller = operator) -> dict[str, Any]:
        heads = {shard: head.position for shard, head in relay.heads.items()} if relay else {}
        waiting = relay.outbox() if relay else {"depth": 0}
        dead = await letters.count()
        return {"cursors": await consumer.progress(), "heads": heads, "dead_letters": dead, "outbox": waiting}

    @api.get("/internal/dead-letters", include_in_schema=False)
    async def listed(caller: Caller = operator) -> list[dict[str, Any]]:
        return await letters.list()

    @api.get("/internal/dead-letters/{identity:path}", include_in_schema=False)
    async def shown(identity: str, caller: Caller = operator) -> dict[str, Any]:
        return await letters.show(identity)

    @api.post("/internal/dead-letters/replay", include_in_schema=False)
    async def replayed(body: LetterBody, caller: Caller = operator) -> dict[str, int]:
        return {"released": await letters.replay(body.identity, consumer.handle)}

    @api.post("/internal/dead-letters/discard", include_in_schema=False)
    async def discarded(body: LetterBody, caller: Caller = operator) -> dict[str, int]:
        return {"released": await letters.discard(body.identity, consumer.handle)}

    @api.post("/internal/replay", include_in_schema=False)
    async def replay(body: ReplayBody, caller: Caller = operator) -> dict[str, str]:
        if body.source not in consumer.sources:
            raise SourceUnknown(field="source", allowed=consumer.sources)
        for shard in range(events_of(body.source).partitions):
            await consumer.rewind(body.source, shard, body.after.get(shard, 0))
        return {"status": "rewound"}


def _positions(api: FastAPI, relay: Relay) -> None:
    operator = allow("operator", "administrator")

    @api.get("/internal/archive", include_in_schema=False)
    async def archive(since: Annotated[datetime | None, Query()] = None, caller: Caller = operator) -> dict[int, int]:
        """The last position of every shard, or the last before ``since``."""
        return await relay.positions(since)

    @api.post("/internal/archive/verify", include_in_schema=False)
    async def verify(caller: Caller = operator) -> dict[str, Any]:
        return await relay.verify()
