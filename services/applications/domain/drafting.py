"""Drafts: started by anyone for themselves or those they act for, saved in parts, edited by several."""

from datetime import datetime
from typing import Any

from contracts.applications import ApplicationDrafted, ApplicationWithdrawn
from contracts.decision import Decision
from services.applications import commands
from services.applications.domain import calls, forms, merging, refusals
from services.applications.domain.application import (
    BEFORE_RESULTS,
    Application,
    Private,
    editable_by,
    in_status,
    owned_by,
    without_address,
)
from services.applications.domain.calls import Call

MAX_EDITORS = 20


def _answer(state: Application) -> dict[str, Any]:
    return {"application_id": str(state.application_id), "status": state.status, "version": state.revision}


def start(state: Application | None, command: commands.StartDraft, call: Call, now: datetime) -> Decision[Application]:
    """Start a draft. Raises ``CallNotOpen``, ``DeadlinePassed``, ``KindNotAllowed`` or ``AnswersInvalid``."""
    if state is not None:
        raise refusals.ApplicationExists
    calls.require_open(call, now)
    definition = call.definition
    if command.kind not in definition.applicant_kinds:
        raise refusals.KindNotAllowed(field="kind", allowed=list(definition.applicant_kinds))
    content = _changed(Private(), command, call)
    draft = Application(
        application_id=command.application_id,
        call_id=call.call_id,
        owner_id=command.person_id,
        kind=command.kind,
        editor_ids=(command.person_id,),
        submitter_ids=(command.person_id,),
        synthetic=command.synthetic,
        slot=f"{call.call_id}:{command.person_id}" if definition.one_application_per_applicant else None,
        created_at=now,
        saved_at=now,
        private=content,
    )
    drafted = ApplicationDrafted(application_id=draft.application_id, call_id=call.call_id, owner_id=command.person_id)
    return Decision(draft, (drafted,), _answer(draft))


def save(state: Application | None, command: commands.SaveDraft, call: Call, now: datetime) -> Decision[Application]:
    """Merge what was typed into the draft, field by field; the answer names what others saved ``meanwhile``.

    Raises ``VersionMismatch`` when it would undo what somebody saved after it was read.
    """
    draft = in_status(editable_by(state, command.person_id), "draft")
    content = _changed(draft.content, command, call)
    merging.require_apart(draft, content, command)
    revision = draft.revision + 1
    fields = {**draft.saved_fields, **dict.fromkeys(merging.fields_of(command), revision)}
    saved = draft.model_copy(update={"private": content, "revision": revision, "saved_fields": fields, "saved_at": now})
    meanwhile = [] if command.revision is None else merging.shown(merging.since(draft, command.revision))
    return Decision(saved, (), {**_answer(saved), "saved_at": now.isoformat(), "meanwhile": meanwhile})


def _changed(content: Private, command: commands.StartDraft | commands.SaveDraft, call: Call) -> Private:
    if found := forms.draft_problems(call.definition.sections, command.answers):
        raise refusals.AnswersInvalid(field=found[0]["field"], problems=found)
    given = {name: getattr(command.applicant, name) for name in command.applicant.model_fields_set}
    return content.model_copy(
        update={
            "answers": merged(content.answers, command.answers),
            "applicant": content.applicant.model_copy(update=given),
        }
    )


def merged(answers: forms.Answers, changes: commands.Changes) -> dict[str, forms.Answer]:
    """``answers`` with ``changes``; what is None there is taken away."""
    both = {**answers, **changes}
    return {code: answer for code, answer in both.items() if answer is not None}


def add_editor(state: Application | None, command: commands.AddEditor) -> Decision[Application]:
    """The owner lets another person edit, and submit if ``may_submit``."""
    found = in_status(owned_by(state, command.person_id), "draft", "submitted", "correction_requested")
    editors = tuple(dict.fromkeys((*found.editor_ids, command.editor_id)))
    if len(editors) > MAX_EDITORS:
        raise refusals.WrongState(field="person_id", allowed={"max_editors": MAX_EDITORS})
    submitters = [person for person in found.submitter_ids if person != command.editor_id]
    if command.may_submit or command.editor_id == found.owner_id:
        submitters.append(command.editor_id)
    changed = found.model_copy(update={"editor_ids": editors, "submitter_ids": tuple(submitters)})
    return Decision(changed, (), _answer(changed))


def remove_editor(state: Application | None, command: commands.RemoveEditor) -> Decision[Application]:
    found = owned_by(state, command.person_id)
    if command.editor_id == found.owner_id:
        raise refusals.OwnerOnly(field="person_id")
    changed = without_address(found, command.editor_id).model_copy(
        update={
            "editor_ids": tuple(person for person in found.editor_ids if person != command.editor_id),
            "submitter_ids": tuple(person for person in found.submitter_ids if person != command.editor_id),
        }
    )
    return Decision(changed, (), _answer(changed))


def withdraw(state: Application | None, command: commands.WithdrawApplication) -> Decision[Application]:
    """The owner takes the application back, from any state before the decision."""
    found = in_status(owned_by(state, command.person_id), *BEFORE_RESULTS)
    withdrawn = found.model_copy(update={"status": "withdrawn", "slot": None, "correction": None})
    event = ApplicationWithdrawn(
        application_id=found.application_id, call_id=found.call_id, owner_id=found.owner_id, number=found.number
    )
    return Decision(withdrawn, (event,), _answer(withdrawn))
