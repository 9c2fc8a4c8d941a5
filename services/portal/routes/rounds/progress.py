"""Rounds, how far one is while one looks at it, and reminding who is late."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.forms import Form
from services.portal.listing import View, asked, filtered, first_of, folded, in_order
from services.portal.live import live
from services.portal.page import Page
from services.portal.routes.office.desk import refused
from services.portal.routes.rounds.lists import PER_PAGE, YES, members_of
from services.portal.routes.rounds.opened import AREA, OFFICER, READERS, member_names, opened
from services.portal.words import words

router = APIRouter()
SORTS = ("name", "college", "status", "assigned", "given", "missing", "reminded_at")
MOVING = ("status", "closes_at", "extended", "colleges", "below_quorum")


@router.get(AREA)
async def listed(page: Page = signed_in(*READERS)) -> Response:
    """The rounds that the address asks for, the latest deadline first if it does not say otherwise."""
    wanted = asked(page, ("q",), ("latest", "title"), state=words("round_state"))
    calls = {each["call_id"]: each for each in (await page.get("applications", "/calls"))["calls"]}
    sought, found = folded(wanted["q"]), []
    for each in (await page.get("evaluation", "/rounds"))["rounds"]:
        title = calls[each["round_id"]]["title"][page.language] if each["round_id"] in calls else each["number"]
        if wanted["state"] in ("", each["status"]) and sought in folded(f"{each['number']} {title}"):
            found.append({**each, "title": title})
    found.sort(key=lambda each: str(each["closes_at"]), reverse=True)
    if wanted["sort"] == "title":
        found.sort(key=lambda each: folded(each["title"]))
    first = first_of(page, len(found))
    return await page.render(
        "rounds/list.html", rounds=found[first : first + PER_PAGE], total=len(found), first=first, per_page=PER_PAGE,
        wanted=wanted, filtered=filtered(wanted),
        states=[(code, page._(text)) for code, text in words("round_state").items()],
    )  # fmt: skip


@router.get(f"{AREA}/{{round_id}}")
async def one(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """Loads by college and member."""
    item, found = await opened(page, round_id), await _progress(page, round_id)
    known = await member_names(page, (each["member_id"] for each in found["members"]))
    wanted = _wanted(page)
    rows = _chosen(page, wanted, found["members"], known)
    first = first_of(page, len(rows))
    return await page.render(
        "rounds/progress.html", item=item, found=found, loads=rows[first : first + PER_PAGE], total=len(rows),
        first=first, per_page=PER_PAGE, wanted=wanted, filtered=filtered(wanted), members=members_of(known), names=known,
    )  # fmt: skip


async def _progress(page: Page, round_id: UUID) -> View:
    """How far the round is; of the applications, those below the quorum only, which are few."""
    found: View = await page.get("evaluation", f"/rounds/{round_id}/progress", below_quorum="true")
    return found


def _wanted(page: Page) -> dict[str, str]:
    return asked(page, ("member",), SORTS, college=words("college"), late=YES)


def _chosen(page: Page, wanted: dict[str, str], members: list[View], names: dict[str, str]) -> list[View]:
    """The members that the address asks for, in its order."""
    by: dict[str, Callable[[View], Any]] = {
        **{name: partial(_told, name) for name in ("assigned", "given", "missing", "reminded_at")},
        "name": lambda each: folded(names[each["member_id"]]),
        "college": lambda each: _said(page, each)["college"],
        "status": lambda each: list(words("seat_status")).index(each["status"]),
    }
    shown = [
        each for each in members
        if wanted["member"] in ("", each["member_id"]) and wanted["college"] in ("", each["college"])
        and (not wanted["late"] or each["missing"])
    ]  # fmt: skip
    return in_order(in_order(shown, by["name"], {"order": "asc"}), by[wanted["sort"]], wanted)


def _told(name: str, each: View) -> Any:
    return each[name]


@router.get(f"{AREA}/{{round_id}}/stream")
async def stream(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """The loads of the colleges, each time that they change."""
    await opened(page, round_id)

    async def look() -> Any:
        found = await _progress(page, round_id)
        return {name: found[name] for name in MOVING}

    async def show(seen: Any) -> str:
        context = {"found": seen, "now": page.now}
        return page.parts.presentation.render(page.language, "rounds/progress_figures.html", context)

    return live(page, f"round:{round_id}", look, show)


@router.get(f"{AREA}/{{round_id}}/progress/export/{{form}}")
async def as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """The members that the page shows, all pages of them."""
    found = await _progress(page, round_id)
    known = await member_names(page, (each["member_id"] for each in found["members"]))
    columns = [
        Column("name", page._("Member")), Column("college", page._("College")), Column("status", page._("State")),
        Column("assigned", page._("Assigned")), Column("given", page._("Given")), Column("missing", page._("To do")),
        Column("reminded_at", page._("Last reminded")),
    ]  # fmt: skip
    rows = [
        {
            **each, **_said(page, each), "name": known[each["member_id"]],
            "reminded_at": instant(each["reminded_at"]),
        }
        for each in _chosen(page, _wanted(page), found["members"], known)
    ]  # fmt: skip
    return export(page, rows, columns, form, "progress")


def _said(page: Page, member: dict[str, Any]) -> dict[str, str]:
    return {
        "college": page._(words("college").get(member["college"], member["college"])),
        "status": page._(words("seat_status").get(member["status"], member["status"])),
    }


@router.get(f"{AREA}/{{round_id}}/reminders")
async def ask(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    return await _reminders(page, round_id, Form())


@router.post(f"{AREA}/{{round_id}}/reminders")
async def remind(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    form = Form.sent(page)
    if not form.values("members"):
        form.wrong("members", page._("Choose at least one member."))
        return await _reminders(page, round_id, form, 422)
    try:
        found = await page.post("evaluation", f"/rounds/{round_id}/reminders", {"members": form.values("members")})
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, {f"members.{index}": "members" for index in range(len(form.values("members")))})
        return await _reminders(page, round_id, form, 422)
    sent, lately = len(found["reminded"]), found["reminded_lately"]
    text = page._("Members reminded: %(sent)s; left alone because they were reminded within a day: %(lately)s.")
    return await page.go(f"{AREA}/{round_id}", text % {"sent": sent, "lately": lately})


async def _reminders(page: Page, round_id: UUID, form: Form, status: int = 200) -> Response:
    item = await opened(page, round_id)
    found = await _progress(page, round_id)
    late = [each for each in found["members"] if each["missing"] and each["status"] == "sitting"]
    known = await member_names(page, (each["member_id"] for each in late))
    if not form.names:
        form = Form({"members": [each["member_id"] for each in late]}, form.errors)
    options = [
        (
            each["member_id"],
            page._("%(name)s – %(missing)s to do", name=known[each["member_id"]], missing=each["missing"]),
        )
        for each in late
    ]
    return await page.render("rounds/reminders.html", status, item=item, form=form, options=options)
