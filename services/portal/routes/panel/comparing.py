"""My own ballots in one table: nobody else's, and no aggregate."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.listing import first_of
from services.portal.page import Page
from services.portal.roles import PANEL
from services.portal.routes.panel.seats import seat, titles

router = APIRouter()
PER_PAGE = 100
READ_AT_ONCE = 500


@router.get("/panel/{round_id}/comparison")
async def compare(round_id: UUID, page: Page = signed_in(*PANEL)) -> Response:
    """Sorted by my own total, by number or by a criterion."""
    own = await seat(page, round_id, limit=1)
    criteria, ballots = await _all(page, round_id)
    codes = [each["code"] for each in criteria]
    given = page.request.query_params
    sort = given["sort"] if given.get("sort") in ("number", *codes) else "points"
    down = given.get("order", "asc" if sort == "number" else "desc") == "desc"
    ballots.sort(key=lambda each: str(each["number"]))
    ballots.sort(key=lambda each: _value(each, sort), reverse=down)
    start = first_of(page, len(ballots))
    shown = ballots[start : start + PER_PAGE]
    return await page.render(
        "panel/comparison.html", seat=own, criteria=criteria, ballots=shown, total=len(ballots), sort=sort, down=down,
        start=start, per_page=PER_PAGE, titles=await titles(page, [each["application_id"] for each in shown]),
    )  # fmt: skip


async def _all(page: Page, round_id: UUID) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ballots: list[dict[str, Any]] = []
    after = None
    while True:
        path = f"/rounds/{round_id}/ballots/mine/scores"
        found = await page.get("evaluation", path, after=after, limit=READ_AT_ONCE)
        ballots += found["ballots"]
        after = found["next"]
        if after is None:
            return found["criteria"], ballots


def _value(ballot: dict[str, Any], sort: str) -> Any:
    if sort == "number":
        return str(ballot["number"])
    return ballot["points"] if sort == "points" else ballot["scores"].get(sort, 0)
