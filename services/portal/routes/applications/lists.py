"""My applications, each with what to do next."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.listing import folded
from services.portal.page import Page

router = APIRouter()
Line = dict[str, Any]
PAGE_SIZE = 20


@router.get("/applications")
async def mine(
    page: Page = signed_in(),
    after: UUID | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
    status: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The person's applications, the latest started first; all of them can be searched by title and number."""
    own = await page.every("applications", "/applications", "applications")
    calls = {each["call_id"]: each for each in (await page.get("applications", "/calls"))["calls"]}
    lines, further = part([each for each in own if _fits(each, folded(q.strip()), status)], after)
    return await page.render(
        "applications/list.html", lines=lines, calls=calls, next=further, after=after, q=q, state=status,
        any=bool(own), statuses=sorted({each["status"] for each in own}),
        open_calls=[each for each in calls.values() if each["phase"] == "open"],
    )  # fmt: skip


def part(lines: list[Line], after: UUID | None) -> tuple[list[Line], str | None]:
    """The lines of a page, and the last one's id when others follow."""
    start = next((at for at, each in enumerate(lines, 1) if each["application_id"] == str(after)), 0)
    shown = lines[start : start + PAGE_SIZE]
    return shown, shown[-1]["application_id"] if lines[start + PAGE_SIZE :] else None


def _fits(line: Line, text: str, status: str) -> bool:
    told = folded(f"{line.get('title') or ''} {line.get('number') or ''}")
    return text in told and status in ("", line["status"])
