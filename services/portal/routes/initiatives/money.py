"""The laureate's agreement: read and signed, and its tranches asked for."""

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import NOT_FOUND, titles
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.receipts import agreement_pdf
from services.portal.routes.initiatives.agreements import Agreement, clauses, owned, taken, unreported

router = APIRouter()
BASE = "/initiatives/{initiative_id}"
LONGEST_NAME = 140


@router.get(f"{BASE}/agreement")
async def show(initiative_id: UUID, page: Page = signed_in()) -> Response:
    return await _shown(page, initiative_id, Form({"signatory": page.session.name if page.session else ""}))


@router.get(f"{BASE}/agreement.pdf")
async def as_file(initiative_id: UUID, page: Page = signed_in()) -> Response:
    """The agreement as an accessible PDF (PDF/UA-1)."""
    agreement = await owned(page, initiative_id)
    said, title = clauses(page, agreement), await _title(page, initiative_id)
    content = await asyncio.to_thread(agreement_pdf, agreement, title, said, page.language, page._)
    name = f"{agreement['number'] or initiative_id}-{page.language}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


@router.post(f"{BASE}/agreement")
async def sign(initiative_id: UUID, page: Page = signed_in()) -> Response:
    form = Form.sent(page)
    agreement = await owned(page, initiative_id)
    here = f"/initiatives/{initiative_id}/agreement"
    if agreement["status"] != "prepared":
        return await page.go(here, page._("The agreement was signed before."), "info")
    if not page.text("signatory"):
        form.wrong("signatory", page._("Write the name of who signs."))
    if len(page.text("signatory")) > LONGEST_NAME:
        form.wrong("signatory", page._("Write at most %(num)s characters.", num=LONGEST_NAME))
    if not form.value("agreed"):
        form.wrong("agreed", page._("Tick the box to sign."))
    body = {"signatory": page.text("signatory")}
    if form.errors or not await taken(page, form, f"/agreements/{initiative_id}/signature", body):
        return await _shown(page, initiative_id, form, 422)
    return await page.go(here, page._("You have signed the agreement. The programme signs next: you will be told."))


@router.get(f"{BASE}/tranches/{{tranche_id}}/request")
async def ask_tranche(initiative_id: UUID, tranche_id: UUID, page: Page = signed_in()) -> Response:
    """What asking for the tranche does, and what it rests on."""
    agreement = await owned(page, initiative_id)
    tranche = _tranche(agreement, tranche_id)
    if "request" not in tranche["next"]:
        return await _asked_before(page, initiative_id)
    return await page.render(
        "initiatives/tranche.html", agreement=agreement, tranche=tranche, initiative_id=str(initiative_id),
        title=await _title(page, initiative_id), review=await _review(page, initiative_id, tranche["after"]),
    )  # fmt: skip


@router.post(f"{BASE}/tranches/{{tranche_id}}/request")
async def request_tranche(initiative_id: UUID, tranche_id: UUID, page: Page = signed_in()) -> Response:
    _tranche(await owned(page, initiative_id), tranche_id)
    try:
        await page.post("funding", f"/tranches/{tranche_id}/request")
    except ServiceProblem as problem:
        if problem.code != "out_of_turn":
            raise
        return await _asked_before(page, initiative_id)
    done = page._("The tranche is asked for. Its progress is shown here.")
    return await page.go(f"/initiatives/{initiative_id}/agreement", done)


async def _asked_before(page: Page, initiative_id: UUID) -> Response:
    said = page._("This tranche cannot be asked for now: see below where it is.")
    return await page.go(f"/initiatives/{initiative_id}/agreement", said, "info")


def _tranche(agreement: Agreement, tranche_id: UUID) -> Agreement:
    found = next((each for each in agreement["tranches"] if each["tranche_id"] == str(tranche_id)), None)
    if found is None:
        raise ServiceProblem("funding", 404, NOT_FOUND)
    return dict(found)


async def _review(page: Page, initiative_id: UUID, kind: str) -> Agreement | None:
    """The review on whose decision a tranche rests; nothing when it rests on none."""
    cycle = await page.get("coaching", f"/cycles/{initiative_id}")
    return next((each for each in cycle["reviews"] if each["review"] == kind and each["decision"]), None)


async def _title(page: Page, initiative_id: UUID) -> str:
    return (await titles(page, [str(initiative_id)]))[str(initiative_id)]


async def _shown(page: Page, initiative_id: UUID, form: Form, status: int = 200) -> Response:
    agreement = await owned(page, initiative_id)
    return await page.render(
        "initiatives/agreement.html", status, agreement=agreement, form=form, initiative_id=str(initiative_id),
        title=await _title(page, initiative_id), unreported=unreported(agreement), clauses=clauses(page, agreement),
    )  # fmt: skip
