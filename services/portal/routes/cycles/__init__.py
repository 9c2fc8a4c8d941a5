"""The officer's board of cycles, and what an officer decides about one."""

from fastapi import APIRouter

from services.portal.routes.cycles import acts, board, reviews

router = APIRouter()
for _room in (board, acts, reviews):
    router.include_router(_room.router)
