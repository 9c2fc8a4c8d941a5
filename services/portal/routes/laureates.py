"""Laureates: a list with search, filters and a map; and one initiative with what happened to it."""

import re
from collections import Counter
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import anyone
from services.portal.cartography import choropleth
from services.portal.listing import LONGEST_SEARCH
from services.portal.page import Page
from services.portal.words import words

router = APIRouter()
PER_PAGE = 20
SORTS = ("number", "title", "departement", "theme", "applicant_kind", "selected_at", "committed_cents")
MEASURES = ("laureates", "submitted", "committed_cents", "recorded_projects")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def asked(page: Page) -> dict[str, str]:
    """The parameters of the list that can be used; whatever else an address says is left out."""
    given = page.request.query_params
    order = "desc" if given.get("order") == "desc" else "asc"
    return {
        "q": given.get("q", "").strip()[:LONGEST_SEARCH],
        "theme": _if(_CODE.fullmatch(given.get("theme", "")), given.get("theme")),
        "kind": _if(given.get("kind") in words("applicant_kind"), given.get("kind")),
        "departement": _if(given.get("departement") in places.departements(), given.get("departement")),
        "call": _if(_UUID.fullmatch(given.get("call", "")), given.get("call")),
        "sort": given["sort"] if given.get("sort") in SORTS else "number",
        "order": order,
        "after": given.get("after", ""),
    }


def _if(fits: object, value: str | None) -> str:
    return value or "" if fits else ""


async def theme_names(page: Page, calls: list[dict[str, Any]]) -> dict[str, str]:
    """What the calls name their themes, in the page's language; the newest call's words win."""
    names: dict[str, str] = {}
    for call in calls:
        for theme in (await page.get("applications", f"/calls/{call['call_id']}"))["themes"]:
            names.setdefault(theme["code"], theme["label"][page.language])
    return names


@router.get("/laureates")
async def laureates(page: Page = anyone()) -> Response:
    wanted = asked(page)
    found = await page.get(
        "observatory", "/laureates", q=wanted["q"], theme=wanted["theme"], applicant_kind=wanted["kind"],
        departement=wanted["departement"], call_id=wanted["call"], sort=wanted["sort"], order=wanted["order"],
        after=wanted["after"], limit=PER_PAGE,
    )  # fmt: skip
    calls = (await page.get("applications", "/calls"))["calls"]
    return await page.render_public(
        "public/laureates.html", found=found, wanted=wanted, calls=calls,
        themes=await theme_names(page, calls), departement=places.departement, filtered=_filtered(wanted),
    )  # fmt: skip


def _filtered(wanted: dict[str, str]) -> bool:
    return any(wanted[name] for name in ("q", "theme", "kind", "departement", "call"))


@router.get("/laureates/map")
async def on_a_map(page: Page = anyone()) -> Response:
    measure = page.request.query_params.get("measure", "")
    measure = measure if measure in MEASURES else "laureates"
    found = await page.get("observatory", "/figures/map")
    figures: dict[str, dict[str, int]] = found["departements"]
    return await page.render_public(
        "public/map.html",
        map=choropleth({code: row[measure] for code, row in figures.items()}),
        rows=[(code, places.departement(code), row) for code, row in figures.items() if any(row.values())],
        sums=Counter({name: sum(row[name] for row in figures.values()) for name in MEASURES}),
        measure=measure,
        measures=MEASURES,
        as_of=found["as_of"],
    )


@router.get("/laureates/{initiative_id}")
async def initiative(initiative_id: UUID, page: Page = anyone()) -> Response:
    found = await page.get("observatory", f"/initiatives/{initiative_id}")
    timeline = await page.get("observatory", f"/initiatives/{initiative_id}/timeline")
    call = await page.get("applications", f"/calls/{found['call_id']}")
    themes = {theme["code"]: theme["label"][page.language] for theme in call["themes"]}
    return await page.render_public(
        "public/initiative.html", initiative=found, call=call, theme=themes.get(found["theme"], found["theme"]),
        events=milestones(timeline["events"]), departement=places.departement,
    )  # fmt: skip


def milestones(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those events of a timeline that have a word for the public, in order; of indicators the current values only."""
    told = words("milestone")
    return [
        event
        for event in events
        if event["event"] in told and (event["event"] != "IndicatorValue" or event["details"].get("kind") == "current")
    ]
