"""The doors that every service has: health and metrics for machines; progress, archive, replay, dead letters for operators."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import AwareDatetime, Field
from pymongo.errors import PyMongoError

from contracts.decision import Refusal
from contracts.model import Model
from contracts.topics import events_of
from services.chassis.archive import Archive
from services.chassis.consuming import Consumer
from services.chassis.dead_letters import AT_ONCE, MOST_AT_ONCE
from services.chassis.identity import Caller, allow, check_declared, public
from services.chassis.outbox import Relay

CHECK_SECONDS = 5.0
OPERATOR = allow("operator", "administrator")

Check = Callable[[], Awaitable[None]]
"""Raises when a part that a service needs does not answer."""
Count = Callable[[], Awaitable[int]]


class SourceUnknown(Refusal):
    code, status, title = "source_unknown", 422, "This service hears nothing from there"


class LetterBody(Model):
    identity: str


class ReplayBody(Model):
    """``after``: by shard, the position after which everything is consumed again; without one, from the first on."""

    source: str
    after: dict[int, Annotated[int, Field(ge=0)]]


def install(
    api: FastAPI,
    service: str,
    checks: dict[str, Check],
    counts: Mapping[Gauge, Count],
    consumer: Consumer,
    archive: Archive,
    relay: Relay | None,
) -> None:
    """Add the doors to the service's own routes; refuse routes that declare nobody. Raises ``RuntimeError``."""
    _health(api, checks)
    _metrics(api, service, counts)
    _progress(api, consumer, archive, relay)
    _dead_letters(api, consumer)
    if relay:
        _archive(api, archive)
    check_declared(api)


def _health(api: FastAPI, checks: dict[str, Check]) -> None:
    @api.get("/health/live", include_in_schema=False)
    @public
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @api.get("/health/ready", include_in_schema=False)
    @public
    async def ready() -> JSONResponse:
        states = dict(zip(checks, await asyncio.gather(*map(_state, checks.values())), strict=True))
        down = any(state != "ok" for state in states.values())
        return JSONResponse({"status": "down" if down else "ready", "parts": states}, 503 if down else 200)


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        return type(error).__name__
    return "ok"


def _metrics(api: FastAPI, service: str, counts: Mapping[Gauge, Count]) -> None:
    @api.get("/metrics", include_in_schema=False)
    @public
    async def metrics() -> Response:
        with contextlib.suppress(PyMongoError):
            for gauge, count in counts.items():
                gauge.labels(service).set(await count())
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _progress(api: FastAPI, consumer: Consumer, archive: Archive, relay: Relay | None) -> None:
    @api.get("/internal/progress", include_in_schema=False)
    async def progress(caller: Caller = OPERATOR) -> dict[str, Any]:
        return {
            "cursors": await consumer.progress(),
            "heads": await relay.positions() if relay else {},
            "dead_letters": await consumer.dead_letters.count(),
            "outbox": relay.outbox() if relay else {"depth": 0},
        }

    @api.post("/internal/replay", include_in_schema=False)
    async def replay(body: ReplayBody, caller: Caller = OPERATOR) -> dict[str, str]:
        if body.source not in consumer.sources:
            raise SourceUnknown(field="source", allowed=consumer.sources)
        for shard in range(events_of(body.source).partitions):
            await consumer.rewind(body.source, shard, body.after.get(shard, 0))
        return {"status": "rewound"}


def _dead_letters(api: FastAPI, consumer: Consumer) -> None:
    letters = consumer.dead_letters

    @api.get("/internal/dead-letters", include_in_schema=False)
    async def listed(
        q: Annotated[str, Query(max_length=500)] = "",
        after: Annotated[str, Query(max_length=600)] = "",
        limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = AT_ONCE,
        caller: Caller = OPERATOR,
    ) -> list[dict[str, Any]]:
        """Dead letters by position; ``after`` is the ``place`` of the last that is known."""
        return await letters.list(q, after, limit)

    @api.get("/internal/dead-letters/{identity:path}", include_in_schema=False)
    async def shown(identity: str, caller: Caller = OPERATOR) -> dict[str, Any]:
        return await letters.show(identity)

    @api.post("/internal/dead-letters/replay", include_in_schema=False)
    async def replayed(body: LetterBody, caller: Caller = OPERATOR) -> dict[str, int]:
        return {"released": await letters.replay(body.identity, consumer.handle)}

    @api.post("/internal/dead-letters/discard", include_in_schema=False)
    async def discarded(body: LetterBody, caller: Caller = OPERATOR) -> dict[str, int]:
        return {"released": await letters.discard(body.identity, consumer.handle)}


def _archive(api: FastAPI, archive: Archive) -> None:
    @api.get("/internal/archive", include_in_schema=False)
    async def positions(
        since: Annotated[AwareDatetime | None, Query()] = None, caller: Caller = OPERATOR
    ) -> dict[int, int]:
        """The last position of every shard, or the last before ``since``."""
        return await archive.positions(since)

    @api.post("/internal/archive/verify", include_in_schema=False)
    async def verify(caller: Caller = OPERATOR) -> dict[str, Any]:
        return await archive.verify()
