"""Routes of calls: open to all for reading; published, extended and instructed by programme officers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query

from services.applications import commands
from services.applications.api import bodies, views
from services.applications.domain.definition import CallDefinition
from services.applications.handlers import calls, instruction
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow, public

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _public(api, store, clock)
    _officers(api, store, clock)


def _public(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/calls")
    @public
    async def list_calls() -> Answer:
        """Every call, the newest deadline first."""
        now = clock.now()
        return {"calls": [views.call_summary(call, now) for call in await store.published_calls()]}

    @api.get("/calls/{call_id}")
    @public
    async def read_call(call_id: UUID) -> Answer:
        """A call with its form, its rules and its dates as they stand now."""
        return views.call_view(await store.fresh_call(call_id), clock.now())


def _officers(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/calls", status_code=201)
    async def publish_call(
        body: CallDefinition, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        """Publish a call."""
        command = commands.PublishCall(
            command_id=command_id, call_id=command_id, person_id=caller.person_id, definition=body
        )
        return await calls.publish_call(command, store, clock)

    @api.post("/calls/{call_id}/deadline")
    async def extend_deadline(
        call_id: UUID, body: bodies.NewDeadline, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        """Extend the deadline for everyone."""
        command = commands.ExtendDeadline(
            command_id=command_id, call_id=call_id, person_id=caller.person_id, **body.model_dump()
        )
        return await calls.extend_deadline(command, store, clock)

    @api.post("/calls/{call_id}/instruction")
    async def instruct_call(
        call_id: UUID,
        limit: Annotated[int, Query(ge=1, le=5_000)] = 1_000,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Decide by rule on every submitted application; ask again while some ``remaining`` are told."""
        return await instruction.instruct_call(call_id, caller.person_id, command_id, limit, store, clock)
