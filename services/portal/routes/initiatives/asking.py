"""Asking an administration for a lever, through the mentor who answers for it."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import LONGEST_TEXT, REPEATABLE, Followed, end_of_day, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
AREA = "/initiatives"


@router.get(f"{AREA}/{{initiative_id}}/requests/new")
async def ask(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item = await followed(page, initiative_id, AREA)
    if item.ended:
        return await page.go(item.base, page._("The acceleration is over: no lever can be asked for any more."), "info")
    return await _shown(page, item, Form())


@router.post(f"{AREA}/{{initiative_id}}/requests/new")
async def request(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    due = end_of_day(page.text("due_at"))
    if not page.text("lever"):
        form.wrong("lever", page._("Choose a lever of the list."))
    if page.text("administration") not in words("administration"):
        form.wrong("administration", page._("Choose an administration of the list, or the last line."))
    if due is None:
        form.wrong("due_at", page._("Give a date that exists, such as 31/12/2027."))
    text = written(page, form, "text", page._("Say what you ask for, and why."))
    if due is None or form.errors:
        return await _shown(page, item, form, 422)
    asked = {"lever": page.text("lever"), "administration": page.text("administration")}
    try:
        body = {**asked, "due_at": due.isoformat(), "text": text}
        await page.post("coaching", f"/cycles/{initiative_id}/lever-requests", body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page)
        return await _shown(page, item, form, 422)
    done = page._("Your request is sent: its answer will be shown here, and you will be told of it.")
    return await page.go(item.base, done)


async def _shown(page: Page, item: Followed, form: Form, status: int = 200) -> Response:
    offered = await page.get("coaching", "/levers")
    return await page.render(
        "initiatives/request.html", status, item=item, form=form, longest=LONGEST_TEXT,
        levers=[(code, page._(words("lever").get(code, code))) for code in offered],
        administrations=[(code, page._(text)) for code, text in words("administration").items()],
    )  # fmt: skip
