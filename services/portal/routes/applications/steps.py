"""The application step by step: shown as it is kept, saved by a button or by itself, filled in from a register."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.formats import Formats
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.prefill import Organisation, RegisterDown, identifier
from services.portal.routes.applications.drafts import Opened, opened, problems_of
from services.portal.routes.applications.questions import NATURAL, Step, mark, shown_text, visible
from services.portal.routes.applications.saving import Saved, save_step
from services.portal.words import N_, problem_sentence

router = APIRouter()
OVER = N_("This application was submitted: it is not edited any more.")
NOT_YOURS = N_("You do not edit this application any more, so nothing more is saved. Copy what you want to keep.")
NO_NUMBER = N_("This is neither a SIRET of 14 digits nor an RNA number such as W353099001: check what you typed.")
REFUSED = (403, 404, 409, 410)
"""Statuses of a service that a second attempt does not change."""


@router.get("/applications/{application_id}/steps/{code}")
async def show(application_id: UUID, code: str, page: Page = signed_in(), check: bool = False) -> Response:
    """A step with the answers as they are kept; with ``check``, also what is wrong with them."""
    draft = await opened(page, application_id)
    if draft.view["status"] != "draft":
        return await page.go(draft.path, page._(OVER), "info")
    step = draft.step(code)
    form = draft.form(step)
    if check:
        for each in await problems_of(page, draft):
            if each["step"] == code:
                form.wrong(f"q.{each['field']}", each["text"])
    return await _shown(page, draft, step, form, status=200)


@router.post("/applications/{application_id}/steps/{code}")
async def save(application_id: UUID, code: str, page: Page = signed_in()) -> Response:
    """Save the step, and go where the pressed button says; by itself, the page is told what became of it."""
    alone = "x-autosave" in page.request.headers
    try:
        saved = await save_step(page, application_id, code)
    except ServiceProblem as problem:
        if alone and problem.status in REFUSED:
            return _closed(page, application_id, problem)
        if problem.code != "wrong_state":
            raise
        return await page.go(f"/applications/{application_id}", page._(OVER), "warning")
    if alone:
        return JSONResponse(_told(page, saved))
    step = saved.draft.step(code)
    if page.text("go") == "fill":
        return await _filled(page, saved, step)
    return await _after(page, saved, step)


def _closed(page: Page, application_id: UUID, problem: ServiceProblem) -> Response:
    """What a page is told that will never save by itself again: why, and where to look."""
    if problem.status in (403, 404):
        said, to, words = page._(NOT_YOURS), "/applications", N_("see your applications")
    else:
        said = page._(OVER) if problem.code == "wrong_state" else problem_sentence(problem, page._)
        to, words = f"/applications/{application_id}", N_("see where it is")
    return JSONResponse({"text": said, "link": page.url(to), "words": page._(words)}, problem.status)


async def _after(page: Page, saved: Saved, step: Step) -> Response:
    draft, asked_new = saved.draft, _newly_asked(page, saved, step)
    if saved.whole and page.text("go") == "next":
        for each in await problems_of(page, draft):
            if each["step"] == step.code and each["code"] != "required":
                saved.form.wrong(f"q.{each['field']}", each["text"])
    if not saved.whole:
        return await _shown(page, draft, step, saved.form, 422, saved)
    done = _saved(page, saved.saved_at)
    if saved.others:
        done += " " + page._("Somebody else changed meanwhile: %(names)s.", names=", ".join(saved.others))
    if asked_new:
        return await page.go(
            f"{draft.path}/steps/{step.code}", page._("Your answers open further questions below."), "info"
        )
    if page.text("go") == "next":
        return await page.go(draft.after(step), done)
    return await page.go(f"{draft.path}/steps/{step.code}", done)


def _saved(page: Page, saved_at: str) -> str:
    """When the application was saved last, with the day where it is another than today's."""
    formats = Formats(page.language)
    if formats.day(saved_at) == formats.day(page.now):
        return page._("Saved at %(hour)s.", hour=formats.hour(saved_at))
    return page._("Saved on %(moment)s.", moment=formats.moment(saved_at))


