"""What an officer does to a cycle, each after a page that says what will happen: pause, resume, extend, stop; who follows it."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import REPEATABLE, Followed, followed, written
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.cycles.board import AREA
from services.portal.words import N_, word

router = APIRouter()
Act = Literal["pause", "resume", "extend", "stop", "mentor", "officer"]
MOST_WEEKS = 26
REASONS = ("abandoned", "objectives_out_of_reach", "obligations_not_met", "organisation_ended", "other")
ROLES = {"mentor": "mentor", "officer": "programme_officer"}
_DONE: dict[str, str] = {
    "pause": N_("The cycle is paused."),
    "resume": N_("The cycle goes on: what was due is moved by the length of the pause."),
    "extend": N_("The cycle is extended."),
    "stop": N_("The cycle is stopped."),
    "mentor": N_("The mentor is assigned."),
    "officer": N_("The officer is assigned."),
}


@router.get(f"{AREA}/{{initiative_id}}/acts/{{act}}")
async def ask(initiative_id: UUID, act: Act, page: Page = signed_in("programme_officer")) -> Response:
    item = await followed(page, initiative_id, AREA)
    form = Form({"person": item.cycle[f"{act}_id"]}) if act in ROLES else Form()
    return await _shown(page, item, act, form)


@router.post(f"{AREA}/{{initiative_id}}/acts/{{act}}")
async def do(initiative_id: UUID, act: Act, page: Page = signed_in("programme_officer")) -> Response:
    item, form = await followed(page, initiative_id, AREA), Form.sent(page)
    body = _body(act, page, form)
    if form.errors:
        return await _shown(page, item, act, form, 422)
    try:
        await page.post("coaching", f"/cycles/{initiative_id}/{act}", body)
    except ServiceProblem as problem:
        if problem.status not in REPEATABLE:
            raise
        form.refused(problem, page, {"mentor_id": "person", "officer_id": "person"})
        return await _shown(page, item, act, form, 422)
    return await page.go(item.base, page._(_DONE[act]))


def _body(act: Act, page: Page, form: Form) -> dict[str, Any] | None:
    if act == "extend":
        weeks = page.text("weeks")
        if not weeks.isascii() or not weeks.isdigit() or not 1 <= int(weeks[:4]) <= MOST_WEEKS:
            form.wrong("weeks", page._("Give a number of weeks from 1 to 26."))
            return None
        return {"weeks": int(weeks)}
    if act == "stop":
        if page.text("reason") not in REASONS:
            form.wrong("reason", page._("Choose a reason."))
        text = written(page, form, "text", page._("Say why: the initiative reads it."))
        return {"reason": page.text("reason"), "text": text}
    return _named(act, page, form) if act in ROLES else None


def _named(act: Act, page: Page, form: Form) -> dict[str, Any] | None:
    try:
        return {f"{act}_id": str(UUID(page.text("person")))}
    except ValueError:
        form.wrong("person", page._("Choose a person."))
        return None


async def _shown(page: Page, item: Followed, act: Act, form: Form, status: int = 200) -> Response:
    reasons = [(code, page._(word("stop_reason", code))) for code in REASONS]
    people = await _people(page, ROLES[act]) if act in ROLES else []
    return await page.render("cycles/act.html", status, item=item, act=act, form=form, people=people, reasons=reasons)


async def _people(page: Page, role: str) -> list[tuple[str, str]]:
    """Whom the act can name: everybody who holds the role."""
    found = (await page.get("people", "/colleagues", role=role))["items"]
    return sorted(
        ((each["person_id"], each["name"] or each["person_id"][:8]) for each in found), key=lambda pair: pair[1]
    )
