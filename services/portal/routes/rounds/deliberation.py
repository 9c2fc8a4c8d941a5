"""The deliberation: who is present, what is moved and why, the minutes; then the opinion, from which the decision is prepared."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.listing import View
from services.portal.page import Page
from services.portal.routes.office.desk import refused
from services.portal.routes.rounds.opened import AREA, OFFICER, READERS, Round, candidacies, member_names, opened

router = APIRouter()
LINES, MORE, MOST_LINES = 1, 3, 60
LONGEST, MOST_REASON = 40_000, 4_000


@router.get(f"{AREA}/{{round_id}}/deliberation")
async def show(round_id: UUID, page: Page = signed_in(*READERS)) -> Response:
    """The minutes once they are there, the form before that."""
    item = await opened(page, round_id)
    minutes = await minutes_of(page, round_id) if item.counted else None
    if minutes is None:
        return await _form(page, item, Form())
    people = {*minutes["present"], minutes["minutes_by"], *(each["signed_by"] for each in minutes["signatures"])}
    may_sign = page.person_id in (*minutes["present"], minutes["minutes_by"])
    found = await page.get("evaluation", f"/rounds/{round_id}/results")
    return await page.render(
        "rounds/minutes.html", item=item, minutes=minutes, names=await member_names(page, people), found=found,
        applications=await candidacies(page, (each["application_id"] for each in minutes["moves"])),
        may_sign=may_sign and not any(each["signed_by"] == page.person_id for each in minutes["signatures"]),
    )  # fmt: skip


@router.post(f"{AREA}/{{round_id}}/deliberation")
async def give(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    """First what will be recorded is shown; with ``confirmed``, it is. Any other button shows the form again."""
    item, form = await opened(page, round_id), Form.sent(page)
    if page.text("then") in ("more", "back"):
        return await _form(page, item, form, more=page.text("then") == "more")
    moves = _moves(page, form)
    _check(page, form)
    if form.errors:
        return await _form(page, item, form, 422)
    if page.text("then") != "confirmed":
        return await _confirmation(page, item, form, list(moves.values()))
    body = {"present": form.values("present"), "moves": list(moves.values()), "minutes": page.text("minutes")}
    try:
        await page.post("evaluation", f"/rounds/{round_id}/opinion", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page, _fields(form, moves))
        return await _form(page, item, form, 422)
    done = page._("The panel’s opinion is recorded: the decision waits for the authority’s signature.")
    return await page.go(f"{AREA}/{round_id}/deliberation", done)


@router.post(f"{AREA}/{{round_id}}/minutes/signature")
async def sign(round_id: UUID, page: Page = signed_in(*OFFICER)) -> Response:
    """Sign the minutes that were on the screen, and no others."""
    target = f"{AREA}/{round_id}/deliberation"
    try:
        await page.post("evaluation", f"/rounds/{round_id}/minutes/signature", {"digest": page.text("digest") or None})
    except ServiceProblem as problem:
        if not refused(problem) and problem.code != "may_not_sign":
            raise
        form = Form()
        form.refused(problem, page)
        return await page.go(target, next(iter(form.errors.values())), "error")
    return await page.go(target, page._("You have signed the minutes."))


def _check(page: Page, form: Form) -> None:
    if not form.values("present"):
        form.wrong("present", page._("Tick at least one member who was present."))
    if not page.text("minutes"):
        form.wrong("minutes", page._("Write the minutes."))
    elif len(page.text("minutes")) > LONGEST:
        form.wrong("minutes", page._("These minutes are too long: 40,000 characters at most."))


def _moves(page: Page, form: Form) -> dict[int, View]:
    """The moves by the line of the form that each is on."""
    moves = {}
    for line in range(lines_of(form)):
        application_id, rank, reason = (page.text(f"{name}_{line}") for name in ("application", "rank", "reason"))
        if not (application_id or rank or reason):
            continue
        if not application_id:
            form.wrong(f"application_{line}", page._("Choose the application that is moved."))
        if not (rank.isascii() and rank.isdigit() and len(rank) < 6 and int(rank) > 0):
            form.wrong(f"rank_{line}", page._("Give the rank, from 1."))
        if not reason:
            form.wrong(f"reason_{line}", page._("Say why the application is moved."))
        elif len(reason) > MOST_REASON:
            form.wrong(f"reason_{line}", page._("This reason is too long: 4,000 characters at most."))
        if not form.errors:
            moves[line] = {"application_id": application_id, "rank": int(rank), "reason": reason}
    return moves


def _fields(form: Form, moves: dict[int, View]) -> dict[str, str]:
    """The form's names for what the service calls by its place in a list."""
    found = {f"present.{index}": "present" for index in range(len(form.values("present")))}
    names = {"application_id": "application", "rank": "rank", "reason": "reason"}
    for index, line in enumerate(moves):
        found |= {f"moves.{index}.{name}": f"{own}_{line}" for name, own in names.items()}
    return found


def lines_of(form: Form) -> int:
    """How many lines for moves the form has."""
    text = form.value("lines")
    return min(MOST_LINES, int(text)) if text.isascii() and text.isdigit() and len(text) < 4 else LINES


async def minutes_of(page: Page, round_id: UUID) -> View | None:
    """The minutes; nothing before the panel has given its opinion."""
    try:
        found: View = await page.get("evaluation", f"/rounds/{round_id}/minutes")
    except ServiceProblem as problem:
        if problem.code != "opinion_not_given":
            raise
        return None
    return found


async def _options(page: Page, item: Round) -> dict[str, Any]:
    if not item.counted or not page.has(*OFFICER):
        return {"order": [], "left": [], "members": [], "places": 0, "reserve": 0}
    found = await page.get("evaluation", f"/rounds/{item.id}/results")
    known = await candidacies(page, found["order"])
    seats = (await page.get("evaluation", f"/rounds/{item.id}/members"))["members"]
    sitting = [each["member_id"] for each in seats if each["status"] == "sitting"]
    people = await member_names(page, sitting)
    return {
        "order": [(each, known[each].name) for each in found["order"]],
        "left": found["left"],
        "members": [(each, people[each]) for each in sitting],
        "places": found["places"],
        "reserve": found["reserve"],
    }


async def _form(page: Page, item: Round, form: Form, status: int = 200, more: bool = False) -> Response:
    lines = min(MOST_LINES, lines_of(form) + (MORE if more else 0))
    context = {"item": item, "form": form, "lines": lines, **await _options(page, item)}
    return await page.render("rounds/deliberation.html", status, None, **context)


async def _confirmation(page: Page, item: Round, form: Form, moves: list[View]) -> Response:
    options = await _options(page, item)
    after = list(options["order"])
    for move in moves:
        moved = next((each for each in after if each[0] == move["application_id"]), None)
        if moved:
            after.remove(moved)
            after.insert(move["rank"] - 1, moved)
    staying = [each for each in after if each[0] not in options["left"]]
    context = {"item": item, "form": form, "moves": moves, "after": staying, **options}
    return await page.render("rounds/opinion.html", 200, None, lines=lines_of(form), **context)
