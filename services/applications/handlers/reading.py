"""Who may read which application: its editors and officers wholly, panellists only what evaluation assigned to them."""

from typing import Literal
from uuid import UUID

from contracts.decision import NotFound
from services.applications.domain.application import Application
from services.applications.store import Store
from services.chassis.identity import Caller

Reader = Literal["editor", "officer", "panellist"]
OFFICERS = ("programme_officer", "deciding_authority")


async def readable(application_id: UUID, caller: Caller, store: Store) -> tuple[Application, Reader]:
    """The application and as whom the caller reads it. Raises ``NotFound`` for anybody else."""
    application = (await store.application(application_id)).state
    reader = await reader_of(application, caller, store)
    if reader is None:
        raise NotFound
    return application, reader


async def reader_of(application: Application, caller: Caller, store: Store) -> Reader | None:
    """Officers see no drafts but those that they enter for others; a panellist loses sight when the assignment ends."""
    if caller.person_id in application.editor_ids:
        return "editor"
    if application.number is None:
        return "officer" if application.entered_unconfirmed and caller.has("programme_officer") else None
    if caller.has(*OFFICERS):
        return "officer"
    return "panellist" if await store.assigned(caller.person_id, application.application_id) else None
