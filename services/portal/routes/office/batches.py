"""One decision on many applications: chosen in the queue, shown, confirmed with time to undo it, then sent."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Query
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.forms import Form
from services.portal.live import live
from services.portal.names import names
from services.portal.page import Page
from services.portal.routes.office.decisions import STEPS, checked, outcomes_for, rules_for
from services.portal.routes.office.desk import OFFICER, View, call_of, refused, tabbed, themes
from services.portal.routes.office.lists import wishes
from services.portal.security import masked
from services.portal.words import problem_sentence, word

router = APIRouter()
QUEUES = {"admissibility": ("submitted", "correction_requested"), "eligibility": ("admissible",)}
PAGE_SIZE, ITEMS_SHOWN = 100, 100
DELAYS = ("now", "later")
BASE = "/office/calls/{call_id}/queue"


@router.get(BASE)
async def queue(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """What waits for a decision of admissibility or of eligibility."""
    return await _queue(page, call_id, Form())


@router.post(BASE)
async def plan(call_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Plan the decision on what was chosen, or on the whole list; nothing is decided yet."""
    step = _step(page)
    form = checked(page, STEPS[step])
    chosen, everything = page.texts("application")[:500], page.text("scope") == "all"
    if not chosen and not everything:
        form.wrong("application", page._("Choose applications, or the whole list."))
    if form.errors:
        return await _queue(page, call_id, form, 422)
    body: dict[str, Any] = {name: page.text(name) for name in ("decision", "rule", "reason")}
    if not everything:
        body["application_ids"] = chosen
    wanted = {**wishes(page), "status": list(QUEUES[step])} if everything else {}
    try:
        path = f"/calls/{call_id}/decision-batches"
        batch = await page.ask("POST", "applications", path, body, params=wanted, key=page.form_key)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form.refused(problem, page)
        return await _queue(page, call_id, form, 422)
    return await page.go(f"/office/batches/{batch['batch_id']}")


def _step(page: Page) -> str:
    step = page.request.query_params.get("step", "")
    return step if step in QUEUES else "admissibility"


async def _queue(page: Page, call_id: UUID, form: Form, status: int = 200) -> Response:
    call, step = await tabbed(page, call_id), _step(page)
    wanted = {**wishes(page), "status": list(QUEUES[step])}
    after = page.request.query_params.get("after", "")[:100]
    found = await page.get("applications", f"/calls/{call_id}/applications", limit=PAGE_SIZE, after=after, **wanted)
    return await page.render(
        "office/queue.html", status, call=call, step=step, found=found, form=form, wanted=wanted,
        rules=rules_for(page, call, step), outcomes=outcomes_for(page, step), themes=themes(call, page.language),
    )  # fmt: skip


