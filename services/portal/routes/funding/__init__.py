"""Pages of those who order payments and those who pay, each in their own function; and the books."""

from fastapi import APIRouter

from services.portal.routes.funding import acts, agreements, bank, books, documents, envelopes, together, work

router = APIRouter()
for _room in (work, together, acts, agreements, documents, bank, books, envelopes):
    router.include_router(_room.router)
