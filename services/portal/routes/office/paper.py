"""What came on paper or by telephone: its draft is started for the applicant, then filled in as any other."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import joining
from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.office.board import local_instant
from services.portal.routes.office.desk import OFFICER, View, call_of, refused
from services.portal.words import N_, word

router = APIRouter()
BASE = "/office/calls/{call_id}/paper"
CHANNELS = {"paper": N_("On paper"), "telephone": N_("By telephone")}
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAMES = ("given_name", "family_name")
STARTED = N_("The draft is started.")


@router.get(BASE)
async def ask(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await _form(page, await call_of(page, call_id), Form())


@router.post(BASE)
async def enter(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Start the draft of the person, who is registered if nobody has their address; the officer goes on with its steps."""
    form, call = Form.sent(page), await call_of(page, call_id)
    received = local_instant(page.text("received_at"), call["schedule"]["zone"])
    _require(page, form, received)
    several: list[View] = []
    owner_id = "" if form.errors else await _owner(page, form, several)
    if form.errors or received is None:
        return await _form(page, call, form, 422, several)
    contact = {"phone": page.text("phone") or None, "address": page.text("address") or None}
    body = {
        "owner_id": owner_id, "kind": page.text("kind"), "channel": page.text("channel"),
        "received_at": received.isoformat(), "contact": contact, "synthetic": page.parts.settings.demonstration,
    }  # fmt: skip
    try:
        done = await page.post("applications", f"/calls/{call_id}/applications/paper", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        fields = {"contact.phone": "phone", "contact.address": "address", "owner_id": "email"}
        form.refused(problem, page, fields)
        return await _form(page, call, form, 422)
    await page.applies()
    invited = await joining.invite(page, owner_id, done["application_id"])
    said = page._("The draft is started, and the applicant is sent a link to it.") if invited else page._(STARTED)
    return await page.go(f"/applications/{done['application_id']}/steps/applicant", said)


def _require(page: Page, form: Form, received: Any) -> None:
    if not page.text("email"):
        form.wrong("email", page._("Give the applicant's e-mail address."))
    if not page.text("kind"):
        form.wrong("kind", page._("Say who applies."))
    if page.text("channel") not in CHANNELS:
        form.wrong("channel", page._("Say how it came."))
    if received is None:
        form.wrong("received_at", page._("Give a day and an hour, such as 2027-01-31T18:00."))


async def _owner(page: Page, form: Form, several: list[View]) -> str:
    """The applicant's id: who registered with the address, else somebody new of the name.

    None with an error in ``form``; ``several`` gets those who share the address.
    """
    try:
        found = (await page.ask("POST", "people", "/persons/search", {"email": page.text("email")}))["items"]
        if len(found) == 1:
            return str(found[0]["person_id"])
        if page.text("owner_id") in (each["person_id"] for each in found):
            return page.text("owner_id")
        if found:
            several += found
            form.wrong("owner_id", page._("Several people have this address: choose one."))
            return ""
        if not all(page.text(name) for name in NAMES):
            form.wrong("given_name", page._("Nobody has this address yet: give the applicant's name, too."))
            return ""
        return await _registered(page)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return ""


async def _registered(page: Page) -> str:
    """Somebody new, as an applicant, with the address that they are told things at; the form sent again finds the same one."""
    person_id = str(uuid5(NAMESPACE_URL, f"tremplin/paper/{page.person_id}/{page.form_key or uuid4()}"))
    body = {name: page.text(name) for name in ("email", *NAMES)}
    await page.post("people", "/persons", {**body, "person_id": person_id, "roles": ["applicant"], "from_paper": True})
    contact = {"email": page.text("email"), "language": "fr"}
    await page.ask("PUT", "notifications", f"/contacts/{person_id}", contact, key=page.form_key or str(uuid4()))
    return person_id


async def _form(
    page: Page, call: View, form: Form, status: int = 200, several: Sequence[View] = (), draft: Form | None = None
) -> Response:
    return await page.render(
        "office/paper.html", status, call=call, form=form, draft=draft or Form(),
        kinds=[(kind, page._(word("applicant_kind", kind))) for kind in call["applicant_kinds"]],
        channels=[(code, page._(text)) for code, text in CHANNELS.items()],
        several=[(each["person_id"], each["name"] or each["person_id"][:8]) for each in several],
    )  # fmt: skip


@router.post(f"{BASE}/taking-over")
async def take_over(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Go on with what a colleague was typing in, by the address of its page."""
    form, found = Form.sent(page), _ID.search(page.text("draft").lower())
    if found:
        try:
            await page.post("applications", f"/applications/{found.group()}/entry/taking-over")
            return await page.go(f"/applications/{found.group()}/steps/applicant")
        except ServiceProblem as problem:
            if not refused(problem) and problem.status != 404:
                raise
    form.wrong("draft", page._("There is no entry under way at this address: copy it from a page of the draft."))
    return await _form(page, await call_of(page, call_id), Form(), 422, draft=form)
