"""The officer's pages of an evaluation round: progress, applications, panel, conflicts, results, deliberation."""

from fastapi import APIRouter

from services.portal.routes.rounds import conflicts, deliberation, panel, progress, quorum, results

router = APIRouter()
for _room in (progress, quorum, panel, conflicts, results, deliberation):
    router.include_router(_room.router)
