"""What waits for the authorising officer or for the accountant, with what each act rests on."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.names import names
from services.portal.page import Page
from services.portal.roles import MONEY
from services.portal.routes.funding.acts import actors
from services.portal.words import words

router = APIRouter()
PER_PAGE = 100
SEVERAL = {"certification", "order", "acceptance"}
"""Steps of which several can be done at once, after a look at all of them together."""
SORTS = ("since", "amount", "number")


def side_of(page: Page) -> str:
    """The function in which the reader acts here; whoever held both could do nothing, and sees the ordering side."""
    return next(role for role in MONEY if page.has(role))


def in_order(page: Page) -> dict[str, str]:
    """How the list that a page shows is sorted, and from where on."""
    given = page.request.query_params
    return {
        "sort": given["sort"] if given.get("sort") in SORTS else SORTS[0],
        "order": "desc" if given.get("order") == "desc" else "asc",
        "after": given.get("after", "")[:200],
    }


@router.get("/funding")
async def waiting(page: Page = signed_in(*MONEY)) -> Response:
    """A step that nothing waits for, or that there is none of, is an empty list that says so."""
    role = side_of(page)
    wanted = {"step": page.request.query_params.get("step", "")[:40], **in_order(page)}
    found = await page.get("funding", "/work", role=role, **wanted, limit=PER_PAGE)
    known = await names(page, actors(item["tranche"] for item in found["items"] if "tranche" in item))
    count = found["steps"].get(wanted["step"], 0) if wanted["step"] else sum(found["steps"].values())
    options = [code for code in words("work_step") if code in found["steps"] or code == wanted["step"]]
    return await page.render(
        "funding/waiting.html", role=role, items=found["items"], steps=found["steps"], options=options, count=count,
        wanted=wanted, next=found["next"], names=known, several=SEVERAL, departement=places.departement,
    )  # fmt: skip
