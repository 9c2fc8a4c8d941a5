"""What came on paper or by telephone: its draft is started for the applicant, then filled in as any other."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.office.board import local_instant
from services.portal.routes.office.desk import OFFICER, call_of, refused
from services.portal.words import N_, word

router = APIRouter()
BASE = "/office/calls/{call_id}/paper"
CHANNELS = {"paper": N_("On paper"), "telephone": N_("By telephone")}


@router.get(BASE)
async def ask(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await _form(page, call_id, Form())


@router.post(BASE)
async def enter(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Start the draft of the person; the officer goes on with its steps."""
    form, call = Form.sent(page), await call_of(page, call_id)
    received = local_instant(page.text("received_at"), call["schedule"]["zone"])
    _require(page, form, received)
    if form.errors or received is None:
        return await _form(page, call_id, form, 422)
    contact = {"phone": page.text("phone") or None, "address": page.text("address") or None}
    body = {
        "owner_id": page.text("owner_id").lower(), "kind": page.text("kind"), "channel": page.text("channel"),
        "received_at": received.isoformat(), "contact": contact, "synthetic": page.parts.settings.demonstration,
    }  # fmt: skip
    try:
        done = await page.post("applications", f"/calls/{call_id}/applications/paper", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, {"contact.phone": "phone", "contact.address": "address"})
        return await _form(page, call_id, form, 422)
    return await page.go(f"/applications/{done['application_id']}/steps/applicant", page._("The draft is started."))


def _require(page: Page, form: Form, received: Any) -> None:
    try:
        UUID(page.text("owner_id"))
    except ValueError:
        form.wrong("owner_id", page._("Give the applicant's identifier, as the administration of persons shows it."))
    if not page.text("kind"):
        form.wrong("kind", page._("Say who applies."))
    if page.text("channel") not in CHANNELS:
        form.wrong("channel", page._("Say how it came."))
    if received is None:
        form.wrong("received_at", page._("Give a day and an hour, such as 2027-01-31T18:00."))


async def _form(page: Page, call_id: UUID, form: Form, status: int = 200) -> Response:
    call = await call_of(page, call_id)
    kinds = [(kind, page._(word("applicant_kind", kind))) for kind in call["applicant_kinds"]]
    channels = [(code, page._(text)) for code, text in CHANNELS.items()]
    return await page.render("office/paper.html", status, call=call, form=form, kinds=kinds, channels=channels)


@router.post("/office/applications/{application_id}/entry")
async def take_over(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Go on with what a colleague was typing in."""
    await page.post("applications", f"/applications/{application_id}/entry/taking-over")
    return await page.go(f"/applications/{application_id}/steps/applicant")
