"""The officer's pages of an evaluation round: panel, conflicts, progress, results, deliberation."""

from fastapi import APIRouter

from services.portal.routes.rounds import conflicts, deliberation, panel, progress, results

router = APIRouter()
for _room in (progress, panel, conflicts, results, deliberation):
    router.include_router(_room.router)