@router.get("/office/calls/{call_id}/batches")
async def batches(
    call_id: UUID, page: Page = signed_in(OFFICER), before: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The call's batches, the latest first."""
    call = await tabbed(page, call_id)
    found = await page.get("applications", f"/calls/{call_id}/decision-batches", before=before, limit=20)
    known = await names(page, (each["planned_by"] for each in found["batches"]))
    return await page.render("office/batches.html", call=call, found=found, known=known, before=before)


@router.get("/office/calls/{call_id}/batches/export")
async def batches_as_file(
    call_id: UUID, form: Annotated[Literal["csv", "xlsx"], Query()] = "csv", page: Page = signed_in(OFFICER)
) -> Response:
    """All batches of the call."""
    call = await call_of(page, call_id)
    heads = {"planned_at": page._("Planned"), "decision": page._("Decision"), "status": page._("State"),
             "by": page._("By"), "ready": page._("Ready"), "decided": page._("Decided"),
             "refused": page._("Refused")}  # fmt: skip
    columns = [Column(name, label) for name, label in heads.items()]
    return export(page, _every_batch(page, call_id), columns, form, f"batches-{call['number']}")


async def _every_batch(page: Page, call_id: UUID) -> AsyncIterator[View]:
    before: str | None = ""
    while before is not None:
        found = await page.get("applications", f"/calls/{call_id}/decision-batches", before=before, limit=PAGE_SIZE)
        known = await names(page, (each["planned_by"] for each in found["batches"]))
        for each in found["batches"]:
            yield {
                **each["counts"], "planned_at": instant(each["planned_at"]), "by": known.get(each["planned_by"], ""),
                "decision": page._(word("application_state", each["decision"])),
                "status": page._(word("batch_state", each["status"])),
            }  # fmt: skip
        before = found["next"]


@router.get("/office/batches/{batch_id}")
async def batch(batch_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """What the batch does, would do or did to each application, and what can be done about it."""
    return await _batch(page, batch_id, Form())


@router.get("/office/batches/{batch_id}/stream")
async def stream(batch_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """How far the batch is."""

    first = await page.get("applications", f"/decision-batches/{batch_id}")

    async def look() -> Any:
        return await page.get("applications", f"/decision-batches/{batch_id}")

    async def show(seen: Any) -> str:
        given = {"csrf": masked(page.session.csrf) if page.session else "", "new_key": lambda: str(uuid4())}
        context = {"url": page.url, **given, **_scene(page, seen)}
        return page.parts.presentation.render(page.language, "office/batch_state.html", context)

    return live(page, f"batch:{first['batch_id']}", look, show)


@router.get("/office/batches/{batch_id}/export")
async def exported(
    batch_id: UUID, form: Annotated[Literal["csv", "xlsx"], Query()] = "csv", page: Page = signed_in(OFFICER)
) -> Response:
    """Every application of the batch with what becomes of it."""
    found = await page.get("applications", f"/decision-batches/{batch_id}")
    heads = {"number": page._("Number"), "before": page._("Before"), "state": page._("What happens"),
             "why": page._("Why"), "status": page._("After")}  # fmt: skip
    rows = ({**item, **_in_words(page, item)} for item in found["items"])
    return export(page, rows, [Column(name, label) for name, label in heads.items()], form, "decisions")


def _in_words(page: Page, item: View) -> View:
    states = {
        name: page._(word("application_state", item[name])) if item[name] else None for name in ("before", "status")
    }
    return {**states, "state": page._(word("batch_item", item["state"])), "why": _why(page, item)}


@router.post("/office/batches/{batch_id}/sending")
async def send(batch_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    """Confirm: at once, or with ten minutes to think again."""
    at_once = page.text("when") == "now"
    body = {"sends_at": "now"} if at_once else {}
    done = (
        page._("The decisions are being sent.") if at_once else page._("Confirmed: until it is sent, it can be undone.")
    )
    return await _changed(page, batch_id, "send", body, done)


@router.post("/office/batches/{batch_id}/undoing")
async def undo(batch_id: UUID, page: Page = signed_in(OFFICER)) -> Response:
    return await _changed(page, batch_id, "undo", None, page._("The batch is given up: nothing was decided."))


async def _changed(page: Page, batch_id: UUID, act: str, body: Any, done: str) -> Response:
    try:
        await page.post("applications", f"/decision-batches/{batch_id}/{act}", body)
    except ServiceProblem as problem:
        if not refused(problem):
            raise
        form = Form()
        form.refused(problem, page)
        return await _batch(page, batch_id, form, 422)
    return await page.go(f"/office/batches/{batch_id}", done)


async def _batch(page: Page, batch_id: UUID, form: Form, status: int = 200) -> Response:
    found = await page.get("applications", f"/decision-batches/{batch_id}")
    call = await call_of(page, found["call_id"])
    step = "eligibility" if found["decision"] in STEPS["eligibility"] else "admissibility"
    return await page.render(
        "office/batch.html", status, call=call, form=form, rules=dict(rules_for(page, call, step)),
        known=await names(page, (found["planned_by"], found["scheduled_by"], found["undone_by"])),
        **_scene(page, found),
    )  # fmt: skip


def _scene(page: Page, found: View) -> View:
    """What moves: the batch with the applications that are on this page of it."""
    start = _start(page, len(found["items"]))
    items = [{**item, "why": _why(page, item)} for item in found["items"][start : start + ITEMS_SHOWN]]
    return {"batch": found, "items": items, "start": start, "size": ITEMS_SHOWN}


def _why(page: Page, item: View) -> str:
    return problem_sentence({"code": item["code"], "title": ""}, page._) if item["code"] else ""


def _start(page: Page, count: int) -> int:
    typed = page.request.query_params.get("from", "")
    found = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 0
    return found if found < count else 0
