"""The programme's published record: projects that were really funded, with their source."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import anyone
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
PER_PAGE = 25
SORTS = ("id", "label", "priority", "amount_eur", "departement_code")


@router.get("/funded-projects")
async def record(page: Page = anyone()) -> Response:
    given = page.request.query_params
    wanted = {
        "q": given.get("q", "").strip()[:200],
        "priority": given.get("priority", "") if given.get("priority") in words("priority") else "",
        "departement": given.get("departement", "") if given.get("departement") in places.departements() else "",
        "sort": given["sort"] if given.get("sort") in SORTS else "id",
        "order": "desc" if given.get("order") == "desc" else "asc",
        "after": given.get("after", ""),
    }
    found = await page.get("observatory", "/programme/record", limit=PER_PAGE, **wanted)
    filtered = any(wanted[name] for name in ("q", "priority", "departement"))
    return await page.render_public(
        "public/record.html", found=found, wanted=wanted, filtered=filtered, departement=places.departement
    )
