"""Links of messages: one address for everybody who is told, from which each comes to their own page about it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.page import Page
from services.portal.roles import MONEY, PANEL

router = APIRouter()
PLACES: Mapping[str, Sequence[tuple[tuple[str, ...], str]]] = {
    "applications": ((("programme_officer",), "/office/applications/{}"), ((), "/applications/{}")),
    "calls": (((), "/calls/{}"),),
    "rounds": ((PANEL, "/panel/{}"), (("programme_officer",), "/office/rounds/{}")),
    "initiatives": (
        (("mentor",), "/mentoring/{}"),
        (("programme_officer",), "/office/cycles/{}"),
        ((), "/initiatives/{}"),
    ),
    "agreements": ((MONEY, "/funding/agreements/{}"), ((), "/initiatives/{}/agreement")),
}
"""Where the pages about something are, by role; no role means everybody else."""
NOT_FOUND = {"code": "not_found", "title": "There is nothing at this address"}


@router.get("/go/{kind}/{about}")
async def follow(kind: str, about: UUID, page: Page = signed_in()) -> Response:
    """To the reader's page. Raises ``ServiceProblem`` (404) where their roles have none."""
    for roles, path in PLACES.get(kind, ()):
        if not roles or page.has(*roles):
            return await page.go(path.format(about))
    raise ServiceProblem("portal", 404, NOT_FOUND)
