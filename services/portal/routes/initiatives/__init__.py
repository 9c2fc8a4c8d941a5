"""The laureate's pages: their acceleration, its weekly check-ins, their money, what they say of it."""

from fastapi import APIRouter

from services.portal.routes.initiatives import accounts, asking, checking, money, opinions, overview, planning, talking

router = APIRouter()
for _room in (overview, checking, planning, asking, money, accounts, talking, opinions):
    router.include_router(_room.router)
