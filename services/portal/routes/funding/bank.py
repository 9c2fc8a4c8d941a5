"""Payments and the bank: files that leave (pain.001), its answer that comes back (pain.002), and money asked back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.roles import MONEY_READERS
from services.portal.routes.funding.books import numbers_of
from services.portal.routes.funding.work import in_order

router = APIRouter()
OUTCOMES = ("pending", "settled", "rejected")
PER_PAGE = 50
MOST_BYTES = 1_000_000


@router.get("/funding/payments")
async def payments(page: Page = signed_in(*MONEY_READERS)) -> Response:
    state = page.request.query_params.get("state", "")
    wanted = {"state": state if state in OUTCOMES else "", **_wanted(page)}
    found, possible = await _searched(page, "/payments", wanted)
    return await page.render(
        "funding/payments.html", items=found["items"], next=found["next"], wanted=wanted, outcomes=OUTCOMES,
        possible=possible,
    )  # fmt: skip


@router.get("/funding/payments/{payment_id}/file")
async def file(payment_id: UUID, page: Page = signed_in("accountant")) -> Response:
    """The payment's order for the bank, as it was sent."""
    content = await page.get("funding", f"/payments/{payment_id}/file")
    headers = {"Content-Disposition": f'attachment; filename="pain.001-{payment_id}.xml"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/xml", headers=headers)


@router.get("/funding/bank")
async def answer(page: Page = signed_in("accountant")) -> Response:
    return await page.render("funding/bank.html", form=Form(), result=None, numbers={})


@router.post("/funding/bank/attachments")
async def take(page: Page = signed_in("accountant")) -> Response:
    """The bank's report, applied whole or not at all; what came of each payment is shown."""
    form, sent, result = Form(), page.form.get("file"), None
    numbers: dict[str, str] = {}
    document = await sent.read(MOST_BYTES + 1) if isinstance(sent, UploadFile) else b""
    if not document:
        form.wrong("file", page._("Choose the bank’s file. An empty file says nothing."))
    elif len(document) > MOST_BYTES:
        form.wrong("file", page._("This file is larger than 1 MB: the bank’s reports are smaller."))
    else:
        try:
            result = await _applied(page, document)
            numbers = await numbers_of(page, result["payments"], {})
        except ServiceProblem as problem:
            form.refused(problem, page)
            form.errors = {"file": "; ".join(form.errors.values())}
    status = 422 if form.errors else 200
    return await page.render("funding/bank.html", status=status, form=form, result=result, numbers=numbers)


async def _applied(page: Page, document: bytes) -> dict[str, Any]:
    kind = {"Content-Type": "application/xml"}
    found: dict[str, Any] = await page.ask(
        "POST", "funding", "/bank-statements", content=document, headers=kind, key=page.form_key
    )
    return found


@router.get("/funding/recoveries")
async def recoveries(page: Page = signed_in(*MONEY_READERS)) -> Response:
    collected = page.request.query_params.get("collected", "")
    wanted = {"collected": collected if collected in ("true", "false") else "", **_wanted(page)}
    found, possible = await _searched(page, "/recoveries", wanted)
    return await page.render(
        "funding/recoveries.html", items=found["items"], next=found["next"], wanted=wanted, possible=possible
    )


def _wanted(page: Page) -> dict[str, str]:
    return {"number": page.request.query_params.get("number", "").strip()[:40], **in_order(page)}


async def _searched(page: Page, path: str, wanted: dict[str, str]) -> tuple[dict[str, Any], bool]:
    """What was found, and whether such a search can be made at all."""
    try:
        return await page.get("funding", path, **wanted, limit=PER_PAGE), True
    except ServiceProblem as refused:
        if refused.status != 422:
            raise
        return {"items": [], "next": None}, False
