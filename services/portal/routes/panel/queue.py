"""My rounds, and my queue in one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.listing import as_id, asked, first_of, folded, in_order
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.panel.seats import Seat, View, minutes_to_sign, seat, seats, titles
from services.portal.words import words

router = APIRouter()
PER_PAGE = 25
SORTS = ("queue", "number", "state", "title")


@router.get("/panel")
async def mine(page: Page = signed_in(*PANEL)) -> Response:
    """The rounds on whose panel I sit."""
    return await page.render("panel/rounds.html", seats=await seats(page))


@router.get("/panel/{round_id}")
async def queue(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """What is to do and done, by pages; search, filter and order are in the address."""
    wanted = asked(page, ("q",), SORTS, state=words("ballot_state"))
    found = await (_listed if wanted["q"] or wanted["sort"] != SORTS[0] else _in_turn)(page, round_id, wanted)
    return await page.render(
        "panel/queue.html", seat=found.seat, found=found, wanted=wanted, per_page=PER_PAGE,
        states=words("ballot_state"), to_sign=await minutes_to_sign(page, found.seat),
    )  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """A page of the queue: from the application ``after`` on, or from the place ``first`` of a list that is all here."""

    seat: Seat
    ballots: list[View]
    titles: dict[str, str]
    total: int
    after: str = ""
    next: str | None = None
    first: int = 0


async def _in_turn(page: Page, round_id: UUID, wanted: Mapping[str, str]) -> _Found:
    """As the service gives it, page by page."""
    after = as_id(page.request.query_params.get("after", ""))
    own = await seat(page, round_id, state=wanted["state"], after=after, limit=PER_PAGE)
    ballots = own.mine["ballots"]
    return _Found(own, ballots, await titles(page, _readable(ballots)), own.mine["matching"], after, own.mine["next"])


async def _listed(page: Page, round_id: UUID, wanted: Mapping[str, str]) -> _Found:
    """All of it, searched and sorted here: evaluation knows no titles."""
    own = await seat(page, round_id, limit=1)
    path = f"/rounds/{round_id}/ballots/mine"
    ballots = await page.every("evaluation", path, "ballots", state=wanted["state"])
    called = await titles(page, _readable(ballots))
    sought = folded(wanted["q"])
    by: dict[str, Callable[[View], Any]] = {
        "queue": lambda each: each["application_id"],
        "number": lambda each: each["number"],
        "state": lambda each: list(words("ballot_state")).index(each["state"]),
        "title": lambda each: folded(called.get(each["application_id"], "")) or None,
    }
    fitting = [
        each for each in ballots if sought in folded(f"{each['number']} {called.get(each['application_id'], '')}")
    ]
    rows = in_order(fitting, by[wanted["sort"]], wanted)
    first = first_of(page, len(rows))
    return _Found(own, rows[first : first + PER_PAGE], called, len(rows), first=first)


def _readable(ballots: list[View]) -> list[str]:
    return [each["application_id"] for each in ballots if each["state"] != "conflicted"]
