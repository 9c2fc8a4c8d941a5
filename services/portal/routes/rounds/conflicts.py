"""Conflicts of interest: those that block a member, to be confirmed or, where they were only derived, dismissed with a reason."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
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
from services.portal.routes.rounds.lists import PER_PAGE, members_of, numbered
from services.portal.routes.rounds.opened import AREA, OFFICER, READERS, candidacies, member_names, opened
from services.portal.words import word, words

router = APIRouter()
BASE = f"{AREA}/{{round_id}}/conflicts"
SORTS = ("state", "member", "number", "source")
MOST_REASON = 4_000


@router.get(BASE)
async def listed(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """Those to look at first, as long as the address asks for nothing else."""
    item, found = await opened(page, round_id), await _listed(page, round_id)
    first = first_of(page, len(found.conflicts))
    shown = found.conflicts[first : first + PER_PAGE]
    return await page.render(
        "rounds/conflicts.html", item=item, conflicts=shown, counts=found.counts, wanted=found.wanted,
        total=len(found.conflicts), first=first, per_page=PER_PAGE, state_of=state_of, filtered=filtered(found.wanted),
        names=found.names, members=members_of(found.names), sources=words("conflict_source"),
        applications=await candidacies(page, (each["application_id"] for each in shown)),
    )  # fmt: skip


@router.get(f"{BASE}/export/{{form}}")
async def as_file(round_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(*READERS)) -> Response:
    """What is on the screen, all pages of it, with who settled each."""
    found = await _listed(page, round_id)
    people = {each[name] for each in found.conflicts for name in ("confirmed_by", "dismissed_by") if each[name]}
    known = found.names | await member_names(page, people)
    called = await candidacies(page, (each["application_id"] for each in found.conflicts))
    columns = [
        Column("member", page._("Member")), Column("number", page._("Number")), Column("title", page._("Title")),
        Column("why", page._("Why")), Column("state", page._("State")), Column("by", page._("By")),
    ]  # fmt: skip
    rows = [
        {
            "member": known[each["member_id"]],
            "number": called[each["application_id"]].number,
            "title": called[each["application_id"]].title,
            "why": page._(word("conflict_source", each["source"])),
            "state": page._(word("conflict_state", state_of(each))),
            "by": known.get(each["confirmed_by"] or each["dismissed_by"] or ""),
        }
        for each in found.conflicts
    ]
    return export(page, rows, columns, form, "conflicts")


@router.get(f"{BASE}/{{member_id}}/{{application_id}}")
async def ask(round_id: UUID, member_id: UUID, application_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """What it is and who settled it; an officer may settle it here."""
    return await _shown(page, round_id, (str(member_id), str(application_id)), Form())


@router.post(f"{BASE}/{{member_id}}/{{application_id}}")
async def settle(round_id: UUID, member_id: UUID, application_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    """Confirm it, or dismiss it with a reason."""
    form, place = Form.sent(page), (str(member_id), str(application_id))
    path, body = f"/rounds/{round_id}/conflicts/{member_id}/{application_id}", None
    dismissing = page.text("what") != "confirm"
    if dismissing:
        body = {"reason": page.text("reason")}
        if not page.text("reason"):
            form.wrong("reason", page._("Say why there is no conflict."))
        elif len(page.text("reason")) > MOST_REASON:
            form.wrong("reason", page._("This reason is too long: 4,000 characters at most."))
    if not form.errors:
        try:
            await page.post("evaluation", f"{path}/{'dismissal' if dismissing else 'confirmation'}", body)
        except ServiceProblem as problem:
            if not refused(problem):
                raise
            form.refused(problem, page)
    if form.errors:
        return await _shown(page, round_id, place, form, 422)
    done = page._("The conflict is dismissed: the next sharing out may give the application to this member.")
    kept = page._("The conflict is confirmed: the member never sees this application.")
    return await page.go(f"{AREA}/{round_id}/conflicts", done if dismissing else kept)


def state_of(conflict: View) -> str:
    """``open`` ones wait for an officer's look."""
    if conflict["status"] == "dismissed":
        return "dismissed"
    if conflict["source"] == "declared":
        return "declared"
    return "confirmed" if conflict["confirmed_by"] else "open"


@dataclass(frozen=True)
class _List:
    """The conflicts that an address asks for; ``counts``: by state, under all other filters. ``names``: of all members
    who have a conflict."""

    wanted: dict[str, str]
    conflicts: list[View]
    counts: dict[str, int]
    names: dict[str, str]


async def _listed(page: Page, round_id: UUID) -> _List:
    wanted = asked(page, ("q", "member"), SORTS, state=words("conflict_state"), source=words("conflict_source"))
    every, numbers = await _found(page, round_id), await numbered(page, round_id, wanted)
    known = await member_names(page, (each["member_id"] for each in every))
    found = [
        each for each in every
        if wanted["member"] in ("", each["member_id"]) and wanted["source"] in ("", each["source"])
        and (not wanted["q"] or each["application_id"] in (numbers or {}))
    ]  # fmt: skip
    counts = Counter(map(state_of, found))
    rows = [each for each in found if wanted["state"] in ("", state_of(each))]
    states = list(words("conflict_state"))
    by: dict[str, Callable[[View], Any]] = {
        "state": lambda each: states.index(state_of(each)),
        "member": lambda each: folded(known[each["member_id"]]),
        "number": lambda each: (numbers or {}).get(each["application_id"]),
        "source": lambda each: folded(page._(word("conflict_source", each["source"]))),
    }
    rows.sort(key=by["member"])
    return _List(wanted, in_order(rows, by[wanted["sort"]], wanted), {each: counts[each] for each in states}, known)


async def _found(page: Page, round_id: UUID) -> list[View]:
    found: list[View] = (await page.get("evaluation", f"/rounds/{round_id}/conflicts"))["conflicts"]
    return sorted(found, key=lambda each: (each["member_id"], each["application_id"]))


async def _shown(page: Page, round_id: UUID, place: tuple[str, str], form: Form, status: int = 200) -> Response:
    item, found = await opened(page, round_id), await _found(page, round_id)
    conflict = next((each for each in found if (each["member_id"], each["application_id"]) == place), None)
    if conflict is None:
        raise ServiceProblem("evaluation", 404, NOT_FOUND)
    people = [place[0], *(conflict[name] for name in ("dismissed_by", "confirmed_by") if conflict[name])]
    return await page.render(
        "rounds/conflict.html", status, item=item, conflict=conflict, form=form, state=state_of(conflict),
        names=await member_names(page, people), applications=await candidacies(page, [place[1]]),
    )  # fmt: skip
