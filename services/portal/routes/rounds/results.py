"""Results: the ranking, what was made of it, the places and the reserve; the same as a file."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.listing import asked, first_of, in_order
from services.portal.page import Page
from services.portal.routes.rounds.lists import PER_PAGE, numbered
from services.portal.routes.rounds.opened import AREA, READERS, Candidacy, Round, candidacies, opened
from services.portal.words import word, words

router = APIRouter()
SORTS = ("order", "rank", "number")
Row = dict[str, Any]


@router.get(f"{AREA}/{{round_id}}/results")
async def show(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """The order after the deliberation, as long as the address asks for nothing else."""
    item = await opened(page, round_id)
    if not item.counted:
        return await page.render("rounds/results.html", item=item, found=None)
    found = await page.get("evaluation", f"/rounds/{round_id}/results")
    wanted = _wanted(page, item, found)
    rows = await _chosen(page, item, wanted, found)
    first = first_of(page, len(rows))
    return await page.render(
        "rounds/results.html", item=item, found=found, rows=await _named(page, rows[first : first + PER_PAGE]),
        total=len(rows), first=first, per_page=PER_PAGE, outcomes=words("decision_place"), wanted=wanted,
    )  # fmt: skip


@router.get(f"{AREA}/{{round_id}}/results/export/{{form}}")
async def as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """What is on the screen, all pages of it."""
    item = await opened(page, round_id)
    found = await page.get("evaluation", f"/rounds/{round_id}/results")
    rows = await _named(page, await _chosen(page, item, _wanted(page, item, found), found))
    colleges = [Column(name, page._(words("college").get(name, name))) for name in _colleges(item)]
    columns = [
        Column("order", page._("Order")), Column("rank", page._("Ballots’ rank")),
        Column("number", page._("Number")), Column("title", page._("Title")), *colleges,
        Column("said", page._("Outcome")),
    ]  # fmt: skip
    said = [{**row, **row["colleges"], "said": page._(words("decision_place").get(row["outcome"], ""))} for row in rows]
    return export(page, said, columns, form, "results")


@router.get(f"{AREA}/{{round_id}}/places")
async def places(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """After the signature: who has a place, who gave it back, whose turn it is on the reserve list."""
    item = await opened(page, round_id)
    found = await page.get("evaluation", f"/rounds/{round_id}/results") if item.counted else None
    decision = found and found["decision"]
    known = await candidacies(page, (*decision["selected"], *decision["reserve"])) if decision else {}
    return await page.render("rounds/places.html", item=item, found=found, decision=decision, applications=known)


@router.get(f"{AREA}/{{round_id}}/places/export/{{form}}")
async def places_as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """The places and the reserve list, with what became of each. Empty before the signature."""
    item = await opened(page, round_id)
    found: Row = {"decision": None, "offered": ()}
    if item.counted:
        found = await page.get("evaluation", f"/rounds/{round_id}/results")
    decision = found["decision"] or {"selected": (), "reserve": ()}
    known = await candidacies(page, (*decision["selected"], *decision["reserve"]))
    columns = [
        Column("list", page._("Outcome")), Column("rank", page._("Rank")), Column("number", page._("Number")),
        Column("title", page._("Title")), Column("became", page._("What became of it")), Column("at", page._("Date")),
    ]  # fmt: skip
    rows = [
        {
            "list": page._(word("decision_place", code)), "rank": rank, "number": known[each].number,
            "title": known[each].title, **_became(page, known[each], each in found["offered"]),
        }
        for code in ("selected", "reserve")
        for rank, each in enumerate(decision[code], 1)
    ]  # fmt: skip
    return export(page, rows, columns, form, "places")


def _became(page: Page, found: Candidacy, offered: bool) -> Row:
    """What became of a place, in words; ``at`` is when it was accepted, or until when an answer is awaited."""
    place, said, at = found.place or {}, "", None
    if found.status == "declined":
        said = page._("no answer in time: given back") if place.get("lapsed") else page._("given back")
    elif found.status == "selected" and place.get("accepted_at"):
        said, at = page._("accepted"), place["accepted_at"]
    elif found.status == "selected" and place.get("accept_by"):
        said, at = page._("answer awaited"), place["accept_by"]
    elif found.status == "withdrawn":
        said = page._(word("application_state", "withdrawn"))
    elif offered:
        said = page._("a place was freed and offered")
    return {"became": said, "at": instant(at)}


def _colleges(item: Round) -> list[str]:
    return [each["name"] for each in item.view["colleges"]]


async def rows_of(page: Page, found: Row) -> list[Row]:
    """A row for each ranked application, in the order after the deliberation."""
    return await _named(page, _ranked(found))


def _ranked(found: Row) -> list[Row]:
    """The rows without what ``applications`` knows of them: of a long list only those that are shown are asked for."""
    ranked = {each["application_id"]: each for each in found["ranking"]}
    decision = found["decision"] or found["prepared"]
    outcomes = {each: code for code in ("reserve", "selected") for each in (decision or {}).get(code, ())}
    moved = found["minutes"]["reasons"] if found["minutes"] else {}
    return [
        {
            "application_id": each,
            "order": index,
            "rank": ranked[each]["rank"],
            "colleges": {name: Decimal(mean) for name, mean in ranked[each]["colleges"].items()},
            "outcome": outcomes.get(each, "not_selected") if decision else "",
            "moved": each in moved,
        }
        for index, each in enumerate(found["order"], 1)
        if each in ranked
    ]


async def _named(page: Page, rows: list[Row]) -> list[Row]:
    known = await candidacies(page, (row["application_id"] for row in rows))
    told = ("number", "title", "status")
    return [{**row, **{name: getattr(known[row["application_id"]], name) for name in told}} for row in rows]


def _wanted(page: Page, item: Round, found: Row) -> dict[str, str]:
    outcomes = words("decision_place") if found["decision"] or found["prepared"] else ()
    return asked(page, ("q",), (*SORTS, *_colleges(item)), outcome=outcomes)


async def _chosen(page: Page, item: Round, wanted: dict[str, str], found: Row) -> list[Row]:
    """What the address asks for of the ranking, in its order."""
    numbers = await numbered(page, item.id, wanted)
    by: dict[str, Callable[[Row], Any]] = {
        **{name: partial(_mean, name) for name in _colleges(item)},
        "order": lambda row: row["order"],
        "rank": lambda row: row["rank"],
        "number": lambda row: (numbers or {}).get(row["application_id"]),
    }
    rows = [
        row for row in _ranked(found)
        if wanted["outcome"] in ("", row["outcome"])
        and (numbers is None or not wanted["q"] or row["application_id"] in numbers)
    ]  # fmt: skip
    return in_order(rows, by[wanted["sort"]], wanted)


def _mean(college: str, row: Row) -> Decimal | None:
    found: Decimal | None = row["colleges"].get(college)
    return found
