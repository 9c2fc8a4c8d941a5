"""What an applicant answers: a correction asked for, a place offered, an entry on paper to confirm."""

import uuid
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import Opened, located, opened, sentence
from services.portal.routes.applications.questions import Step, Unreadable, read
from services.portal.routes.applications.showing import answered

router = APIRouter()
BASE = "/applications/{application_id}"


@router.get(f"{BASE}/correction")
async def ask_correction(application_id: UUID, page: Page = signed_in()) -> Response:
    """What the programme asks to complete, and only that."""
    draft = await opened(page, application_id)
    if not draft.view["correction"]:
        return await page.go(draft.path, page._("Nothing is asked of you any more."), "info")
    step = _asked(page, draft)
    return await _correction(page, draft, step, draft.form(step))


@router.post(f"{BASE}/correction")
async def correct(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    if not draft.view["correction"]:
        return await page.go(draft.path, page._("Nothing is asked of you any more."), "info")
    step, form = _asked(page, draft), Form.sent(page)
    answers: dict[str, Any] = {}
    for question in step.questions:
        try:
            answers[question.code] = read(question, page.texts(question.name))
        except Unreadable as reason:
            form.wrong(question.name, sentence(page, {"code": reason.code}, question))
    if form.errors:
        return await _correction(page, draft, step, form, 422)
    try:
        key = page.form_key or str(uuid.uuid4())
        await page.post("applications", f"{draft.path}/corrections", {"answers": answers}, key=key)
    except ServiceProblem as problem:
        if problem.status not in (409, 410, 422):
            raise
        for each in problem.problems or [{"field": "", "code": problem.code}]:
            told = located(page, draft, each)
            form.wrong(f"q.{each['field']}", told["text"])
        return await _correction(page, draft, step, form, 422)
    return await page.go(
        draft.path, page._("Your correction is sent. The application is submitted again under its number.")
    )


def _asked(page: Page, draft: Opened) -> Step:
    wanted = draft.view["correction"]["fields"]
    questions = tuple(each for step in draft.steps for each in step.questions if each.code in wanted)
    return Step("correction", page._("What is asked"), questions)


async def _correction(page: Page, draft: Opened, step: Step, form: Form, status: int = 200) -> Response:
    slots = [each for each in draft.call["attachments"] if each["code"] in draft.view["correction"]["fields"]]
    return await page.render("applications/correction.html", status, draft=draft, step=step, form=form, slots=slots)


@router.get(f"{BASE}/place")
async def ask_place(application_id: UUID, page: Page = signed_in()) -> Response:
    """The place that is offered, to be taken or given back."""
    draft = await opened(page, application_id)
    if draft.view["status"] not in ("selected", "reserve"):
        return await page.go(draft.path)
    return await page.render("applications/place.html", draft=draft, owner=draft.view["owner_id"] == page.person_id)


@router.post(f"{BASE}/place")
async def answer_place(application_id: UUID, page: Page = signed_in()) -> Response:
    """Take the place, or give it back when the box that confirms it is ticked."""
    path, declines = f"/applications/{application_id}", page.text("answer") == "decline"
    if declines and not page.text("sure"):
        form = Form()
        form.wrong("sure", page._("Tick the box to say that you give the place back."))
        draft = await opened(page, application_id)
        return await page.render("applications/decline.html", 422, draft=draft, form=form)
    try:
        await page.post("applications", f"{path}/decline" if declines else f"{path}/acceptance")
    except ServiceProblem as problem:
        if problem.code not in ("already_accepted", "already_declined", "wrong_state"):
            raise
        return await page.go(path, page._("You had answered already."), "info")
    done = page._("You have given the place back.") if declines else page._("You have taken the place. Welcome!")
    return await page.go(path, done)


@router.get(f"{BASE}/place/decline")
async def ask_decline(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    return await page.render("applications/decline.html", draft=draft, form=Form())


@router.get(f"{BASE}/confirmation")
async def ask_confirmation(application_id: UUID, page: Page = signed_in()) -> Response:
    """What an officer typed in, to be read and confirmed by whose application it is."""
    draft = await opened(page, application_id)
    entry = draft.view["entry"]
    if not entry or entry["confirmed_at"] or draft.view["owner_id"] != page.person_id:
        return await page.go(draft.path, page._("There is nothing to confirm."), "info")
    return await page.render("applications/confirmation.html", draft=draft, answered=answered(page, draft))


@router.post(f"{BASE}/confirmation")
async def confirm(application_id: UUID, page: Page = signed_in()) -> Response:
    path = f"/applications/{application_id}"
    try:
        await page.post("applications", f"{path}/confirmation")
    except ServiceProblem as problem:
        if problem.code not in ("already_confirmed", "nothing_to_confirm"):
            raise
        return await page.go(path, page._("There is nothing to confirm."), "info")
    return await page.go(
        path, page._("Thank you: the application is yours, and the officer who typed it in edits it no more.")
    )
