"""The board of cycles: who is overdue, who was escalated, what the weather is; the same as a file."""

import re
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.exports import Column, export
from services.portal.following import SORTS, cycles, followed, titles, unread
from services.portal.formats import instant
from services.portal.listing import LONGEST_SEARCH, first_of
from services.portal.names import names
from services.portal.page import Page
from services.portal.words import word, words

router = APIRouter()
AREA = "/office/cycles"
PER_PAGE = 50
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_THEME = re.compile(r"[a-z0-9_]{1,64}")
_PEOPLE = ("mentor_id", "officer_id")


def asked(page: Page) -> dict[str, str]:
    """The filters of the board that an address gives; whatever cannot be one is left out."""
    given = page.request.query_params
    call, theme = given.get("call_id", ""), given.get("theme", "")
    return {
        "status": given.get("status", "") if given.get("status") in words("cycle_status") else "",
        "weather": given.get("weather", "") if given.get("weather") in words("weather") else "",
        "departement": given.get("departement", "") if given.get("departement") in places.departements() else "",
        "theme": theme if _THEME.fullmatch(theme) else "",
        "call_id": call if _UUID.fullmatch(call) else "",
        "overdue": "true" if given.get("overdue") else "",
        "escalated": "true" if given.get("escalated") else "",
        "mine": "true" if given.get("mine") else "",
        "q": given.get("q", "").strip()[:LONGEST_SEARCH],
        "sort": given["sort"] if given.get("sort") in SORTS else "due",
        "order": "desc" if given.get("order") == "desc" else "asc",
    }


async def every(page: Page, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
    """All cycles of the list, in its order."""
    own = {name: wanted[name] for name in ("q", "sort", "order") if name in wanted}
    return await cycles(page, {name: value for name, value in wanted.items() if name not in own}, **own)


@router.get(AREA)
async def listed(page: Page = signed_in("programme_officer")) -> Response:
    """One page of the board, and the requests for levers that wait, by due date."""
    wanted, given = asked(page), page.request.query_params
    found, mine = await every(page, wanted), wanted["mine"]
    first = first_of(page, len(found))
    shown = found[first : first + PER_PAGE]
    requests = given.get("requests", "")[:100]
    waiting = await page.get("coaching", "/lever-requests", mine=mine, after=requests, limit=PER_PAGE)
    people = {each[name] for each in shown for name in _PEOPLE if each[name]}
    calls = (await page.get("applications", "/calls"))["calls"]
    return await page.render(
        "cycles/board.html", cycles=shown, total=len(found), first=first, per_page=PER_PAGE, wanted=wanted,
        waiting=waiting, calls=calls, titles=await titles(page, (each["initiative_id"] for each in waiting["items"])),
        unread=await unread(page), known=await names(page, people), departement=places.departement,
        departements=sorted(places.departements().items()), choices={
            name: [(code, page._(text)) for code, text in words(group).items()]
            for name, group in (("status", "cycle_status"), ("weather", "weather"))
        },
    )  # fmt: skip


@router.get(f"{AREA}/export/{{form}}")
async def as_file(form: Literal["csv", "xlsx"], page: Page = signed_in("programme_officer")) -> Response:
    """The whole list that the board shows, with its filters and order."""
    heads = {
        "title": page._("Initiative"), "initiative_id": page._("Identifier"), "status": page._("State"),
        "overdue": page._("Check-in overdue"), "escalated": page._("Escalated to an officer"),
        "weather": page._("Weather"), "departement": page._("Département"), "theme": page._("Theme"),
        "mentor": page._("Mentor"), "officer": page._("Officer"), "recorded": page._("Check-ins recorded"),
        "opened": page._("Check-ins opened"), "asked_levers": page._("Requests that wait"),
        "next_due_at": page._("Next due"), "ends_at": page._("Ends on"),
    }  # fmt: skip
    columns = [Column(name, label) for name, label in heads.items()]
    rows = await every(page, asked(page))
    known = await names(page, {each[name] for each in rows for name in _PEOPLE if each[name]})
    return export(page, [_row(page, each, known) for each in rows], columns, form, "cycles")


@router.get(f"{AREA}/requests/export/{{form}}")
async def requests_as_file(form: Literal["csv", "xlsx"], page: Page = signed_in("programme_officer")) -> Response:
    """The requests for levers that wait, as the board shows them, all pages of them."""
    heads = {
        "due_at": page._("Answer by"), "overdue": page._("overdue"), "title": page._("Initiative"),
        "initiative_id": page._("Identifier"), "lever": page._("Lever"), "administration": page._("Administration"),
    }  # fmt: skip
    columns = [Column(name, label) for name, label in heads.items()]
    rows = await page.every("coaching", "/lever-requests", mine=asked(page)["mine"])
    called = await titles(page, (each["initiative_id"] for each in rows))
    said = [
        {
            **each, "title": called[each["initiative_id"]], "due_at": instant(each["due_at"]),
            **{name: page._(word(name, each[name])) for name in ("lever", "administration")},
        }
        for each in rows
    ]  # fmt: skip
    return export(page, said, columns, form, "requests")


def _row(page: Page, cycle: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    weather = cycle["weather"]
    return {
        **cycle, **cycle["check_ins"],
        "status": page._(word("cycle_status", cycle["status"])),
        "weather": page._(word("weather", weather)) if weather else None,
        "departement": places.departement(cycle["departement"]),
        **{name.removesuffix("_id"): known.get(cycle[name] or "") for name in _PEOPLE},
        **{name: instant(cycle[name]) for name in ("next_due_at", "ends_at")},
    }  # fmt: skip


@router.get(f"{AREA}/{{initiative_id}}")
async def one(initiative_id: UUID, page: Page = signed_in("programme_officer")) -> Response:
    """An initiative as its officer follows it."""
    item = await followed(page, initiative_id, AREA)
    return await page.render(
        "cycles/one.html", item=item, unread=(await unread(page)).get(item.id, 0), departement=places.departement
    )
