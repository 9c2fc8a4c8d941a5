"""Routes of applicants: draft, save, share, submit, correct, withdraw; and reading, each as they may."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Header, Response

from services.applications import commands
from services.applications.api import bodies, views
from services.applications.domain import refusals, submission
from services.applications.domain.application import editable_by
from services.applications.handlers import applications, reading
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
IfMatch = Annotated[str | None, Header(max_length=40)]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _drafts(api, store, clock)
    _editors(api, store)
    _submission(api, store, clock)
    _reading(api, store)


def _drafts(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/calls/{call_id}/applications", status_code=201)
    async def start_draft(
        call_id: UUID, body: bodies.NewApplication, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Start a draft, which may be incomplete."""
        if body.channel != "online":
            raise refusals.NotYetSupported(field="channel", allowed=["online"])
        command = commands.StartDraft(
            command_id=command_id,
            application_id=command_id,
            call_id=call_id,
            person_id=caller.person_id,
            kind=body.kind,
            applicant=body.applicant,
            answers=body.answers,
            synthetic=body.synthetic,
        )
        return await applications.start_draft(command, store, clock)

    @api.patch("/applications/{application_id}")
    async def save_draft(
        application_id: UUID,
        body: bodies.SavedDraft,
        if_match: IfMatch = None,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Save what changed. With ``version``, refuse to undo what was saved meanwhile in these fields; with ``If-Match``,
        refuse when anything was."""
        command = commands.SaveDraft(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            applicant=body.applicant,
            answers=body.answers,
            revision=_revision(if_match) if if_match else body.version,
            exact=bool(if_match),
        )
        return await applications.save_draft(command, store, clock)


def _revision(if_match: str) -> int:
    text = if_match.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal()):
        raise refusals.VersionMismatch(field="If-Match")
    return int(text)


def _editors(api: FastAPI, store: Store) -> None:
    @api.post("/applications/{application_id}/members", status_code=201)
    async def add_editor(
        application_id: UUID, body: bodies.NewEditor, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Let another person edit, and submit if ``may_submit``."""
        command = commands.AddEditor(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            editor_id=body.person_id,
            may_submit=body.may_submit,
        )
        return await applications.add_editor(command, store)

    @api.delete("/applications/{application_id}/members/{person_id}")
    async def remove_editor(
        application_id: UUID, person_id: UUID, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.RemoveEditor(
            command_id=command_id, application_id=application_id, person_id=caller.person_id, editor_id=person_id
        )
        return await applications.remove_editor(command, store)


def _submission(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/submit")
    async def submit(application_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Submit: everything is validated at once; the answer is the receipt."""
        command = commands.SubmitApplication(
            command_id=command_id, application_id=application_id, person_id=caller.person_id
        )
        return await applications.submit_application(command, store, clock)

    @api.post("/applications/{application_id}/corrections")
    async def correct(
        application_id: UUID, body: bodies.CorrectionMade, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Complete what an officer asked for."""
        command = commands.CorrectApplication(
            command_id=command_id, application_id=application_id, person_id=caller.person_id, answers=body.answers
        )
        return await applications.correct_application(command, store, clock)

    @api.post("/applications/{application_id}/withdrawal")
    async def withdraw(application_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Take the application back."""
        command = commands.WithdrawApplication(
            command_id=command_id, application_id=application_id, person_id=caller.person_id
        )
        return await applications.withdraw_application(command, store)


def _reading(api: FastAPI, store: Store) -> None:
    @api.get("/applications/{application_id}")
    async def read(application_id: UUID, response: Response, caller: Caller = allow()) -> Answer:
        """The application: whole for editors and officers, the project only for panellists it is assigned to."""
        application, reader = await reading.readable(application_id, caller, store)
        response.headers["ETag"] = f'"{application.revision}"'
        return views.application_view(application, reader, await store.call(application.call_id))

    @api.get("/applications/{application_id}/problems")
    async def read_problems(application_id: UUID, caller: Caller = allow()) -> Answer:
        """For an editor: all that would keep the application from being submitted as it is, in the form's order."""
        application = editable_by((await store.application(application_id)).state, caller.person_id)
        return {"problems": submission.problems(application, await store.call(application.call_id))}

    @api.get("/applications/{application_id}/receipt")
    async def read_receipt(application_id: UUID, caller: Caller = allow()) -> Answer:
        """The receipt, with the remedies."""
        application, reader = await reading.readable(application_id, caller, store)
        if reader == "panellist" or application.number is None:
            raise refusals.WrongState(allowed=["submitted"])
        return views.receipt_view(submission.receipt(application), application, await store.call(application.call_id))
