"""The pages of a panel's members: their queue, one application with its ballot, their own ballots compared, what came of it."""

from fastapi import APIRouter

from services.portal.routes.panel import acts, comparing, outcome, queue, reading

router = APIRouter()
for _room in (queue, comparing, outcome, reading, acts):
    router.include_router(_room.router)
