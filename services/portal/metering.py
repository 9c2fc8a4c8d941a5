"""What the portal counts of itself, on a port of its own: the one that faces the network has no such door."""

import contextlib
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pymongo.errors import PyMongoError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STREAMS = Gauge("tremplin_open_streams", "Streams of events that readers have open", ["service"])
SESSIONS = Gauge("tremplin_sessions", "Sessions that have not ended", ["service"])


def make_door(service: str, streams: Callable[[], int], sessions: Callable[[], Awaitable[int]]) -> Starlette:
    """``/metrics``, counted when it is read; a database that does not answer leaves the last count of sessions."""

    async def metrics(request: Request) -> Response:
        STREAMS.labels(service).set(streams())
        with contextlib.suppress(PyMongoError):
            SESSIONS.labels(service).set(await sessions())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", metrics)])
