"""My applications, each with what to do next."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.page import Page

router = APIRouter()
PAGE_SIZE = 20


@router.get("/applications")
async def mine(
    page: Page = signed_in(),
    after: UUID | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The person's applications, the latest started first; the newest page can be searched by title and number."""
    found = await page.get("applications", "/applications", after=after, limit=PAGE_SIZE)
    calls = {each["call_id"]: each for each in (await page.get("applications", "/calls"))["calls"]}
    lines = [each for each in found["applications"] if _fits(each, q.strip().casefold(), status)]
    return await page.render(
        "applications/list.html", lines=lines, calls=calls, next=found["next"], after=after, q=q, state=status,
        any=bool(found["applications"]), statuses=sorted({each["status"] for each in found["applications"]}),
        open_calls=[each for each in calls.values() if each["phase"] == "open"],
    )  # fmt: skip


def _fits(line: dict[str, str | None], text: str, status: str) -> bool:
    told = f"{line.get('title') or ''} {line.get('number') or ''}".casefold()
    return text in told and status in ("", line["status"])
