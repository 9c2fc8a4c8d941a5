"""The home page, for everyone: calls, the programme in figures, its latest laureates."""

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import anyone
from services.portal.backend import ServiceDown
from services.portal.page import Page
from services.portal.routes.calls import by_phase

router = APIRouter()
SHOWN = 3


@router.get("/")
async def home(page: Page = anyone()) -> Response:
    calls, figures, latest = await asyncio.gather(
        page.get("applications", "/calls"),
        _or_nothing(page, "/programme/record", limit=1),
        _or_nothing(page, "/laureates", sort="selected_at", order="desc", limit=SHOWN),
    )
    return await page.render_public(
        "home.html", calls=by_phase(calls["calls"]), figures=figures.get("season"), record=figures.get("total"),
        laureates=latest.get("items", ()), departement=places.departement,
    )  # fmt: skip


async def _or_nothing(page: Page, path: str, **params: Any) -> dict[str, Any]:
    """What the observatory answers; nothing when it does not: calls are shown all the same."""
    try:
        found: dict[str, Any] = await page.get("observatory", path, **params)
    except ServiceDown:
        return {}
    return found
