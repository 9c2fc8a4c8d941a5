"""How to follow a workflow over HTTP, and whether a move of the clock has reached all of them."""

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Query

from contracts.decision import NotFound
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, Verifier, allow
from workflows.clockwatch import AT_ONCE, ClockWatch
from workflows.engine import Engine, Missing
from workflows.store import Entry, State, Store


def make_api(store: Store, engine: Engine, clock: Clock, watch: ClockWatch | None, verifier: Verifier) -> FastAPI:
    """The API of the workflows; ``watch`` is there when the clock can be moved."""
    api = http.make_api("workflows", "Tremplin: workflows", verifier)
    staff = allow("programme_officer", "operator", "administrator")

    @api.get("/workflows")
    async def listed(
        state: State = "open",
        waiting: bool = False,
        after: Annotated[str, Query(max_length=100)] = "",
        caller: Caller = staff,
    ) -> list[Entry]:
        """A page of workflows by id; ``waiting`` keeps those for which something is overdue."""
        return await store.page(state, after, waiting)

    @api.get("/internal/conditions", include_in_schema=False)
    async def conditions(caller: Caller = allow("operator", "administrator")) -> list[dict[str, Any]]:
        """Every open workflow's condition, as its own answer to a query: it holds all that the workflow was told before."""
        turns = asyncio.Semaphore(AT_ONCE)
        entries = [entry async for entry in store.open()]
        return list(await asyncio.gather(*(_told(engine, entry, turns) for entry in entries)))

    @api.get("/workflows/{workflow_id}")
    async def shown(workflow_id: str, caller: Caller = staff) -> dict[str, Any]:
        """One workflow: where it is in its story, and the instant that it waits for."""
        entry = await store.find(workflow_id)
        if entry is None:
            raise NotFound("There is no such workflow")
        return {**entry.model_dump(), **await _condition(engine, entry)}

    @api.get("/internal/clock", include_in_schema=False)
    async def told(caller: Caller = allow("operator", "administrator")) -> dict[str, int]:
        """The sequence of the clock's last move, and of the last that all open workflows were told."""
        sequence = clock.pace().sequence
        return {"sequence": sequence, "told": watch.told if watch else sequence}

    return api


async def _told(engine: Engine, entry: Entry, turns: asyncio.Semaphore) -> dict[str, Any]:
    async with turns:
        return {"workflow_id": entry.workflow_id, "entry": entry.state, **await _condition(engine, entry)}


async def _condition(engine: Engine, entry: Entry) -> dict[str, Any]:
    if entry.state == "closed":
        return {"stage": entry.ended, "next_deadline": None, "asking": False}
    try:
        found = await engine.condition(entry.workflow_id)
    except Missing:
        return {"stage": None, "next_deadline": None, "asking": False}
    return {"stage": found.state, "next_deadline": found.next_deadline, "asking": found.asking}
