"""Routes of laureates: accept or decline the place."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.applications.commands import AcceptPlace, DeclinePlace
from services.applications.handlers import results
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/acceptance")
    async def accept(application_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Take the place; the initiative's public record is published."""
        command = AcceptPlace(command_id=command_id, application_id=application_id, person_id=caller.person_id)
        return await results.accept_place(command, store, clock)

    @api.post("/applications/{application_id}/decline")
    async def decline(application_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Give the place back; it goes to the reserve."""
        command = DeclinePlace(command_id=command_id, application_id=application_id, person_id=caller.person_id)
        return await results.decline_place(command, store)
