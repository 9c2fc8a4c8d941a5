"""Attachments: looked into, kept sealed, and only then attached."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID

from contracts.decision import NotFound, Refusal
from services.applications.commands import AddAttachment, RemoveAttachment
from services.applications.domain import attachments
from services.applications.domain.application import Attachment
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.database import Taken

Answer = dict[str, Any]


async def allowance(application_id: UUID, person_id: UUID, slot: str | None, store: Store, clock: Clock) -> int:
    """How many bytes this person may attach now."""
    call = await store.call_of(application_id)
    stored = await store.application(application_id)
    return attachments.allowance(stored.state, person_id, slot, call, clock.now())


async def add_attachment(
    command_id: UUID, application_id: UUID, person_id: UUID, slot: str | None,
    name: str, declared: str, content: bytes, store: Store, clock: Clock,
) -> Answer:  # fmt: skip
    """Attach ``content``. Its chunks are kept before the application speaks of them, and dropped when it is refused."""
    command = AddAttachment(
        command_id=command_id,
        application_id=application_id,
        person_id=person_id,
        attachment_id=command_id,
        slot=slot,
        name=name,
        media_type=attachments.type_of(content, name, declared),
        size=len(content),
        digest=sha256(content).hexdigest(),
    )
    call = await store.call_of(application_id)
    stored = await store.application(application_id)
    if (first := stored.answered(command)) is not None:
        return first
    await store.keep_file(stored.state.owner_id, command_id, command.digest, content)
    try:
        return await store.applications.decide(
            str(application_id), command, lambda state: attachments.add(state, command, call, clock.now())
        )
    except (Refusal, Taken):
        await store.drop_file(command_id, command.digest, command.size)
        raise


async def remove_attachment(command: RemoveAttachment, store: Store) -> Answer:
    stored = await store.application(command.application_id)
    answer = await store.applications.decide(
        str(command.application_id), command, lambda state: attachments.remove(state, command)
    )
    for item in stored.state.attachments:
        if item.attachment_id == command.attachment_id:
            await store.drop_file(item.attachment_id, item.digest, item.size)
    return answer


async def open_file(
    application_id: UUID, attachment_id: UUID, store: Store
) -> tuple[Attachment, str, AsyncIterator[bytes]]:
    """An attachment, its name, and its bytes."""
    application = (await store.application(application_id)).state
    for item in application.attachments:
        if item.attachment_id == attachment_id and application.private is not None:
            name = application.private.file_names.get(str(attachment_id), "attachment")
            return item, name, store.file(application.owner_id, item)
    raise NotFound
