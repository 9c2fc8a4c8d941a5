"""My rounds, and my queue in one of them."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.panel.seats import minutes_to_sign, seat, seats, titles
from services.portal.words import words

router = APIRouter()
PER_PAGE = 25


@router.get("/panel")
async def mine(page: Page = signed_in(*PANEL)) -> Response:
    """The rounds on whose panel I sit."""
    return await page.render("panel/rounds.html", seats=await seats(page))


@router.get("/panel/{round_id}")
async def queue(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """What is to do and done, by pages; the filter is in the address."""
    given = page.request.query_params
    state = given.get("state", "") if given.get("state") in words("ballot_state") else ""
    after = _id(given.get("after", ""))
    own = await seat(page, round_id, state=state, after=after, limit=PER_PAGE)
    readable = [each["application_id"] for each in own.mine["ballots"] if each["state"] != "conflicted"]
    return await page.render(
        "panel/queue.html", seat=own, state=state, after=after, titles=await titles(page, readable),
        states=words("ballot_state"), to_sign=await minutes_to_sign(page, own),
    )  # fmt: skip


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