def _newly_asked(page: Page, saved: Saved, step: Step) -> bool:
    """Whether a question of this step is visible now that the page had hidden, with nothing answered."""
    shown = saved.draft.visible
    return any(
        each.when is not None and each.code in shown and f"hid.{each.code}" in page.form
        and saved.draft.answers.get(each.code) is None
        for each in step.questions
    ) and "scripted" not in page.form  # fmt: skip


def _told(page: Page, saved: Saved) -> dict[str, Any]:
    """What the page is told when it saved by itself: a sentence, what is kept now, what is not and why."""
    labels = {each.name: each.label for step in saved.draft.steps for each in step.questions}
    failed = [page._("%(name)s: %(value)s", name=labels[name], value=text) for name, text in saved.form.errors.items()]
    for code, theirs in saved.conflicts.items():
        question = saved.draft.question(code)
        assert question  # noqa: S101
        kept = ", ".join(shown_text(theirs, question[1].type)) or page._("no answer")
        failed.append(page._(
            "%(name)s: somebody else answered “%(theirs)s” meanwhile. Your own text stays on this page: press “Save” to choose.",
            name=question[1].label, theirs=kept[:200],
        ))  # fmt: skip
    said = _saved(page, saved.saved_at)
    if saved.others:
        said += " " + page._("Somebody else changed meanwhile: %(names)s.", names=", ".join(saved.others))
    return {"said": said, "failed": failed, "marks": saved.marks}


async def _filled(page: Page, saved: Saved, step: Step) -> Response:
    """The step with what a register knows of the organisation, to be looked at and saved."""
    form, typed = saved.form, page.text("lookup")
    await page.parts.rates.require(page.request, "lookup")
    number, found = identifier(typed), None
    if number is None:
        form.wrong("lookup", page._(NO_NUMBER))
    else:
        try:
            found = await page.parts.register.find(number)
            if found is None:
                form.wrong(
                    "lookup", page._("No organisation has this number in the register. Fill in the fields yourself.")
                )
        except RegisterDown:
            form.wrong(
                "lookup", page._("The register does not answer. Fill in the fields yourself, or try again later.")
            )
    status = 200 if found else 422
    if found:
        form = _with_organisation(form, found, saved.draft.view["kind"])
    return await _shown(page, saved.draft, step, form, status, saved, found)


def _with_organisation(form: Form, found: Organisation, kind: str) -> Form:
    known = {"name": found.name, "siret": found.siret, "departement": found.departement}
    if kind == "association":
        known["rna"] = found.rna
    return form.changed({f"q.applicant.{name}": value for name, value in known.items() if value})


async def _shown(
    page: Page,
    draft: Opened,
    step: Step,
    form: Form,
    status: int,
    saved: Saved | None = None,
    found: Organisation | None = None,
) -> Response:
    conflicts = saved.conflicts if saved else {}
    marks = {each.code: mark(draft.answers.get(each.code)) for each in step.questions}
    if saved:
        former = {each.code: page.text(f"was.{each.code}") for each in step.questions}
        marks = {
            code: saved.marks.get(code) or (mark(conflicts[code]) if code in conflicts else former[code] or marks[code])
            for code in marks
        }
    theirs = {code: shown_text(value, _type(step, code)) for code, value in conflicts.items()}
    return await page.render(
        "applications/step.html", status, draft=draft, step=step, form=form, marks=marks, theirs=theirs, found=found,
        seen=visible(draft.steps, draft.answers), saved_at=saved.saved_at if saved else draft.view["saved_at"],
        fills=step.code == "applicant" and draft.view["kind"] not in NATURAL,
    )  # fmt: skip


def _type(step: Step, code: str) -> str:
    return next(each.type for each in step.questions if each.code == code)
