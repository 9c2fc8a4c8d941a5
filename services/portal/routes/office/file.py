"""One file as an officer has it before them: the application, whose it is, what happened, what was said and noted."""

import asyncio
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.names import names
from services.portal.page import Page
from services.portal.places import departement
from services.portal.routes.applications.drafts import NOT_FOUND, Opened
from services.portal.routes.applications.questions import steps_of
from services.portal.routes.applications.showing import answered
from services.portal.routes.office.desk import OFFICER, View, call_of, officers, rule_texts
from services.portal.words import N_

router = APIRouter()
BASE = "/office/applications/{application_id}"
INSTRUCTABLE = ("submitted", "correction_requested", "admissible")
REPLACEABLE = ("admissible", "inadmissible", "eligible", "ineligible")


@router.get(BASE)
async def file(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await shown(page, application_id)


async def shown(
    page: Page, application_id: UUID, status: int = 200, note: Form | None = None, message: Form | None = None
) -> Response:
    """The file's page; ``note`` and ``message`` are forms to show again with what is wrong."""
    path = f"/applications/{application_id}"
    try:
        draft = await instructed(page, application_id)
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return await _draft(page, application_id, status, message or Form())
    notes, thread, assignment, staff, account = await asyncio.gather(
        page.get("applications", f"{path}/notes", before=page.request.query_params.get("notes", "")[:100]),
        thread_of(page, path), page.get("applications", f"{path}/assignment"), officers(page), _account(page, draft.view),
    )  # fmt: skip
    history = _history(draft.view, assignment)
    ids = [*(each["author_id"] for each in notes["notes"]), *(each["author_id"] for each in thread["messages"]),
           *(each["who"] for each in history), *(each.get("officer") for each in history),
           assignment["assigned_to"], assignment["effective_officer"]]  # fmt: skip
    return await page.render(
        "office/file.html", status, draft=draft, answered=answered(page, draft), notes=notes, thread=thread,
        assignment=assignment, officers=staff, history=history, known=await names(page, ids), place=departement,
        rules=rule_texts(draft.call, page.language), note=note or Form(), message=message or Form(),
        instructable=draft.view["status"] in INSTRUCTABLE, replaceable=draft.view["status"] in REPLACEABLE,
        fields=pieces(draft, page.language), account=account,
    )  # fmt: skip


async def _draft(page: Page, application_id: UUID, status: int, message: Form) -> Response:
    """What was written about a draft, which is all that an officer sees of it. Raises ``ServiceProblem`` (404) without."""
    thread = await thread_of(page, f"/applications/{application_id}")
    known = await names(page, (each["author_id"] for each in thread["messages"]))
    return await page.render(
        "office/draft.html", status, application_id=application_id, thread=thread, known=known, message=message
    )


async def _account(page: Page, view: View) -> View:
    """How far somebody whose application came on paper is with an account; nothing once all is well or they are erased."""
    if not view["entry"]:
        return {}
    try:
        found: View = await page.get("people", f"/persons/{view['owner_id']}/invitation")
    except ServiceProblem:
        return {}
    return {} if found["state"] == "joined" and view["entry"]["confirmed_at"] else found


async def instructed(page: Page, application_id: UUID) -> Opened:
    """The application, for an officer who instructs it. Raises ``ServiceProblem`` (404) for a draft."""
    view = await page.get("applications", f"/applications/{application_id}")
    if view.get("number") is None or "applicant" not in view:
        raise ServiceProblem("applications", 404, NOT_FOUND)
    call = await call_of(page, view["call_id"])
    applicant = {f"applicant.{name}": value for name, value in view["applicant"].items()}
    steps = steps_of(call, view["kind"], page.language, page._)
    return Opened(view, call, steps, {**view["answers"], **applicant})


async def thread_of(page: Page, path: str) -> View:
    """All messages about an application, and how far each side has read them."""
    messages: list[View] = []
    found: View = {"next": 0}
    while found["next"] is not None:
        found = await page.get("applications", f"{path}/messages", after=found["next"] or None)
        messages += found["messages"]
    return {**found, "messages": messages}


def pieces(draft: Opened, language: str) -> dict[str, str]:
    """What the call's fields and attachments are called, by code."""
    found = {each.code: each.label for step in draft.steps[1:] for each in step.questions}
    return found | {each["code"]: each["label"][language] for each in draft.call["attachments"]}


def _history(view: View, assignment: View) -> list[View]:
    """What happened, the latest first: ``at``, ``what`` in words, ``who`` did it where it was somebody."""
    entry, place, correction = view.get("entry"), view.get("place"), view.get("correction")
    found: list[View] = [{"at": view["created_at"], "what": N_("Draft started"), "who": None}]
    if entry:
        found.append({"at": entry["received_at"], "what": N_("Received on paper or by telephone"), "who": None})
        if entry["confirmed_at"]:
            found.append({"at": entry["confirmed_at"], "what": N_("Confirmed by the applicant"), "who": None})
    found.append({"at": view["submitted_at"], "what": N_("Submitted"), "who": None})
    if correction:
        found.append(
            {"at": correction["requested_at"], "what": N_("Correction requested"), "who": correction["requested_by"]}
        )
    found += (
        {"at": each["decided_at"], "what": OUTCOMES[each["outcome"]], "who": each["decided_by"]}
        for each in view["decisions"]
    )
    found += (_hands(each) for each in assignment["changes"])
    if place:
        found.append({"at": place["announced_at"], "what": N_("Result announced"), "who": None})
    return sorted((each for each in found if each["at"]), key=lambda each: str(each["at"]), reverse=True)


def _hands(change: dict[str, Any]) -> View:
    what = N_("Assigned to %(officer)s") if change["officer_id"] else N_("Assigned to nobody any more")
    return {"at": change["assigned_at"], "what": what, "who": change["assigned_by"], "officer": change["officer_id"]}


OUTCOMES = {
    "admissible": N_("Found admissible"),
    "inadmissible": N_("Found inadmissible"),
    "eligible": N_("Found eligible"),
    "ineligible": N_("Found ineligible"),
}


@router.get(f"{BASE}/attachments/{{attachment_id}}")
async def download(application_id: UUID, attachment_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """The file, which browsers save and do not run."""
    draft = await instructed(page, application_id)
    item = next((each for each in draft.view["attachments"] if each["attachment_id"] == str(attachment_id)), None)
    if item is None:
        raise ServiceProblem("applications", 404, NOT_FOUND)
    content = await page.get("applications", f"/applications/{application_id}/attachments/{attachment_id}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item.get('name') or str(attachment_id), safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=item["media_type"], headers=headers)
