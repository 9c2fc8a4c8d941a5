"""The applications of a round: who has read each so far, and which lack their quorum."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.exports import Column, export
from services.portal.listing import View, asked, filtered, first_of, in_order
from services.portal.page import Page
from services.portal.routes.rounds.lists import PER_PAGE, YES, numbered
from services.portal.routes.rounds.opened import AREA, READERS, candidacies, opened
from services.portal.words import words

router = APIRouter()
SORTS = ("number", "quorum", *words("college"))


@router.get(f"{AREA}/{{round_id}}/applications")
async def listed(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """Ballots given and readers by college."""
    item, wanted = await opened(page, round_id), _wanted(page)
    rows = await _chosen(page, wanted, round_id, await _progress(page, wanted, round_id))
    first = first_of(page, len(rows))
    shown = rows[first : first + PER_PAGE]
    return await page.render(
        "rounds/quorum.html", item=item, applications=shown, total=len(rows), first=first, per_page=PER_PAGE,
        wanted=wanted, filtered=filtered(wanted),
        titles=await candidacies(page, (each["application_id"] for each in shown)),
    )  # fmt: skip


@router.get(f"{AREA}/{{round_id}}/applications/export/{{form}}")
async def as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """The applications that the page shows, all pages of them."""
    wanted = _wanted(page)
    found = await _progress(page, wanted, round_id)
    chosen = await _chosen(page, wanted, round_id, found)
    called = await candidacies(page, (each["application_id"] for each in chosen))
    counts = {"given": page._("Given"), "readers": page._("Assigned")}
    columns = [Column("number", page._("Number")), Column("title", page._("Title"))]
    for college in (each["college"] for each in found["colleges"]):
        said = page._(words("college").get(college, college))
        columns += [Column(f"{name}:{college}", f"{said} – {text}") for name, text in counts.items()]
    columns.append(Column("quorum", page._("Quorum")))
    rows = [
        {
            "number": called[each["application_id"]].number,
            "title": called[each["application_id"]].title,
            **{f"{name}:{one['college']}": one[name] for one in each["colleges"] for name in counts},
            "quorum": page._("reached") if each["quorum_reached"] else page._("missing"),
        }
        for each in chosen
    ]
    return export(page, rows, columns, form, "quorum")


def _wanted(page: Page) -> dict[str, str]:
    return asked(page, ("q",), SORTS, below_quorum=YES)


async def _progress(page: Page, wanted: dict[str, str], round_id: UUID) -> View:
    below = "true" if wanted["below_quorum"] else ""
    found: View = await page.get("evaluation", f"/rounds/{round_id}/progress", below_quorum=below)
    return found


async def _chosen(page: Page, wanted: dict[str, str], round_id: UUID, found: View) -> list[View]:
    """The applications that the address asks for, in its order."""
    rows: list[View] = sorted(found["applications"], key=lambda each: str(each["number"] or ""))
    by: dict[str, Callable[[View], Any]] = {
        **{name: _given_by(name) for name in words("college")},
        "number": lambda each: each["number"],
        "quorum": lambda each: each["quorum_reached"],
    }
    if wanted["q"]:
        sought = await numbered(page, round_id, wanted) or {}
        rows = [each for each in rows if each["application_id"] in sought]
    return in_order(rows, by[wanted["sort"]], wanted)


def _given_by(college: str) -> Callable[[View], int | None]:
    return lambda each: next((one["given"] for one in each["colleges"] if one["college"] == college), None)
