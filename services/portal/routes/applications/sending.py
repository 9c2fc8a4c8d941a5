"""Checking, submitting, the receipt on a page and as a PDF, taking the application back."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.receipts import receipt_pdf
from services.portal.routes.applications.drafts import Opened, opened, problems_of
from services.portal.routes.applications.showing import answered
from services.portal.words import N_

router = APIRouter()
BASE = "/applications/{application_id}"
TOO_LATE = N_("This application cannot be taken back any more, or not by you.")
WITHDRAWABLE = (
    "draft", "submitted", "correction_requested", "admissible", "inadmissible", "eligible", "ineligible",
    "under_evaluation",
)  # fmt: skip


@router.get(f"{BASE}/check")
async def check(application_id: UUID, page: Page = signed_in()) -> Response:
    """All answers to read again, and each problem with a link to where it is."""
    draft = await opened(page, application_id)
    if draft.view["status"] != "draft":
        return await page.go(draft.path)
    return await _checked(page, draft)


async def _checked(page: Page, draft: Opened, status: int = 200) -> Response:
    return await page.render(
        "applications/check.html", status, draft=draft, problems=await problems_of(page, draft),
        answered=answered(page, draft), may_submit=page.person_id in draft.view["submitter_ids"],
    )  # fmt: skip


@router.get(f"{BASE}/submit")
async def ask_submission(application_id: UUID, page: Page = signed_in()) -> Response:
    """What submitting will do, before it is done."""
    draft = await opened(page, application_id)
    if draft.view["status"] != "draft":
        return await page.go(draft.path)
    if await problems_of(page, draft) or page.person_id not in draft.view["submitter_ids"]:
        return await page.go(f"{draft.path}/check")
    return await page.render("applications/submit.html", draft=draft)


@router.post(f"{BASE}/submit")
async def submit(application_id: UUID, page: Page = signed_in()) -> Response:
    """Submit; sent twice, or again after going back, it is the same receipt."""
    draft = await opened(page, application_id)
    try:
        await page.post("applications", f"{draft.path}/submit")
    except ServiceProblem as problem:
        if problem.code == "application_invalid":
            return await _checked(page, draft, 422)
        if problem.code == "wrong_state":
            return await page.go(draft.path, page._("This application was submitted before."), "info")
        raise
    return await page.go(f"{draft.path}/receipt", page._("Your application is submitted."))


@router.get(f"{BASE}/receipt")
async def receipt(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    if draft.view["number"] is None:
        return await page.go(draft.path)
    found = await page.get("applications", f"{draft.path}/receipt")
    return await page.render("applications/receipt.html", draft=draft, receipt=found)


@router.get(f"{BASE}/receipt.pdf")
async def receipt_file(application_id: UUID, page: Page = signed_in()) -> Response:
    """The receipt as an accessible PDF (PDF/UA-1)."""
    draft = await opened(page, application_id)
    if draft.view["number"] is None:
        return await page.go(draft.path)
    found = await page.get("applications", f"{draft.path}/receipt")
    title, applicant = draft.answers.get("title"), draft.view["applicant"]
    who = applicant.get("name") or f"{applicant.get('given_name', '')} {applicant.get('family_name', '')}".strip()
    content = await asyncio.to_thread(receipt_pdf, found, str(title or ""), who, page.language, page._)
    headers = {"Content-Disposition": f'attachment; filename="{found["number"]}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.get(f"{BASE}/withdrawal")
async def ask_withdrawal(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    if draft.view["status"] not in WITHDRAWABLE or draft.view["owner_id"] != page.person_id:
        return await page.go(draft.path, page._(TOO_LATE), "info")
    return await page.render("applications/withdrawal.html", draft=draft)


@router.post(f"{BASE}/withdrawal")
async def withdraw(application_id: UUID, page: Page = signed_in()) -> Response:
    try:
        await page.post("applications", f"/applications/{application_id}/withdrawal")
    except ServiceProblem as problem:
        if problem.code != "wrong_state":
            raise
        return await page.go(f"/applications/{application_id}", page._(TOO_LATE), "info")
    return await page.go(f"/applications/{application_id}", page._("The application is taken back."))
