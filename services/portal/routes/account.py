"""A person's own page: who they are here, how they are told, where they are logged in."""

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page

router = APIRouter()


@router.get("/account")
async def account(page: Page = signed_in()) -> Response:
    sessions = await page.parts.store.sessions_of(page.person_id)
    return await page.render("account/account.html", person=await _person(page), sessions=sessions)


async def _person(page: Page) -> dict[str, object] | None:
    try:
        found: dict[str, object] = await page.get("people", f"/persons/{page.person_id}")
    except ServiceProblem:
        return None
    return found
