"""A call's applications: searched, filtered, sorted, by pages, shared by their address, taken away as a file."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.names import names
from services.portal.page import Page
from services.portal.places import REGIONS, departement, departements
from services.portal.routes.office.desk import OFFICER, View, call_of, officers, refused, tabbed, themes
from services.portal.words import problem_sentence, word, words

router = APIRouter()
BASE = "/office/calls/{call_id}/applications"
PAGE_SIZE = 50
SEVERAL = ("status", "kind", "theme", "need", "departement", "region")
SORTS = ("number", "submitted_at", "status", "amount", "departement")
ORDERS = frozenset((*SORTS, *(f"-{name}" for name in SORTS)))
NEEDS = ("visibility", "funding", "introductions", "distribution", "coaching")


@router.get(BASE)
async def applications(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """One page of the list that the address describes."""
    call, wanted, typed = await tabbed(page, call_id), wishes(page), page.request.query_params
    places = {name: typed.get(name, "")[:100] for name in ("after", "before")}
    try:
        found = await page.get("applications", f"/calls/{call_id}/applications", limit=PAGE_SIZE, **wanted, **places)
    except ServiceProblem as problem:
        if problem.code not in ("cursor_invalid", "invalid_request"):
            raise
        found = await page.get("applications", f"/calls/{call_id}/applications", limit=PAGE_SIZE, sort=wanted["sort"])
    known = await names(page, (line["effective_officer"] or line["assigned_to"] for line in found["applications"]))
    return await page.render(
        "office/applications.html", call=call, found=found, wanted=wanted, known=known, place=departement,
        themes=themes(call, page.language), officers=await officers(page), departements=departements(),
        regions=REGIONS, needs=NEEDS, states=[code for code in words("application_state") if code != "draft"],
    )  # fmt: skip


@router.get(f"{BASE}/export")
async def exported(
    call_id: UUID, form: Annotated[Literal["csv", "xlsx"], Query()] = "csv", page: Page = signed_in(OFFICER)
) -> Response:
    """The whole list that the page shows, with the same columns, filters and order."""
    call = await call_of(page, call_id)
    known = {each["officer_id"]: each["name"] for each in await officers(page)}
    rows = (_row(page, line, call, known) async for line in every_line(page, call_id, wishes(page)))
    return export(page, rows, columns(page), form, f"applications-{call['number']}")


@router.post(f"{BASE}/assignment")
async def assign(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Give the chosen files to an officer, or back to nobody; the list is shown again as it was."""
    path, query = f"/office/calls/{call_id}/applications", page.request.query_params
    back = {name: query.getlist(name) for name in query}
    chosen, officer = page.texts("application")[:500], page.text("officer")
    if not chosen:
        return await page.go(path, page._("Choose applications first."), "warning", **back)
    try:
        body = {"application_ids": chosen, "officer_id": None if officer == "nobody" else officer}
        done = await page.post("applications", f"/calls/{call_id}/assignments", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        return await page.go(path, problem_sentence(problem, page._), "error", **back)
    asked = done["assigned"] + len(done["refused"])
    said = page._("Files that have changed hands: %(done)s of %(all)s.", done=done["assigned"], all=asked)
    return await page.go(path, said, "warning" if done["refused"] else "success", **back)


def wishes(page: Page) -> dict[str, Any]:
    """The filters and the order of the address; what cannot be one is left out."""
    typed = page.request.query_params
    several = {name: [value[:64] for value in typed.getlist(name) if value][:50] for name in SEVERAL}
    sort = typed.get("sort", "")
    return {
        **several, "q": typed.get("q", "").strip()[:200], "officer": _officer(typed.get("officer", "")),
        "unconfirmed": "true" if typed.get("unconfirmed") else "", "sort": sort if sort in ORDERS else "number",
    }  # fmt: skip


def _officer(text: str) -> str:
    try:
        return text if text == "nobody" else str(UUID(text))
    except ValueError:
        return ""


async def every_line(page: Page, call_id: UUID | str, wanted: dict[str, Any]) -> AsyncIterator[View]:
    """Every line. Raises ``ServiceDown`` when fewer came than were announced: the download fails, too."""
    count = 0
    source = cast(Any, page.stream("applications", f"/calls/{call_id}/applications/export", **wanted))
    async with source as answer:
        async for line in answer.aiter_lines():
            if line:
                count += 1
                yield json.loads(line)
        if count != int(answer.headers.get("Tremplin-Lines", count)):
            raise ServiceDown("applications")


def columns(page: Page) -> list[Column]:
    """The list's columns, as they are headed on the page."""
    heads = {
        "number": page._("Number"), "title": page._("Title"), "status": page._("State"),
        "kind": page._("Kind of applicant"), "departement": page._("Département"), "theme": page._("Theme"),
        "amount": page._("Grant requested (€)"), "submitted_at": page._("Submitted"), "officer": page._("Officer"),
    }  # fmt: skip
    return [Column(name, label) for name, label in heads.items()]


def _row(page: Page, line: View, call: View, known: Mapping[str, str]) -> View:
    cents = line["requested_cents"]
    officer = line["effective_officer"] or line["assigned_to"]
    return {
        "number": line["number"], "title": line["title"], "status": page._(word("application_state", line["status"])),
        "kind": page._(word("applicant_kind", line["kind"])), "departement": departement(line["departement"]),
        "theme": themes(call, page.language).get(line["theme"] or "", line["theme"]),
        "amount": cents / 100 if cents is not None else None, "submitted_at": instant(line["submitted_at"]),
        "officer": known.get(officer or "", ""),
    }  # fmt: skip
