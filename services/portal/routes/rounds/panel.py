"""A round's panel: its members, those who join and those who leave; the sharing out of applications."""

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.exports import Column, export
from services.portal.forms import Form
from services.portal.listing import View, asked, filtered, first_of, folded, in_order
from services.portal.page import Page
from services.portal.routes.applications.drafts import NOT_FOUND
from services.portal.routes.office.desk import refused
from services.portal.routes.rounds.lists import PER_PAGE, members_of
from services.portal.routes.rounds.opened import AREA, OFFICER, READERS, Round, as_code, member_names, opened
from services.portal.words import word, words

router = APIRouter()
SORTS = ("order", "name", "college", "status", "stratum")


@router.get(f"{AREA}/{{round_id}}/panel")
async def show(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    return await _shown(page, await opened(page, round_id), Form())


@router.post(f"{AREA}/{{round_id}}/panel")
async def appoint(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    """Those who were ticked in a college, all of them or nobody."""
    item, form, college = await opened(page, round_id), Form.sent(page), page.text("college")
    field, chosen = f"members_{college}", page.texts(f"members_{college}")
    if college not in {each["name"] for each in item.view["colleges"]} or not chosen:
        form.wrong(field, page._("Tick at least one person."))
    if page.text(f"seat_{college}") not in ("sitting", "waiting"):
        form.wrong(f"seat_{college}", page._("Say whether they are full members or alternates."))
    if form.errors:
        return await _shown(page, item, form, 422)
    alternate = page.text(f"seat_{college}") == "waiting"
    stratum = as_code(page.text(f"stratum_{college}")) or None
    members = [
        {"member_id": each, "college": college, "alternate": alternate, "stratum": stratum}
        for each in dict.fromkeys(chosen)
    ]
    try:
        await page.post("evaluation", f"/rounds/{round_id}/members", {"members": members})
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, {f"members.{index}": field for index in range(len(members))})
        return await _shown(page, item, form, 422)
    return await page.go(f"{AREA}/{round_id}/panel", page._("They are appointed."))


@router.get(f"{AREA}/{{round_id}}/panel/export/{{form}}")
async def as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """The members that the page shows, all pages of them."""
    seats = await _seats(page, round_id)
    known = await member_names(page, (each["member_id"] for each in seats))
    columns = [
        Column("order", page._("Order")),
        Column("name", page._("Member")), Column("college", page._("College")), Column("status", page._("State")),
        Column("stratum", page._("Stratum")), Column("for", page._("Stands in for")),
    ]  # fmt: skip
    rows = [
        {
            "order": each["order"],
            "name": known[each["member_id"]],
            "college": page._(words("college").get(each["college"], each["college"])),
            "status": page._(word("seat_status", each["status"])),
            "stratum": each["stratum"],
            "for": known.get(each["stands_in_for"] or ""),
        }
        for each in _chosen(page, _wanted(page, seats), seats, known)
    ]
    return export(page, rows, columns, form, "panel")


@router.get(f"{AREA}/{{round_id}}/panel/{{member_id}}/resignation")
async def ask_resignation(round_id: UUID, member_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    item, seats = await opened(page, round_id), await _seats(page, round_id)
    seat = next((each for each in seats if each["member_id"] == str(member_id)), None)
    if seat is None or seat["status"] == "resigned":
        raise ServiceProblem("evaluation", 404, NOT_FOUND)
    known = await member_names(page, [str(member_id)])
    return await page.render("rounds/resignation.html", item=item, seat=seat, name=known[str(member_id)])


@router.post(f"{AREA}/{{round_id}}/panel/{{member_id}}/resignation")
async def resign(round_id: UUID, member_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    answer = await page.post("evaluation", f"/rounds/{round_id}/members/{member_id}/resignation")
    replaced = page._("An alternate takes over their open ballots.")
    alone = page._("The member has left; no alternate takes over.")
    return await page.go(f"{AREA}/{round_id}/panel", replaced if answer.get("replaced_by") else alone)


@router.get(f"{AREA}/{{round_id}}/assignment")
async def ask_assignment(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    return await page.render("rounds/assignment.html", item=await opened(page, round_id), form=Form())


@router.post(f"{AREA}/{{round_id}}/assignment")
async def assign(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    form = Form()
    try:
        found = await page.post("evaluation", f"/rounds/{round_id}/assignments")
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await page.render("rounds/assignment.html", 422, item=await opened(page, round_id), form=form)
    return await page.go(f"{AREA}/{round_id}", *_told(page, found))


def _told(page: Page, found: dict[str, Any]) -> tuple[str, str]:
    if found.get("under_way"):
        return page._("The applications are being shared out; this page shows how far it is."), "info"
    if found["short"]:
        text = page._("Readings given: %(given)s. Missing, because of conflicts or full loads: %(short)s.")
        return text % {"given": found["assigned"], "short": found["short"]}, "warning"
    return page._("Readings given: %(given)s.", given=found["assigned"]), "success"


async def _seats(page: Page, round_id: UUID | str) -> list[View]:
    """Every seat; ``order``: that of the appointments, in which alternates are called."""
    found = (await page.get("evaluation", f"/rounds/{round_id}/members"))["members"]
    return [{**each, "order": order} for order, each in enumerate(found, 1)]


def _strata(seats: list[View]) -> list[str]:
    return sorted({each["stratum"] for each in seats if each["stratum"]})


def _wanted(page: Page, seats: list[View]) -> dict[str, str]:
    return asked(
        page, ("member",), SORTS, college=words("college"), status=words("seat_status"), stratum=_strata(seats)
    )


def _chosen(page: Page, wanted: dict[str, str], seats: list[View], names: dict[str, str]) -> list[View]:
    """The seats that the address asks for, in its order."""
    by: dict[str, Callable[[View], Any]] = {
        "order": lambda each: each["order"],
        "name": lambda each: folded(names[each["member_id"]]),
        "college": lambda each: page._(words("college").get(each["college"], each["college"])),
        "status": lambda each: list(words("seat_status")).index(each["status"]),
        "stratum": lambda each: each["stratum"],
    }
    shown = [
        each for each in seats
        if wanted["member"] in ("", each["member_id"])
        and all(wanted[name] in ("", each[name]) for name in ("college", "status", "stratum"))
    ]  # fmt: skip
    return in_order(shown, by[wanted["sort"]], wanted)


async def _shown(page: Page, item: Round, form: Form, status: int = 200) -> Response:
    seats, candidates = await _seats(page, item.id), []
    if page.has(*OFFICER) and item.status in ("planned", "open"):
        candidates = (await page.get("evaluation", f"/rounds/{item.id}/candidates"))["candidates"]
    people = await member_names(page, (each["member_id"] for each in (*seats, *candidates)))
    wanted = _wanted(page, seats)
    rows = _chosen(page, wanted, seats, people)
    first = first_of(page, len(rows))
    sitting = {each["member_id"]: people[each["member_id"]] for each in seats}
    options: dict[str, list[tuple[str, str]]] = {each["name"]: [] for each in item.view["colleges"]}
    for each in sorted(candidates, key=lambda each: people[each["member_id"]]):
        options[each["college"]].append((each["member_id"], people[each["member_id"]]))
    taken = {name: sum(each["college"] == name and each["status"] == "sitting" for each in seats) for name in options}
    return await page.render(
        "rounds/panel.html", status, item=item, seats=rows[first : first + PER_PAGE], total=len(rows), first=first,
        per_page=PER_PAGE, form=form, wanted=wanted, filtered=filtered(wanted), members=members_of(sitting),
        strata=_strata(seats), statuses=words("seat_status"), names=people, options=options, taken=taken,
    )  # fmt: skip
