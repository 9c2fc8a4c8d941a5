"""Routes of what did not come online: entered by an officer, confirmed by its owner."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.applications import desk_commands as commands
from services.applications.api import desk_bodies as bodies
from services.applications.handlers import desk
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/calls/{call_id}/applications/paper", status_code=201)
    async def enter(
        call_id: UUID, body: bodies.NewEntry, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        """Start the draft of somebody who applies on paper or by telephone; save and submit it as any other."""
        command = commands.EnterApplication(
            command_id=command_id,
            person_id=caller.person_id,
            application_id=command_id,
            call_id=call_id,
            **{name: getattr(body, name) for name in bodies.NewEntry.model_fields},
        )
        return await desk.enter_application(command, store, clock)

    @api.post("/applications/{application_id}/entry/taking-over")
    async def take_over(
        application_id: UUID, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        """Go on with what a colleague was typing in, who edits it no more."""
        command = commands.TakeOverEntry(
            command_id=command_id, person_id=caller.person_id, application_id=application_id
        )
        return await desk.take_over_entry(command, store)

    @api.post("/applications/{application_id}/confirmation")
    async def confirm(application_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Say that what an officer entered is one's own; from then on that officer edits it no more."""
        command = commands.ConfirmApplication(
            command_id=command_id, person_id=caller.person_id, application_id=application_id
        )
        return await desk.confirm_application(command, store, clock)
