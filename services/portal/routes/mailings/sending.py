"""A mailing as it will be, its leaving, and whom it reached."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.listing import View, asked, filtered, first_of, folded, in_order
from services.portal.live import live
from services.portal.names import names
from services.portal.page import Page
from services.portal.routes.mailings.writing import AREA
from services.portal.routes.office.desk import OFFICER, refused
from services.portal.words import problem_sentence, word, words

router = APIRouter()
PER_PAGE = 50
MOST_A_TIME = 200
BEING_SENT = {"queueing": "sending"}
"""States that are the same to a reader."""
SORTS = ("latest", "label", "recipients", "drafted_at", "sent_at")


@router.get(AREA)
async def listed(page: Page = signed_in(OFFICER)) -> Response:
    """Every mailing, the latest first; searched and sorted here, as its words are sealed where it is kept."""
    wanted = asked(page, ("q",), SORTS, status=words("mailing_state"))
    sought = folded(wanted["q"])
    by: dict[str, Callable[[View], Any]] = {
        "latest": lambda each: "",
        "label": lambda each: folded(each["label"]) if each["label"] else None,
        "recipients": lambda each: each["recipients"],
        "drafted_at": lambda each: each["drafted_at"],
        "sent_at": lambda each: each["sent_at"],
    }
    found = [
        each for each in await page.every("notifications", "/mailings")
        if wanted["status"] in ("", BEING_SENT.get(each["status"], each["status"])) and sought in folded(each["label"] or "")
    ]  # fmt: skip
    rows = in_order(found, by[wanted["sort"]], wanted)
    first = first_of(page, len(rows))
    shown = rows[first : first + PER_PAGE]
    states = [(code, page._(text)) for code, text in words("mailing_state").items() if code not in BEING_SENT]
    return await page.render(
        "mailings/list.html", mailings=shown, total=len(rows), first=first, per_page=PER_PAGE, wanted=wanted,
        filtered=filtered(wanted), states=states,
        known=await names(page, (each["sent_by"] or each["drafted_by"] for each in shown)),
    )  # fmt: skip


@router.get(f"{AREA}/{{mailing_id}}")
async def one(mailing_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """A draft as it will be; one that left with how far it is and whom it reached."""
    found = await page.get("notifications", f"/mailings/{mailing_id}")
    if found["status"] in ("draft", "cancelled"):
        preview = await page.get("notifications", f"/mailings/{mailing_id}/preview")
        return await page.render("mailings/preview.html", mailing=found, preview=preview)
    state = _state(page)
    path, after = f"/mailings/{mailing_id}/recipients", page.request.query_params.get("after", "")[:100]
    told = await page.get("notifications", path, state=state, after=after, limit=PER_PAGE)
    ids = [*(each["person_id"] for each in told["items"]), found["sent_by"]]
    states = [(code, page._(text)) for code, text in words("reached_state").items()]
    return await page.render(
        "mailings/sent.html", mailing=found, told=told, state=state, known=await names(page, ids), states=states
    )


@router.get(f"{AREA}/{{mailing_id}}/stream")
async def stream(mailing_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """How far the mailing is."""

    async def look() -> Any:
        found = await page.get("notifications", f"/mailings/{mailing_id}")
        return {name: found[name] for name in ("mailing_id", "status", "states", "left", "recipients")}

    async def show(seen: Any) -> str:
        return page.parts.presentation.render(page.language, "mailings/progress.html", {"mailing": seen})

    await look()
    return live(page, f"mailing:{mailing_id}", look, show)


@router.get(f"{AREA}/{{mailing_id}}/export/{{form}}")
async def exported(mailing_id: UUID, form: Literal["csv", "xlsx"], page: Page = signed_in(OFFICER)) -> Response:
    """The log that the page shows, with its filter: each recipient with what became of their notice."""
    await page.get("notifications", f"/mailings/{mailing_id}")
    columns = [
        Column("name", page._("Name")), Column("person_id", page._("Identifier")), Column("state", page._("State")),
        Column("sent_at", page._("Sent on")), Column("code", page._("Code")),
    ]  # fmt: skip
    return export(page, _log(page, mailing_id, _state(page)), columns, form, "mailing")


def _state(page: Page) -> str:
    """The filter of the address; nothing for what is none."""
    given = page.request.query_params.get("state", "")
    return given if given in words("reached_state") else ""


async def _log(page: Page, mailing_id: UUID, state: str) -> AsyncIterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        path = f"/mailings/{mailing_id}/recipients"
        told = await page.get("notifications", path, state=state, after=after, limit=MOST_A_TIME)
        known = await names(page, (each["person_id"] for each in told["items"]))
        for each in told["items"]:
            said = {"name": known.get(each["person_id"]), "state": page._(word("reached_state", each["state"]))}
            yield {**each, **said, "sent_at": instant(each.get("sent_at"))}
        after = told["next"]


@router.get(f"{AREA}/{{mailing_id}}/{{act}}")
async def ask(mailing_id: UUID, act: Literal["send", "cancel"], page: Page = signed_in(OFFICER)) -> Response:
    preview = await page.get("notifications", f"/mailings/{mailing_id}/preview")
    if preview["status"] != "draft":
        return await page.go(f"{AREA}/{mailing_id}")
    return await page.render("mailings/confirm.html", preview=preview, act=act)


@router.post(f"{AREA}/{{mailing_id}}/{{act}}")
async def do(mailing_id: UUID, act: Literal["send", "cancel"], page: Page = signed_in(OFFICER)) -> Response:
    """Let it leave, which cannot be called back, or drop it."""
    path = f"{AREA}/{mailing_id}"
    try:
        await page.post("notifications", f"/mailings/{mailing_id}/{act}")
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        return await page.go(path, problem_sentence(problem, page._), "error")
    sent, cancelled = page._("The mailing leaves."), page._("The mailing is cancelled: nobody is told.")
    return await page.go(path, sent if act == "send" else cancelled)
