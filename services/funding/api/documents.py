"""Routes of documents: sent by the beneficiary, read by them and by those who confirm and pay, never run by a browser."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.model import Digest
from services.chassis.clock import Clock
from services.chassis.http import MAX_BODY
from services.chassis.identity import Caller, allow
from services.funding.api.views import document_view, readable
from services.funding.domain.agreement import CONFIRMING
from services.funding.domain.documents import MAX_BYTES
from services.funding.handlers import documents
from services.funding.store import Store

Answer = dict[str, Any]
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def body_limit(path: str) -> int:
    """The most bytes of a body: a document where documents are taken."""
    return MAX_BYTES + 1 if "/documents/" in path else MAX_BODY


def add_documents(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/agreements/{agreement_id}/documents")
    async def listed(agreement_id: UUID, caller: Caller = allow()) -> list[Answer]:
        """What the beneficiary has sent: digest, media type, size in bytes, when it came, and as what."""
        agreement = readable(await store.agreement(agreement_id), caller)
        return [document_view(agreement, each) for each in await store.documents.of(agreement_id)]

    @api.put("/agreements/{agreement_id}/documents/{digest}", status_code=201, openapi_extra=_BODY)
    async def keep(agreement_id: UUID, digest: Digest, request: Request, caller: Caller = allow()) -> Answer:
        """Keep a document (PDF, PNG, JPEG; 10 MiB) under its SHA-256; the same again changes nothing."""
        return await documents.keep(agreement_id, digest, caller.person_id, await request.body(), store, clock)

    @api.get("/agreements/{agreement_id}/documents/{digest}")
    async def opened(agreement_id: UUID, digest: Digest, caller: Caller = allow()) -> Response:
        """A document, for the beneficiary and for those who confirm bank details."""
        kind, content = await documents.opened(agreement_id, digest, caller.person_id, caller.has(*CONFIRMING), store)
        headers = {
            "Content-Disposition": f'attachment; filename="{digest[:12]}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type=kind, headers=headers)
