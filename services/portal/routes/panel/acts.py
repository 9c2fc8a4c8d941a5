"""Abstaining with a reason, and declaring a conflict of interest: each after a page that says what will happen."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.panel.reading import BASE, own_ballot
from services.portal.routes.panel.seats import seat

router = APIRouter()
MOST_REASON = 4_000


@router.get(f"{BASE}/abstention")
async def ask_abstention(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    ballot = await own_ballot(page, round_id, application_id)
    return await _shown(page, round_id, application_id, "abstention", Form({"reason": ballot.get("reason")}))


@router.post(f"{BASE}/abstention")
async def abstain(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    await own_ballot(page, round_id, application_id)
    form, reason = Form.sent(page), page.text("reason")
    if not reason:
        form.wrong("reason", page._("Say why you abstain."))
    elif len(reason) > MOST_REASON:
        form.wrong("reason", page._("This reason is too long: 4,000 characters at most."))
    else:
        try:
            await page.post("evaluation", f"/rounds/{round_id}/ballots/{application_id}/abstention", {"reason": reason})
        except ServiceProblem as problem:
            if problem.status not in (409, 422):
                raise
            form.refused(problem, page)
    if form.errors:
        return await _shown(page, round_id, application_id, "abstention", form, 422)
    return await page.go(f"/panel/{round_id}", page._("Your abstention is saved."))


@router.get(f"{BASE}/conflict")
async def ask_conflict(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    await own_ballot(page, round_id, application_id)
    return await _shown(page, round_id, application_id, "conflict", Form())


@router.post(f"{BASE}/conflict")
async def declare(round_id: UUID, application_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """Declared twice, it is declared once."""
    try:
        await page.post("evaluation", f"/rounds/{round_id}/conflicts", {"application_id": str(application_id)})
    except ServiceProblem as problem:
        if problem.status != 409:
            raise
        form = Form()
        form.refused(problem, page)
        return await _shown(page, round_id, application_id, "conflict", form, 409)
    return await page.go(
        f"/panel/{round_id}",
        page._("Your conflict of interest is declared: this application is no longer yours to read."),
    )


async def _shown(
    page: Page, round_id: UUID, application_id: UUID, kind: str, form: Form, status: int = 200
) -> Response:
    own = await seat(page, round_id, limit=1)
    view = await page.get("applications", f"/applications/{application_id}")
    title = view["answers"].get("title") or view["number"]
    return await page.render(f"panel/{kind}.html", status, seat=own, view=view, title=title, form=form)
