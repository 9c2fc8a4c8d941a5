"""Routes of calls: open to all for reading; published, extended and instructed by programme officers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query

from contracts.applications import ApplicantKind
from services.applications import commands
from services.applications.api import bodies, views
from services.applications.domain.application import Status
from services.applications.domain.definition import CallDefinition
from services.applications.handlers import calls, instruction
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow, public

Answer = dict[str, Any]
Filter = Annotated[str | None, Query(max_length=64)]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _public(api, store, clock)
    _officers(api, store, clock)
    _lists(api, store)


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


def _lists(api: FastAPI, store: Store) -> None:
    @api.get("/calls/{call_id}/applications")
    async def list_applications(
        call_id: UUID,
        status: Status | None = None,
        kind: ApplicantKind | None = None,
        theme: Filter = None,
        departement: Filter = None,
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        caller: Caller = allow("programme_officer", "deciding_authority"),
    ) -> Answer:
        """Submitted applications in the order of their numbers; ask again ``after`` what ``next`` says, until it is null."""
        given = {"status": status, "kind": kind, "theme": theme, "departement": departement}
        filters = {name: value for name, value in given.items() if value is not None}
        found, further = await store.submitted(call_id, filters, after, limit)
        return {"applications": [views.summary(application) for application in found], "next": further}
