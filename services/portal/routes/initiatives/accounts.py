"""What a beneficiary sends with a document: bank details with their proof, and financial reports.

The document goes first, under its SHA-256, by which what follows names it.
"""

from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.datastructures import UploadFile
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import NOT_FOUND, REPEATABLE, titles
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.initiatives.agreements import Agreement, owned, taken, unreported
from services.portal.words import problem_sentence

router = APIRouter()
BASE = "/initiatives/{initiative_id}"
LENGTHS = {"holder": (1, 140), "iban": (8, 42), "bic": (8, 11)}
Year = Annotated[int, Path(ge=2000, le=2200)]
_KINDS = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff")


@router.get(f"{BASE}/bank-details/attachments")
async def ask_bank_details(initiative_id: UUID, page: Page = signed_in()) -> Response:
    agreement = await owned(page, initiative_id)
    return await _bank(page, agreement, Form({"holder": agreement["beneficiary"]}))


@router.post(f"{BASE}/bank-details/attachments")
async def send_bank_details(initiative_id: UUID, page: Page = signed_in()) -> Response:
    """The account, with the digest of the statement that shows it."""
    agreement = await owned(page, initiative_id)
    form = Form({name: page.texts(name) for name in LENGTHS})
    _look(page, form)
    missing = page._("Attach the bank's statement of your account, as a PDF, PNG or JPEG.")
    digest = await _kept(page, form, initiative_id, missing)
    body = {name: page.text(name) or None for name in LENGTHS} | {"proof": digest}
    if form.errors or not await taken(page, form, f"/agreements/{initiative_id}/bank-details", body):
        return await _bank(page, agreement, form, 422)
    done = page._("Bank details received: two agents confirm them before anything is paid to this account.")
    return await page.go(f"/initiatives/{initiative_id}/agreement", done)


def _look(page: Page, form: Form) -> None:
    for name, (least, most) in LENGTHS.items():
        text = page.text(name)
        if not text and name != "bic":
            form.wrong(name, page._("Answer this question."))
        elif text and not least <= len(text) <= most:
            code = {"iban": "iban_invalid", "bic": "bic_invalid"}.get(name, "holder_mismatch")
            form.wrong(name, problem_sentence({"code": code}, page._))


@router.get(f"{BASE}/reports/{{year}}/attachments")
async def ask_report(initiative_id: UUID, year: Year, page: Page = signed_in()) -> Response:
    return await _report(page, await owned(page, initiative_id), year, Form())


@router.post(f"{BASE}/reports/{{year}}/attachments")
async def file_report(initiative_id: UUID, year: Year, page: Page = signed_in()) -> Response:
    """The financial report on a year: late, it holds back payments."""
    agreement, form = await owned(page, initiative_id), Form()
    missing = page._("Attach the financial report, as a PDF, PNG or JPEG.")
    digest = await _kept(page, form, initiative_id, missing)
    body = {"year": year, "document": digest}
    if form.errors or not await taken(page, form, f"/agreements/{initiative_id}/financial-reports", body):
        return await _report(page, agreement, year, form, 422)
    done = page._("The financial report on %(year)s is received.", year=year)
    return await page.go(f"/initiatives/{initiative_id}/agreement", done)


async def _kept(page: Page, form: Form, initiative_id: UUID, missing: str) -> str:
    """The SHA-256 under which the document that was sent is kept; an error in ``form`` when there is none, or it is not taken."""
    file = page.form.get("document")
    content = await file.read() if isinstance(file, UploadFile) else b""
    if not content.startswith(_KINDS):
        form.wrong("document", missing)
    digest = sha256(content).hexdigest()
    if form.errors:
        return digest
    headers = {"Content-Type": "application/octet-stream"}
    path = f"/agreements/{initiative_id}/documents/{digest}"
    try:
        await page.ask("PUT", "funding", path, content=content, headers=headers)
    except ServiceProblem as problem:
        if problem.status not in (*REPEATABLE, 413):
            raise
        form.refused(problem, page, {"content": "document", "digest": "document", "": "document"})
    return digest


async def _bank(page: Page, agreement: Agreement, form: Form, status: int = 200) -> Response:
    return await _shown(page, agreement, "initiatives/bank_details.html", form, status)


async def _report(page: Page, agreement: Agreement, year: int, form: Form, status: int = 200) -> Response:
    if str(year) not in agreement["reports_due"]:
        raise ServiceProblem("funding", 404, NOT_FOUND)
    due = unreported(agreement).get(str(year))
    return await _shown(page, agreement, "initiatives/report.html", form, status, year=str(year), due=due)


async def _shown(page: Page, agreement: Agreement, template: str, form: Form, status: int, **more: Any) -> Response:
    initiative_id = agreement["agreement_id"]
    title = (await titles(page, [initiative_id]))[initiative_id]
    return await page.render(
        template, status, agreement=agreement, form=form, initiative_id=initiative_id, title=title, **more
    )
