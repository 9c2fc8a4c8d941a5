"""Attachments: of a few kinds, bounded in size, part of the content that the digest covers."""

from datetime import datetime
from typing import Any

from contracts.decision import Decision, NotFound
from contracts.model import Id
from services.applications.commands import AddAttachment, RemoveAttachment
from services.applications.domain import file_types, refusals
from services.applications.domain.application import Application, Attachment, editable_by, in_status
from services.applications.domain.calls import Call

MAX_BYTES = 10 * 1024 * 1024
MAX_TOGETHER = 50 * 1024 * 1024
MAX_COUNT = 50


def allowance(application: Application | None, person_id: Id, slot: str | None, call: Call, now: datetime) -> int:
    """How many bytes the person may attach to ``slot`` (None: to no slot in particular) now.

    Raises ``NotFound``, ``WrongState``, ``SlotUnknown``, ``FieldNotCorrectable``, or ``AttachmentTooLarge`` when it is none.
    """
    found = in_status(editable_by(application, person_id), "draft", "correction_requested")
    slots = [each.code for each in call.definition.attachments]
    if slot is not None and slot not in slots:
        raise refusals.SlotUnknown(field="slot", allowed=slots)
    if found.correction:
        asked = [code for code in found.correction.fields if code in slots]
        if slot not in asked:
            raise refusals.FieldNotCorrectable(field="slot", allowed=asked)
        if now > found.correction.due_at:
            raise refusals.CorrectionOverdue
    room = MAX_TOGETHER - sum(item.size for item in found.attachments)
    if room <= 0 or len(found.attachments) >= MAX_COUNT:
        raise refusals.AttachmentTooLarge(allowed=limits())
    return min(room, MAX_BYTES)


def limits() -> dict[str, int]:
    return {"bytes": MAX_BYTES, "bytes_together": MAX_TOGETHER, "count": MAX_COUNT}


def type_of(content: bytes, name: str, declared: str) -> str:
    """The media type of an upload. Raises ``AttachmentTypeMismatch`` when it lies, ``AttachmentTypeNotAllowed`` otherwise."""
    found, claims = file_types.type_of(content), file_types.claimed(name, declared)
    allowed = sorted(set(file_types.EXTENSIONS))
    if found is None and not set(claims) & set(file_types.ALLOWED):
        raise refusals.AttachmentTypeNotAllowed(field="file", allowed=allowed)
    if found is None or any(claim != found for claim in claims):
        raise refusals.AttachmentTypeMismatch(field="file", allowed=allowed)
    return found


def add(state: Application | None, command: AddAttachment, call: Call, now: datetime) -> Decision[Application]:
    """Attach a file that was read within its allowance; the allowance is looked at again, as others may have attached."""
    if command.size > allowance(state, command.person_id, command.slot, call, now):
        raise refusals.AttachmentTooLarge(field="file", allowed=limits())
    found = editable_by(state, command.person_id)
    attachment = Attachment(
        attachment_id=command.attachment_id,
        slot=command.slot,
        media_type=command.media_type,
        size=command.size,
        digest=command.digest,
        added_at=now,
    )
    names = {**found.content.file_names, str(command.attachment_id): command.name}
    changed = found.model_copy(
        update={
            "attachments": (*found.attachments, attachment),
            "private": found.content.model_copy(update={"file_names": names}),
            "revision": found.revision + 1,
        }
    )
    answer = attachment.model_dump(mode="json", exclude={"added_at"})
    return Decision(changed, (), {**answer, "version": changed.revision})


def remove(state: Application | None, command: RemoveAttachment) -> Decision[Application]:
    """Take an attachment out of a draft."""
    found = in_status(editable_by(state, command.person_id), "draft")
    kept = tuple(item for item in found.attachments if item.attachment_id != command.attachment_id)
    if len(kept) == len(found.attachments):
        raise NotFound
    names = {key: name for key, name in found.content.file_names.items() if key != str(command.attachment_id)}
    content = found.content.model_copy(update={"file_names": names})
    changed = found.model_copy(update={"attachments": kept, "private": content, "revision": found.revision + 1})
    answer: dict[str, Any] = {"application_id": str(found.application_id), "version": changed.revision}
    return Decision(changed, (), answer)
