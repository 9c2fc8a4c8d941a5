"""Attachments: added with progress or by a plain form, downloaded, removed after a question."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.page import Page
from services.portal.routes.applications.drafts import NOT_FOUND, Opened, opened
from services.portal.routes.applications.steps import OVER
from services.portal.words import problem_sentence

router = APIRouter()
BASE = "/applications/{application_id}"
MAX_BYTES = 10 * 1024 * 1024
EDITABLE = ("draft", "correction_requested")


@router.get(f"{BASE}/files")
async def show(application_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    if draft.view["status"] not in EDITABLE:
        return await page.go(draft.path, page._(OVER), "info")
    return await _shown(page, draft, Form())


@router.post(f"{BASE}/attachments")
async def attach(
    application_id: UUID, page: Page = signed_in(), slot: Annotated[str | None, Query(max_length=64)] = None
) -> Response:
    """Attach a file to a slot of the call, or to none."""
    draft, form, alone = await opened(page, application_id), Form(), "x-upload" in page.request.headers
    upload, name = page.form.get("file"), f"file-{slot or 'other'}"
    if not isinstance(upload, UploadFile) or not upload.filename or not upload.size:
        form.wrong(name, page._("Choose a file that is not empty."))
    else:
        try:
            await _send(page, draft, upload, slot)
        except ServiceProblem as problem:
            form.wrong(name, problem_sentence(problem, page._))
    if alone:
        return JSONResponse({"error": form.error(name)}, 422 if form.errors else 200)
    if form.errors:
        return await _shown(page, draft, form, 422)
    return await page.go(f"{draft.path}/files", page._("The file is attached."))


async def _send(page: Page, draft: Opened, upload: UploadFile, slot: str | None) -> None:
    content = await upload.read()
    files = {"file": (upload.filename, content, upload.content_type or "application/octet-stream")}
    address = f"{draft.path}/attachments" + (f"?slot={quote(slot, safe='')}" if slot else "")
    await page.ask("POST", "applications", address, files=files, key=page.form_key)


@router.get(f"{BASE}/attachments/{{attachment_id}}")
async def download(application_id: UUID, attachment_id: UUID, page: Page = signed_in()) -> Response:
    """The file, which browsers save and do not run."""
    draft = await opened(page, application_id)
    item = _attachment(draft, attachment_id)
    content = await page.get("applications", f"{draft.path}/attachments/{attachment_id}")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(item.get('name') or str(attachment_id), safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(content, media_type=item["media_type"], headers=headers)


@router.get(f"{BASE}/attachments/{{attachment_id}}/removal")
async def ask_removal(application_id: UUID, attachment_id: UUID, page: Page = signed_in()) -> Response:
    draft = await opened(page, application_id)
    return await page.render("applications/removal.html", draft=draft, item=_attachment(draft, attachment_id))


@router.post(f"{BASE}/attachments/{{attachment_id}}/removal")
async def remove(application_id: UUID, attachment_id: UUID, page: Page = signed_in()) -> Response:
    path = f"/applications/{application_id}"
    try:
        await page.ask("DELETE", "applications", f"{path}/attachments/{attachment_id}", key=page.form_key)
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        await opened(page, application_id)
        return await page.go(f"{path}/files", page._("The file had been removed already."), "info")
    return await page.go(f"{path}/files", page._("The file is removed."))


def _attachment(draft: Opened, attachment_id: UUID) -> dict[str, Any]:
    for item in draft.view["attachments"]:
        if item["attachment_id"] == str(attachment_id):
            return dict(item)
    raise ServiceProblem("applications", 404, NOT_FOUND)


async def _shown(page: Page, draft: Opened, form: Form, status: int = 200) -> Response:
    asked = [{**slot, "label": slot["label"][page.language]} for slot in draft.call["attachments"]]
    correction = draft.view.get("correction")
    if correction:
        asked = [slot for slot in asked if slot["code"] in correction["fields"]]
    known = {slot["code"] for slot in asked}
    rest = [item for item in draft.view["attachments"] if item["slot"] not in known]
    return await page.render(
        "applications/files.html", status, draft=draft, slots=asked, rest=rest, form=form, correcting=bool(correction),
        most=MAX_BYTES, too_large=problem_sentence({"code": "attachment_too_large"}, page._),
    )  # fmt: skip
