"""A service's HTTP API: problem documents, the trace of a request, a bound on its body, its time."""

import asyncio
import contextlib
import time
from collections.abc import Callable

import structlog
from fastapi import FastAPI, HTTPException
from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import problems, telemetry
from services.chassis.identity import Verifier

log = structlog.get_logger()
MAX_BODY = 1_000_000
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""FastAPI's own would record messages and stack traces of failures; ``Edge`` makes the span of a request."""
DRAINED_BYTES, DRAIN_SECONDS = 64_000_000, 10.0
"""How much more of a body that is too large is read and dropped, so that most clients come to read the answer."""

LINGERED_BYTES, LINGER_SECONDS = 8_000_000, 1.0
"""And how much after the answer to a client that does not stop: one cut off at once would lose what it has not read yet."""

Limit = Callable[[str], int]
"""From a request's path to the most bytes that its body may have."""


class TooLarge(HTTPException):
    """An error that FastAPI lets through while it reads a body; any other becomes a 400."""

    def __init__(self) -> None:
        super().__init__(413, "The body is too large")


class Edge:
    """Around every request: the trace it belongs to, a bound on its body, its time by route and status.

    What wraps the application in a scope of its own hands its ``route`` back, or requests are counted under ``none``.
    """

    def __init__(self, app: ASGIApp, service: str, limit: Limit) -> None:
        self.app, self.service, self.limit = app, service, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, status, body = time.perf_counter(), 500, _Body(receive, self.limit(scope["path"]))
        streaming, cut = 0.0, False
        parent = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"traceparent"), None)

        async def sending(message: Message) -> None:
            nonlocal status, streaming, cut
            if message["type"] == "http.response.start":
                status = message["status"]
                streaming = time.perf_counter() if _is_stream(message) else 0.0
                cut = status == 413 and not await body.drained(DRAINED_BYTES, DRAIN_SECONDS)
                if cut:
                    message["headers"] = [*message["headers"], (b"connection", b"close")]
            elif cut and not message.get("more_body", False):
                await send({**message, "more_body": True})
                await body.drained(LINGERED_BYTES, LINGER_SECONDS)
                message = {"type": "http.response.body"}
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
        answered = streaming or time.perf_counter()
        telemetry.REQUEST_SECONDS.labels(self.service, route, str(status)).observe(answered - begin)


def _is_stream(start: Message) -> bool:
    """Whether events follow, for as long as somebody listens: such a request is answered when the first may come."""
    return any(key == b"content-type" and value.startswith(b"text/event-stream") for key, value in start["headers"])


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

    async def drained(self, most: int, seconds: float) -> bool:
        """Read on and drop what comes, at most so many bytes and so long; whether the body came to its end."""
        enough = self._taken + most
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._ended and self._taken < enough:
                    await self._next()
        return self._ended


def make_api(service: str, title: str, verifier: Verifier) -> FastAPI:
    """An API that answers errors as problems and checks callers, for a service's own routes."""
    api = FastAPI(title=title, version="1", docs_url="/docs", redoc_url=None, telemetry=NO_TELEMETRY)
    api.state.verifier = verifier
    problems.install(api)
    return api
