"""Routes of attachments: read as they come, answered as files that browsers do not run."""

import asyncio
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import FastAPI, Query, Request
from fastapi.responses import StreamingResponse

from services.applications.api.uploads import OVERHEAD, read_upload
from services.applications.commands import RemoveAttachment
from services.applications.domain.attachments import MAX_BYTES
from services.applications.handlers import attachments, reading
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.http import MAX_BODY
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
UPLOADS_AT_ONCE = 8
"""Each holds its file in memory while it is looked into."""
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


def body_limit(path: str) -> int:
    """The most bytes of a body: a file and its wrapping where files are taken."""
    return MAX_BYTES + 4 * OVERHEAD if path.endswith("/attachments") else MAX_BODY


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _uploads(api, store, clock)

    @api.delete("/applications/{application_id}/attachments/{attachment_id}")
    async def remove(
        application_id: UUID, attachment_id: UUID, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Take a file out of a draft."""
        command = RemoveAttachment(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            attachment_id=attachment_id,
        )
        return await attachments.remove_attachment(command, store)

    @api.get("/applications/{application_id}/attachments/{attachment_id}")
    async def download(application_id: UUID, attachment_id: UUID, caller: Caller = allow()) -> StreamingResponse:
        """The file, for those who may read the application; panellists get it without its name."""
        _, reader = await reading.readable(application_id, caller, store)
        item, name, content = await attachments.open_file(application_id, attachment_id, store)
        shown = quote(name if reader != "panellist" else str(attachment_id), safe="")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{shown}",
            "Content-Length": str(item.size),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }
        return StreamingResponse(content, media_type=item.media_type, headers=headers)


def _uploads(api: FastAPI, store: Store, clock: Clock) -> None:
    places = asyncio.Semaphore(UPLOADS_AT_ONCE)

    @api.post("/applications/{application_id}/attachments", status_code=201, openapi_extra=_UPLOAD)
    async def attach(
        application_id: UUID,
        request: Request,
        slot: Annotated[str | None, Query(max_length=64)] = None,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Attach a file (PDF, PNG, JPEG, ODT, DOCX, XLSX; 10 MiB, 50 MiB together), for one of the call's slots or for none."""
        limit = await attachments.allowance(application_id, caller.person_id, slot, store, clock)
        async with places:
            upload = await read_upload(request, limit)
            return await attachments.add_attachment(
                command_id,
                application_id,
                caller.person_id,
                slot,
                upload.name,
                upload.declared,
                bytes(upload.content),
                store,
                clock,
            )
