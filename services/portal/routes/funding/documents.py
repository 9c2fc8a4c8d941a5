"""The documents that a beneficiary has sent, for those who confirm the account and check what is paid."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.following import NOT_FOUND
from services.portal.page import Page
from services.portal.roles import MONEY

router = APIRouter()
EXTENSIONS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
Digest = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


async def kept(page: Page, agreement_id: UUID | str) -> list[dict[str, Any]]:
    """What is kept for an agreement, the oldest first."""
    found: list[dict[str, Any]] = await page.get("funding", f"/agreements/{agreement_id}/documents")
    return found


@router.get("/funding/agreements/{agreement_id}/documents/{digest}")
async def opened(agreement_id: UUID, digest: Digest, page: Page = signed_in(*MONEY)) -> Response:
    """A document, which browsers save and do not run."""
    item = next((each for each in await kept(page, agreement_id) if each["digest"] == digest), None)
    if item is None:
        raise ServiceProblem("funding", 404, NOT_FOUND)
    content = await page.get("funding", f"/agreements/{agreement_id}/documents/{digest}")
    headers = {
        "Content-Disposition": f'attachment; filename="{digest[:12]}.{EXTENSIONS[item["media_type"]]}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=item["media_type"], headers=headers)
