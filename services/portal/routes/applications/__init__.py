"""The applicant's pages: from the choice of a call to the decision and the place."""

from fastapi import APIRouter

from services.portal.routes.applications import editors, files, follow, lists, messages, outcome, sending, start, steps

router = APIRouter()
for _room in (start, lists, steps, files, sending, follow, outcome, editors, messages):
    router.include_router(_room.router)
