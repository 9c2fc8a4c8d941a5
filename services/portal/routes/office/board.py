"""A call's board, which moves while one looks at it, and more time for everyone."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.forms import Form
from services.portal.live import live
from services.portal.names import names
from services.portal.page import Page
from services.portal.places import departement
from services.portal.routes.office.desk import OFFICER, call_of, refused, themes, waiting
from services.portal.words import N_, words

router = APIRouter()
BASE = "/office/calls/{call_id}"
DAYS_SHOWN = 60
PARTS = (("by_status", N_("By state")), ("by_kind", N_("By kind of applicant")), ("by_departement", N_("By département")),
         ("by_theme", N_("By theme")), ("by_need", N_("By need")), ("by_channel", N_("By channel")))  # fmt: skip


@router.get(BASE)
async def board(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """The call at a glance."""
    call, seen = await call_of(page, call_id), await _seen(page, call_id)
    call["waiting"] = seen["waiting"]
    return await page.render("office/board.html", call=call, **await _scene(page, call, seen))


@router.get(f"{BASE}/stream")
async def stream(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """The board's figures, each time that they change."""
    call = await call_of(page, call_id)

    async def look() -> Any:
        return await _seen(page, call_id)

    async def show(seen: Any) -> str:
        context = {"url": page.url, "now": page.now, "call": call, **await _scene(page, call, seen)}
        return page.parts.presentation.render(page.language, "office/board_figures.html", context)

    return live(page, f"board:{call_id}", look, show)


async def _seen(page: Page, call_id: UUID) -> Any:
    """The board, the quorum and what waits to be read, without the instant: it changes only when something does."""
    found = await page.get("applications", f"/calls/{call_id}/board")
    found.pop("as_of", None)
    return {"board": found, "progress": await _progress(page, call_id), "waiting": await waiting(page, call_id)}


async def _progress(page: Page, call_id: UUID) -> Any:
    try:
        found = await page.get("evaluation", f"/rounds/{call_id}/progress", below_quorum=True)
    except ServiceProblem:
        return None
    return {name: found[name] for name in ("status", "closes_at", "below_quorum", "colleges")}


async def _scene(page: Page, call: Any, seen: Any) -> dict[str, Any]:
    found = seen["board"]
    known = await names(page, [each["officer_id"] for each in found["officers"]])
    return {
        **seen, "known": known, "themes": themes(call, page.language),
        "place": departement, "breakdowns": PARTS, "days": chart(found["days"][-DAYS_SHOWN:]),
    }  # fmt: skip


def chart(days: list[dict[str, Any]]) -> dict[str, Any]:
    """Bars of submissions by day: places in a drawing that is 100 high and 10 wide for each day."""
    most = max((day["submitted"] for day in days), default=0)
    bars = [
        {"day": day["day"], "x": 10 * at + 1, "height": round(100 * day["submitted"] / most, 1) if most else 0,
         "submitted": day["submitted"], "started": day["started"]}
        for at, day in enumerate(days)
    ]  # fmt: skip
    return {"bars": bars, "width": 10 * max(1, len(days)), "most": most}


@router.get(f"{BASE}/deadline")
async def ask_extension(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await _extension(page, await call_of(page, call_id), Form())


@router.post(f"{BASE}/deadline")
async def extend(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """The new deadline: shown first, and set when that is confirmed."""
    call, form = await call_of(page, call_id), Form.sent(page)
    closes_at = local_instant(page.text("closes_at"), call["schedule"]["zone"])
    if closes_at is None:
        form.wrong("closes_at", page._("Give a day and an hour, such as 2027-01-31T18:00."))
    if page.text("reason") not in words("extension_reason"):
        form.wrong("reason", page._("Choose a reason: everybody can read it."))
    if form.errors or closes_at is None:
        return await _extension(page, call, form, 422)
    if page.text("confirmed") != "yes":
        return await _extension(page, call, form, 200, closes_at.isoformat())
    try:
        body = {"closes_at": closes_at.isoformat(), "reason": page.text("reason")}
        await page.post("applications", f"/calls/{call_id}/deadline", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await _extension(page, call, form, 422)
    return await page.go(f"/office/calls/{call_id}", page._("The deadline is extended for everyone."))


async def _extension(page: Page, call: Any, form: Form, status: int = 200, confirm: str = "") -> Response:
    reasons = [(code, page._(text)) for code, text in words("extension_reason").items()]
    return await page.render("office/deadline.html", status, call=call, form=form, reasons=reasons, confirm=confirm)


def local_instant(text: str, zone: str) -> datetime | None:
    """What a ``datetime-local`` field holds, at the call's place; None for another text."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        return None
    if not 2000 <= found.year < 2200 or "T" not in text.strip().replace(" ", "T"):
        return None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
