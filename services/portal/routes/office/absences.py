"""The officers, what each has in hand, and who stands in for whom during an absence."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.formats import ZONE
from services.portal.forms import Form
from services.portal.listing import as_id
from services.portal.page import Page
from services.portal.routes.office.board import local_instant
from services.portal.routes.office.desk import OFFICER, officers, refused

router = APIRouter()
BASE = "/office/absences"
PERIOD = ("starts_at", "ends_at")


@router.get(BASE)
async def absences(page: Page = signed_in(OFFICER)) -> Response:
    return await _shown(page, Form())


@router.post(BASE)
async def delegate(page: Page = signed_in(OFFICER)) -> Response:
    """A colleague stands in for an officer, from an instant until another."""
    form, body = Form.sent(page), {"delegate_id": page.text("delegate_id")}
    for name in PERIOD:
        found = local_instant(page.text(name), ZONE.key)
        body[name] = found.isoformat() if found else ""
        if found is None:
            form.wrong(name, page._("Give a day and an hour, such as 2027-01-31T18:00."))
    for name in ("officer_id", "delegate_id"):
        if not as_id(page.text(name)):
            form.wrong(name, page._("Choose an officer."))
    if form.errors:
        return await _shown(page, form, 422)
    try:
        await page.post("applications", f"/officers/{page.text('officer_id')}/delegations", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await _shown(page, form, 422)
    return await page.go(BASE, page._("The delegation is kept."))


@router.post(f"{BASE}/{{officer_id}}/{{delegation_id}}/end")
async def end(officer_id: UUID, delegation_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """End a delegation before its date."""
    if page.text("confirmed") != "yes":
        return await page.render("office/delegation_end.html", officer_id=officer_id, delegation_id=delegation_id)
    try:
        await page.post("applications", f"/officers/{officer_id}/delegations/{delegation_id}/end")
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        return await page.go(BASE, page._("This delegation had ended already."), "info")
    return await page.go(BASE, page._("The delegation has ended."))


async def _shown(page: Page, form: Form, status: int = 200) -> Response:
    staff = await officers(page)
    choices = [(each["officer_id"], each["name"]) for each in staff]
    return await page.render("office/absences.html", status, officers=staff, choices=choices, form=form)
