"""Readers of a territory or of a sector: figures and list of their initiatives, which lead to what is public of each."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.page import Page
from services.portal.routes.laureates import theme_names
from services.portal.words import words

router = APIRouter()
PER_PAGE = 50
MOST_A_TIME = 500
CENTS = 100
SORTS = ("number", "title", "departement", "theme", "applicant_kind", "selected_at", "committed_cents")
_CODE = re.compile(r"[a-z][a-z0-9_]{1,63}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Scope:
    """What a person reads: ``code`` is a département or a theme; none when the administrator has given none."""

    area: str
    code: str | None

    @property
    def path(self) -> str:
        """Where the observatory has it."""
        return f"{'/territories' if self.area == '/territory' else '/sectors'}/{self.code}/initiatives"


@router.get("/territory")
async def territory(page: Page = signed_in("territory_reader")) -> Response:
    return await _listed(page, await _scope(page, "/territory"))


@router.get("/territory/export/{form}")
async def territory_file(form: Literal["csv", "xlsx"], page: Page = signed_in("territory_reader")) -> Response:
    return await _exported(page, await _scope(page, "/territory"), form)


@router.get("/sector")
async def sector(page: Page = signed_in("sector_reader")) -> Response:
    return await _listed(page, await _scope(page, "/sector"))


@router.get("/sector/export/{form}")
async def sector_file(form: Literal["csv", "xlsx"], page: Page = signed_in("sector_reader")) -> Response:
    return await _exported(page, await _scope(page, "/sector"), form)


async def _scope(page: Page, area: str) -> Scope:
    held = await page.get("people", f"/persons/{page.person_id}/roles")
    if area == "/territory":
        return Scope(area, held["territories"].get("territory_reader"))
    return Scope(area, held["sectors"].get("sector_reader"))


async def _listed(page: Page, scope: Scope) -> Response:
    calls = (await page.get("applications", "/calls"))["calls"]
    themes, wanted = await theme_names(page, calls), _wanted(page, scope)
    found = await page.get("observatory", scope.path, **wanted, limit=PER_PAGE) if scope.code else None
    place = places.departement(scope.code) if scope.area == "/territory" else themes.get(scope.code or "", scope.code)
    filtered = any(wanted[name] for name in wanted if name not in ("sort", "order", "after"))
    return await page.render(
        "readers/list.html", found=found, wanted=wanted, scope=scope, place=place, calls=calls, themes=themes,
        departement=places.departement, states=_states(page), filtered=filtered,
    )  # fmt: skip


async def _exported(page: Page, scope: Scope, form: Literal["csv", "xlsx"]) -> Response:
    columns = [
        Column("number", page._("Number")), Column("title", page._("Initiative")),
        Column("applicant_kind", page._("Applicant")), Column("organisation_name", page._("Organisation")),
        Column("theme", page._("Theme")), Column("departement", page._("Département")),
        Column("state", page._("State")), Column("weather", page._("Weather")),
        Column("submitted_at", page._("Submitted on")), Column("selected_at", page._("Selected on")),
        Column("requested_cents", page._("Grant requested (€)")), Column("committed_cents", page._("Committed (€)")),
        Column("paid_cents", page._("Paid (€)")),
    ]  # fmt: skip
    themes = await theme_names(page, (await page.get("applications", "/calls"))["calls"])
    return export(page, _rows(page, scope, themes), columns, form, f"initiatives-{scope.code or ''}")


async def _rows(page: Page, scope: Scope, themes: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    """All rows of the list that is on the screen, as texts, dates and euros."""
    states, after = _states(page), "" if scope.code else None
    wanted = {**_wanted(page, scope), "limit": str(MOST_A_TIME)}
    while after is not None:
        found = await page.get("observatory", scope.path, **{**wanted, "after": after})
        for each in found["items"]:
            kind, weather = words("applicant_kind").get(each["applicant_kind"]), each["weather"]
            told = words("barometer_weather").get(weather or "")
            yield {
                **each,
                "applicant_kind": page._(kind) if kind else each["applicant_kind"],
                "weather": page._(told) if told else weather,
                "state": states.get(each["state"], each["state"]),
                "theme": themes.get(each["theme"], each["theme"]),
                "departement": places.departement(each["departement"]),
                **{name: _moment(each[name]) for name in ("submitted_at", "selected_at")},
                **{name: _euros(each[name]) for name in ("requested_cents", "committed_cents", "paid_cents")},
            }
        after = found["next"]


def _moment(text: str | None) -> datetime | None:
    found = instant(text)
    return found if isinstance(found, datetime) else None


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / CENTS


def _states(page: Page) -> dict[str, str]:
    """What the states of an application, and of the initiative that it becomes, are called."""
    found = {**words("application_state"), **words("public_state")}
    return {code: page._(text) for code, text in found.items()}


def _wanted(page: Page, scope: Scope) -> dict[str, str]:
    """The filters that an address gives; whatever cannot be one is left out, and so is the reader's own scope."""
    given = page.request.query_params
    known = {"applicant_kind": words("applicant_kind"), "state": _states(page), "departement": places.departements()}
    named = {name: given.get(name, "") if given.get(name) in codes else "" for name, codes in known.items()}
    if scope.area == "/territory":
        del named["departement"]
        named["theme"] = _fitting(_CODE, given.get("theme", ""))
    return {
        **named,
        "q": given.get("q", "").strip()[:200],
        "call_id": _fitting(_UUID, given.get("call_id", "")),
        "sort": given["sort"] if given.get("sort") in SORTS else "number",
        "order": "desc" if given.get("order") == "desc" else "asc",
        "after": given.get("after", "")[:1_000],
    }


def _fitting(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""
