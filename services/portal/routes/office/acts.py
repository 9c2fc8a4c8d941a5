"""What an officer does at a file: note, write, assign, ask for what is missing."""

import uuid
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.office.desk import OFFICER, refused
from services.portal.routes.office.file import BASE, instructed, pieces, shown

router = APIRouter()
MAX_NOTE, MAX_MESSAGE = 10_000, 4_000


@router.post(f"{BASE}/notes")
async def write_note(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """An internal note."""
    form = _text(page, "note", MAX_NOTE, page._("Write the note."))
    if not form.errors and await _sent(
        page, form, f"/applications/{application_id}/notes", {"text": _lines(page, "note")}
    ):
        return await page.go(f"/office/applications/{application_id}", page._("The note is kept."))
    return await shown(page, application_id, 422, note=form)


@router.post(f"{BASE}/notes/{{note_id}}/deletion")
async def delete_note(application_id: UUID, note_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Delete one's own note; a first post shows what that does."""
    if page.text("confirmed") != "yes":
        draft = await instructed(page, application_id)
        return await page.render("office/note_deletion.html", draft=draft, note_id=note_id)
    target = f"/office/applications/{application_id}"
    try:
        path = f"/applications/{application_id}/notes/{note_id}"
        await page.ask("DELETE", "applications", path, key=page.form_key)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        return await page.go(target, page._(_said(page, problem)), "warning")
    return await page.go(target, page._("The note is deleted; that there was one stays."))


@router.post(f"{BASE}/messages")
async def write_message(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """A message to those of the application; who answers has read what was on the page."""
    form = _text(page, "message", MAX_MESSAGE, page._("Write your message."))
    path = f"/applications/{application_id}/messages"
    if not form.errors and await _sent(page, form, path, {"text": _lines(page, "message")}):
        await _read(page, application_id)
        return await page.go(f"/office/applications/{application_id}", page._("Your message is sent."))
    return await shown(page, application_id, 422, message=form)


@router.post(f"{BASE}/messages/read")
async def mark_read(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """The programme has read every message up to the one that was on the page."""
    await _read(page, application_id)
    return await page.go(f"/office/applications/{application_id}", page._("The messages are marked as read."))


async def _read(page: Page, application_id: UUID) -> None:
    """Note it up to the message that the form names; nothing where it names none."""
    through = page.text("through")
    if through.isascii() and through.isdecimal() and 0 < len(through) < 6:
        body = {"through": int(through)}
        await page.post("applications", f"/applications/{application_id}/messages/read", body, key=str(uuid.uuid4()))


@router.post(f"{BASE}/assignment")
async def assign(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """To an officer, or to nobody."""
    target = f"/office/applications/{application_id}"
    try:
        body = {"officer_id": page.text("officer") or None}
        await page.post("applications", f"/applications/{application_id}/assignment", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        return await page.go(target, _said(page, problem), "error")
    return await page.go(target, page._("The file has changed hands."))


@router.get(f"{BASE}/correction")
async def ask_correction(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await _correction(page, application_id, Form())


@router.post(f"{BASE}/correction")
async def request_correction(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Ask the applicant for what was chosen; the delay is the call's."""
    form = Form.sent(page)
    if not page.texts("fields"):
        form.wrong("fields", page._("Choose what is to be completed."))
        return await _correction(page, application_id, form, 422)
    body = {"fields": page.texts("fields")[:100]}
    if await _sent(page, form, f"/applications/{application_id}/correction-requests", body):
        return await page.go(
            f"/office/applications/{application_id}", page._("The applicant is asked to complete the file.")
        )
    return await _correction(page, application_id, form, 422)


async def _correction(page: Page, application_id: UUID, form: Form, status: int = 200) -> Response:
    draft = await instructed(page, application_id)
    fields = [field for section in draft.call["sections"] for field in section["fields"]]
    unscored = {each["code"] for each in (*fields, *draft.call["attachments"]) if not each["scored"]}
    asked = [(code, label) for code, label in pieces(draft, page.language).items() if code in unscored]
    return await page.render("office/correction.html", status, draft=draft, form=form, asked=asked)


def _text(page: Page, name: str, most: int, empty: str) -> Form:
    form, text = Form.sent(page), _lines(page, name)
    if not text:
        form.wrong(name, empty)
    elif len(text) > most:
        form.wrong(name, page._("This text is too long: %(most)s characters at most.", most=most))
    return form


def _lines(page: Page, name: str) -> str:
    return page.text(name).replace("\r\n", "\n")


async def _sent(page: Page, form: Form, path: str, body: Any) -> bool:
    """Whether the service took it; if not, the form says why."""
    try:
        await page.post("applications", path, body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, {"text": "message" if path.endswith("messages") else "note"})
        return False
    return True


def _said(page: Page, problem: ServiceProblem) -> str:
    form = Form()
    form.refused(problem, page)
    return next(iter(form.errors.values()))
