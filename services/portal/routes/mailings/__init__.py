"""Mailings: written for the people of a filtered list, looked at, sent once, followed."""

from fastapi import APIRouter

from services.portal.routes.mailings import sending, writing

router = APIRouter()
for _room in (writing, sending):
    router.include_router(_room.router)
