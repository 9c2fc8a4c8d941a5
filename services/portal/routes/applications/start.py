"""A new application: for which call, and as whom."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.questions import NATURAL
from services.portal.words import N_

router = APIRouter()
HELP = {
    "person": N_("You propose the initiative yourself, in your own name."),
    "collective": N_(
        "Several persons propose it without having founded an organisation; you are their representative."
    ),
    "association": N_("An association under the law of 1901, or under the local law of Alsace-Moselle."),
    "company": N_("A company, a cooperative, a foundation or a mutual society."),
    "local_authority": N_("A commune, a département, a région or one of their groupings."),
    "state_service": N_("A service of the State."),
    "operator": N_("A public establishment of the State."),
    "public_interest_group": N_("A public interest group."),
}


@router.get("/applications/new")
async def choose(page: Page = signed_in(), call: Annotated[UUID | None, Query()] = None) -> Response:
    """For whom one applies; without a call, the open ones to choose from."""
    if call is None:
        return await _calls(page)
    return await _form(page, call, Form())


@router.post("/applications/new")
async def start(page: Page = signed_in(), call: Annotated[UUID | None, Query()] = None) -> Response:
    """Start the draft; sent twice, it is the same one."""
    if call is None:
        return await _calls(page)
    form, kind = Form.sent(page), page.text("kind")
    if not kind:
        form.wrong("kind", page._("Say who applies."))
        return await _form(page, call, form, 422)
    try:
        body = {"kind": kind, "synthetic": page.parts.settings.demonstration}
        draft = await page.post("applications", f"/calls/{call}/applications", body)
    except ServiceProblem as problem:
        if problem.code in ("application_exists", "idempotency_key_reused") and (known := await _mine(page, call)):
            said = page._("You have an application to this call already: here it is.")
            return await page.go(f"/applications/{known}", said, "info")
        form.refused(problem, page)
        return await _form(page, call, form, 422)
    await page.applies()
    return await page.go(f"/applications/{draft['application_id']}/steps/applicant")


async def _calls(page: Page) -> Response:
    found = (await page.get("applications", "/calls"))["calls"]
    return await page.render("applications/choose.html", calls=[each for each in found if each["phase"] == "open"])


async def _form(page: Page, call_id: UUID, form: Form, status: int = 200) -> Response:
    call = await page.get("applications", f"/calls/{call_id}")
    kinds: dict[str, list[Any]] = {"oneself": [], "organisation": []}
    for kind in call["applicant_kinds"]:
        kinds["oneself" if kind in NATURAL else "organisation"].append((kind, page._(HELP.get(kind, kind))))
    return await page.render("applications/new.html", status, call=call, kinds=kinds, form=form)


async def _mine(page: Page, call_id: UUID) -> str | None:
    """The application that the person has to a call, if it is among their latest."""
    found = (await page.get("applications", "/applications", limit=100))["applications"]
    live = (each for each in found if each["call_id"] == str(call_id) and each["status"] != "withdrawn")
    return next((str(each["application_id"]) for each in live), None)
