"""Routes of lists for whoever calls: their own applications with what comes next, and those of some ids."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query

from services.applications.api import views
from services.applications.handlers import mine, reading
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, allow

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/applications")
    async def list_mine(
        ids: Annotated[list[UUID] | None, Query(max_length=100)] = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 100,
        caller: Caller = allow(),
    ) -> Answer:
        """The caller's own applications, the latest started first; or, of up to a hundred ``ids``, those that the caller
        may read. Ask again ``after`` what ``next`` says, until it is null."""
        if ids is not None:
            return {"applications": await _readable(ids, caller, store), "next": None}
        lines, further = await mine.own(caller.person_id, after, limit, store, clock)
        return {"applications": [_line(line, caller.person_id) for line in lines], "next": further}


def _line(line: mine.Line, person_id: UUID) -> Answer:
    return {
        **views.summary(line.application),
        "owner": line.application.owner_id == person_id,
        "next_step": line.step.code,
        "deadline": line.step.model_dump(mode="json")["deadline"],
        "unread_messages": line.unread,
    }


async def _readable(ids: list[UUID], caller: Caller, store: Store) -> list[Answer]:
    shown = []
    for application in await store.by_ids(ids):
        if reader := await reading.reader_of(application, caller, store):
            call = await store.call(application.call_id)
            shown.append(views.application_view(application, reader, call))
    return shown
