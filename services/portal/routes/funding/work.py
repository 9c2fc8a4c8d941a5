"""What waits for the authorising officer or for the accountant, with what each act rests on."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.names import names
from services.portal.page import Page
from services.portal.roles import MONEY
from services.portal.routes.funding.acts import actors

router = APIRouter()
PER_PAGE = 200
SEVERAL = {"certification", "order", "acceptance"}
"""Steps of which several can be done at once, after a look at all of them together."""
SORTS = {"since": "since", "amount": "amount_cents", "number": "number"}


def side_of(page: Page) -> str:
    """The function in which the reader acts here; whoever held both could do nothing, and sees the ordering side."""
    return next(role for role in MONEY if page.has(role))


@router.get("/funding")
async def waiting(page: Page = signed_in(*MONEY)) -> Response:
    role, given = side_of(page), page.request.query_params
    found = await page.get("funding", "/work", role=role, after=given.get("after", "")[:100], limit=PER_PAGE)
    steps = sorted({item["step"] for item in found["items"]})
    wanted = {
        "step": given["step"] if given.get("step") in steps else "",
        "sort": given["sort"] if given.get("sort") in SORTS else "since",
        "order": "desc" if given.get("order") == "desc" else "asc",
        "after": given.get("after", ""),
    }
    shown = _sorted([item for item in found["items"] if wanted["step"] in ("", item["step"])], wanted)
    known = await names(page, actors(item["tranche"] for item in shown if "tranche" in item))
    return await page.render(
        "funding/waiting.html", role=role, items=shown, steps=steps, wanted=wanted, next=found["next"], names=known,
        several=SEVERAL, departement=places.departement,
    )  # fmt: skip


def _sorted(items: list[dict[str, Any]], wanted: dict[str, str]) -> list[dict[str, Any]]:
    name = SORTS[wanted["sort"]]
    return sorted(items, key=lambda item: item.get(name) or "", reverse=wanted["order"] == "desc")
