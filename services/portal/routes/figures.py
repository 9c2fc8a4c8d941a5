"""Figures that the programme publishes of itself: the barometer of its initiatives, and its own quality."""

import re
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import anyone
from services.portal.backend import ServiceProblem
from services.portal.page import Page

router = APIRouter()
_QUARTER = re.compile(r"[0-9]{4}-Q[1-4]")


@router.get("/barometer")
async def barometer(page: Page = anyone()) -> Response:
    given = page.request.query_params
    found = await _quarter(page, given.get("quarter", ""))
    rows: list[dict[str, Any]] = found["indicators"]
    zones = list(dict.fromkeys(row["territory"]["zone_id"] for row in rows))
    codes = sorted({row["indicator"] for row in rows})
    zone = given.get("territory", "") if given.get("territory") in zones else ""
    code = given.get("indicator", "") if given.get("indicator") in codes else ""
    if zone or code:
        narrowed = await page.get("observatory", "/barometer", quarter=found["quarter"], territory=zone, indicator=code)
        rows = narrowed["indicators"]
    return await page.render_public(
        "public/barometer.html", found=found, rows=rows, zones=zones, codes=codes, zone=zone, code=code,
        zone_name=lambda zone_id: places.zone(zone_id, page._("The whole country")),
    )  # fmt: skip


async def _quarter(page: Page, asked: str) -> dict[str, Any]:
    """The barometer of the quarter that is asked for; of the present one when it is none, or is to come."""
    if _QUARTER.fullmatch(asked):
        try:
            found: dict[str, Any] = await page.get("observatory", "/barometer", quarter=asked)
        except ServiceProblem:
            asked = ""
        else:
            return found
    now: dict[str, Any] = await page.get("observatory", "/barometer")
    return now


@router.get("/quality")
async def quality(page: Page = anyone()) -> Response:
    found = await page.get("observatory", "/quality")
    return await page.render_public("public/quality.html", found=found)
