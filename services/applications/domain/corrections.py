"""Corrections: an officer asks for missing pieces, with the same delay for all; nothing that is scored can change."""

from datetime import datetime

from contracts.applications import ApplicationCorrected, CorrectionRequested
from contracts.decision import Decision
from services.applications.commands import CorrectApplication, RequestCorrection
from services.applications.domain import forms, refusals, submission
from services.applications.domain.application import Application, Correction, editable_by, existing, in_status
from services.applications.domain.calls import Call, require_unfrozen
from services.applications.domain.drafting import merged
from services.applications.domain.refusals import problem


def correctable(call: Call) -> list[str]:
    """The codes of the form's fields and attachments that a correction may touch."""
    unscored = [field.code for field in forms.fields_of(call.definition.sections) if not field.scored]
    return unscored + [slot.code for slot in call.definition.attachments if not slot.scored]


def request(state: Application | None, command: RequestCorrection, call: Call, now: datetime) -> Decision[Application]:
    """Ask the applicant to complete ``fields`` until the end of the day that the call's ``correction_days`` give."""
    found = in_status(existing(state), "submitted")
    require_unfrozen(call)
    allowed = correctable(call)
    if wrong := [code for code in command.fields if code not in allowed]:
        found_wrong = [problem(code, "field_not_correctable") for code in wrong]
        raise refusals.FieldNotCorrectable(field="fields", allowed=allowed, problems=found_wrong)
    correction = Correction(
        fields=tuple(dict.fromkeys(command.fields)),
        requested_by=command.person_id,
        requested_at=now,
        due_at=call.definition.end_of_day(now, call.definition.correction_days),
    )
    waiting = found.model_copy(update={"status": "correction_requested", "correction": correction})
    event = CorrectionRequested(
        application_id=found.application_id,
        call_id=found.call_id,
        owner_id=found.owner_id,
        number=found.quoted,
        fields=correction.fields,
        due_at=correction.due_at,
    )
    answer = {
        "application_id": str(found.application_id),
        "status": waiting.status,
        "due_at": correction.due_at.isoformat(),
    }
    return Decision(waiting, (event,), answer)


def correct(state: Application | None, command: CorrectApplication, call: Call, now: datetime) -> Decision[Application]:
    """Complete what was asked for, and that only; the application is submitted again under its number."""
    found = in_status(editable_by(state, command.person_id), "correction_requested")
    asked = found.correction
    assert asked  # noqa: S101
    if now > asked.due_at:
        raise refusals.CorrectionOverdue(allowed={"due_at": asked.due_at.isoformat()})
    if outside := [problem(code[:64], "field_not_asked_for") for code in command.answers if code not in asked.fields]:
        raise refusals.FieldNotCorrectable(field=outside[0]["field"], allowed=list(asked.fields), problems=outside)
    content = found.content.model_copy(update={"answers": merged(found.content.answers, command.answers)})
    corrected = found.model_copy(
        update={
            "status": "submitted", "correction": None, "private": content, "revision": found.revision + 1, "saved_at": now,
        }
    )  # fmt: skip
    if wrong := submission.problems(corrected, call):
        raise refusals.ApplicationInvalid(field=wrong[0]["field"], problems=wrong)
    corrected = corrected.model_copy(
        update={
            "facts": submission.facts(content.answers, content.applicant, corrected),
            "content_digest": submission.content_digest(corrected),
        }
    )
    event = ApplicationCorrected(
        application_id=found.application_id, call_id=found.call_id, content_digest=corrected.content_digest or ""
    )
    answer = {
        "application_id": str(found.application_id),
        "status": corrected.status,
        "version": corrected.revision,
        "content_digest": corrected.content_digest,
    }
    return Decision(corrected, (event,), answer)
