"""Calls, for everyone: what is open, and a call with its dates, its form, its rules and how it is decided."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import anyone
from services.portal.page import Page

router = APIRouter()
PHASES = ("open", "upcoming", "closed")


def by_phase(calls: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The calls of each phase; of open and upcoming ones the next date first, of closed ones the newest."""
    groups = {phase: [call for call in calls if call["phase"] == phase] for phase in PHASES}
    groups["open"].sort(key=lambda call: str(call["schedule"]["closes_at"]))
    groups["upcoming"].sort(key=lambda call: str(call["schedule"]["opens_at"]))
    return groups


@router.get("/calls")
async def calls(page: Page = anyone()) -> Response:
    found = (await page.get("applications", "/calls"))["calls"]
    return await page.render_public("public/calls.html", calls=by_phase(found), count=len(found))


@router.get("/calls/{call_id}")
async def call(call_id: UUID, page: Page = anyone()) -> Response:
    found = await page.get("applications", f"/calls/{call_id}")
    labels = {field["code"]: field["label"] for section in found["sections"] for field in section["fields"]}
    return await page.render_public("public/call.html", call=found, labels=labels)
