"""The programme officer's office: calls, applications, decisions."""

from fastapi import APIRouter

from services.portal.routes.office import (
    absences,
    acts,
    batches,
    board,
    calls,
    decisions,
    figures,
    file,
    inbox,
    inviting,
    lists,
    paper,
)

router = APIRouter()
for _room in (calls, board, lists, inbox, file, acts, inviting, decisions, batches, paper, figures, absences):
    router.include_router(_room.router)
