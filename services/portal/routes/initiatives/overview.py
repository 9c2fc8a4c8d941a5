"""A laureate's initiatives, and one with all that happens in its acceleration and what is to be done next."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.following import Followed, followed, titles, unread
from services.portal.page import Page
from services.portal.routes.initiatives.agreements import Task, agreement_of, money_tasks

router = APIRouter()
AREA = "/initiatives"
PER_PAGE = 50


@router.get(AREA)
async def mine(page: Page = signed_in()) -> Response:
    after = page.request.query_params.get("after", "")
    found = await page.get("coaching", "/cycles", mine="true", sort="due", after=after, limit=PER_PAGE)
    cycles = [each for each in found["items"] if each["owner_id"] == page.person_id]
    preparing = await _preparing(page, {each["initiative_id"] for each in cycles}) if not after else []
    return await page.render(
        "initiatives/list.html", cycles=cycles, preparing=preparing, next=found["next"], after=after,
        titles=await titles(page, (each["initiative_id"] for each in cycles)), departement=places.departement,
        unread=await unread(page),
    )  # fmt: skip


async def _preparing(page: Page, started: set[str]) -> list[dict[str, Any]]:
    """Selected applications of the reader whose acceleration is not open yet."""
    lines = (await page.get("applications", "/applications"))["applications"]
    return [
        each for each in lines
        if each["status"] == "selected" and each["owner"] and each["application_id"] not in started
    ]  # fmt: skip


@router.get(f"{AREA}/{{initiative_id}}")
async def one(initiative_id: UUID, page: Page = signed_in()) -> Response:
    item = await followed(page, initiative_id, AREA)
    agreement = await agreement_of(page, initiative_id)
    return await page.render(
        "initiatives/one.html", item=item, agreement=agreement, departement=places.departement,
        unread=(await unread(page)).get(item.id, 0),
        tasks=[*_tasks(page, item), *(money_tasks(page, agreement) if agreement else ())],
    )  # fmt: skip


def _tasks(page: Page, item: Followed) -> list[Task]:
    """What the team has to do about its acceleration, the most urgent first."""
    if item.ended:
        return []
    cycle, found = item.cycle, []
    missing = [each for each in cycle["check_ins"] if each["recorded_at"] is None]
    for each in missing if cycle["status"] == "open" else ():
        text = page._("Do the check-in of week %(week)s", week=each["week"])
        found.append(Task(text, f"{item.base}/check-ins/{each['week']}", each["due_at"]))
    if not cycle["diagnosis"]:
        found.append(Task(page._("Write the diagnosis"), f"{item.base}/diagnosis"))
    elif not cycle["objectives"]:
        found.append(Task(page._("Set the roadmap"), f"{item.base}/roadmap"))
    return found
