"""Routes of internal notes, for programme officers only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query

from services.applications import desk_commands as commands
from services.applications.api import desk_bodies as bodies
from services.applications.api import desk_views
from services.applications.domain import notes
from services.applications.handlers import desk
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
OFFICER = allow("programme_officer")


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/notes", status_code=201)
    async def write_note(
        application_id: UUID, body: bodies.NewNote, caller: Caller = OFFICER, *, command_id: CommandId
    ) -> Answer:
        """Write a note for the other officers; no applicant, panellist or event ever gets it."""
        command = commands.WriteNote(
            command_id=command_id, person_id=caller.person_id, application_id=application_id, text=body.text
        )
        return await desk.write_note(command, store, clock)

    @api.get("/applications/{application_id}/notes")
    async def list_notes(
        application_id: UUID,
        before: Annotated[str | None, Query(max_length=100)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        caller: Caller = OFFICER,
    ) -> Answer:
        """The newest notes first; of a deleted one, who wrote and who deleted it, and when."""
        notes.readable((await store.application(application_id)).state, caller.person_id)
        found, further = await store.desk.notes_on(application_id, before, limit)
        return {"notes": [desk_views.note(each) for each in found], "next": further}

    @api.delete("/applications/{application_id}/notes/{note_id}")
    async def delete_note(
        application_id: UUID, note_id: UUID, caller: Caller = OFFICER, *, command_id: CommandId
    ) -> Answer:
        """Delete one's own note; that there was one stays."""
        command = commands.DeleteNote(
            command_id=command_id, person_id=caller.person_id, application_id=application_id, note_id=note_id
        )
        return await desk.delete_note(command, store, clock)
