"""Messages that wait: the applications of a call whose people wrote something that no officer has read."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.page import Page
from services.portal.routes.office.desk import OFFICER, View, call_of, tabbed
from services.portal.words import word

router = APIRouter()
BASE = "/office/calls/{call_id}/messages"
PER_PAGE = 50


@router.get(BASE)
async def inbox(
    call_id: UUID, page: Page = signed_in(OFFICER), after: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """One page of them, those that wait longest first."""
    found = await page.get("applications", _unread(call_id), after=after, limit=PER_PAGE)
    return await page.render("office/inbox.html", call=await tabbed(page, call_id), found=found, after=after)


@router.get(f"{BASE}/export")
async def exported(
    call_id: UUID, form: Annotated[Literal["csv", "xlsx"], Query()] = "csv", page: Page = signed_in(OFFICER)
) -> Response:
    """The whole list."""
    call = await call_of(page, call_id)
    heads = {
        "number": page._("Number"), "title": page._("Title"), "status": page._("State"),
        "unread": page._("New messages"), "since": page._("Waiting since"),
    }  # fmt: skip
    columns = [Column(name, label) for name, label in heads.items()]
    return export(page, _rows(page, call_id), columns, form, f"messages-{call['number']}")


async def _rows(page: Page, call_id: UUID) -> AsyncIterator[View]:
    for each in await page.every("applications", _unread(call_id), "applications"):
        status = page._(word("application_state", each["status"]))
        yield {**each, "status": status, "since": instant(each["since"])}


def _unread(call_id: UUID) -> str:
    return f"/calls/{call_id}/messages/unread"
