"""The applicant of a paper application and their account: how far they are, and another link."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import joining
from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.routes.office.desk import OFFICER
from services.portal.routes.office.file import BASE, instructed

router = APIRouter()


@router.post(f"{BASE}/invitation")
async def invite(application_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Mail the applicant another link; the one before gives nothing any more."""
    await page.parts.rates.require(page.request, "form")
    view, target = (await instructed(page, application_id)).view, f"/office/applications/{application_id}"
    try:
        invited = bool(view.get("entry")) and await joining.invite(
            page, view["owner_id"], application_id, view["number"]
        )
    except ServiceProblem as problem:
        if problem.code != "person_erased":
            raise
        invited = False
    if not invited:
        return await page.go(target, page._("Nothing is sent: the applicant has an account, or is erased."), "info")
    return await page.go(target, page._("A link is sent to the applicant."))
