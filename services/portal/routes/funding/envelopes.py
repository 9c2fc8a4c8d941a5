"""Envelopes: what each call may commit (AE) and what it has paid (CP), by year; decisions on the amount."""

import asyncio
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.formats import ZONE
from services.portal.forms import Form
from services.portal.names import names
from services.portal.page import Page
from services.portal.roles import MONEY_READERS
from services.portal.routes.funding.amounts import cents_of
from services.portal.words import words

router = APIRouter()
STAFF = (*MONEY_READERS, "administrator")


@router.get("/funding/envelopes")
async def listed(page: Page = signed_in(*STAFF)) -> Response:
    calls = (await page.get("applications", "/calls"))["calls"]
    found = await asyncio.gather(*(_envelope(page, call) for call in calls))
    return await page.render("funding/envelopes.html", envelopes=[each for each in found if each])


@router.get("/funding/envelopes/{envelope_id}")
async def one(envelope_id: UUID, page: Page = signed_in(*STAFF)) -> Response:
    return await _shown(page, envelope_id, Form())


async def _shown(page: Page, envelope_id: UUID, form: Form, status: int = 200) -> Response:
    envelope, years = await asyncio.gather(
        page.get("funding", f"/envelopes/{envelope_id}"), page.get("funding", f"/envelopes/{envelope_id}/years")
    )
    people = {ruling["decided_by"] for ruling in envelope["decisions"] if ruling.get("decided_by")}
    return await page.render(
        "funding/envelope.html", status=status, envelope=envelope, years=years, form=form,
        names=await names(page, people), reasons=_reasons(page),
    )  # fmt: skip


@router.post("/funding/envelopes/{envelope_id}/check")
async def check(envelope_id: UUID, page: Page = signed_in("deciding_authority")) -> Response:
    """What the decision would change, before it is taken."""
    form, amount, _ = _read(page)
    if form.errors:
        return await _shown(page, envelope_id, form, 422)
    envelope = await page.get("funding", f"/envelopes/{envelope_id}")
    return await page.render("funding/decision.html", envelope=envelope, amount=amount, form=form)


@router.post("/funding/envelopes/{envelope_id}/decisions")
async def decide(envelope_id: UUID, page: Page = signed_in("deciding_authority")) -> Response:
    form, amount, decided_at = _read(page)
    if not form.errors:
        body = {"amount_cents": amount, "reason": page.text("reason"), "decided_at": decided_at}
        try:
            await page.post("funding", f"/envelopes/{envelope_id}/decisions", body)
        except ServiceProblem as problem:
            form.refused(problem, page, {"amount_cents": "amount", "decided_at": "decided_on"})
    if form.errors:
        return await _shown(page, envelope_id, form, 422)
    return await page.go(f"/funding/envelopes/{envelope_id}", done=page._("The decision is recorded."))


def _read(page: Page) -> tuple[Form, int | None, str | None]:
    """The form, the amount in cents, and the instant of a decision of an earlier day."""
    form, amount = Form.sent(page), cents_of(page.text("amount"))
    if amount is None:
        form.wrong("amount", page._("Write the envelope’s new amount in euros, for example 1 500 000."))
    if page.text("reason") not in words("envelope_reason"):
        form.wrong("reason", page._("Choose a reason."))
    decided_on, decided_at = page.text("decided_on"), None
    try:
        day = date.fromisoformat(decided_on) if decided_on else page.now.astimezone(ZONE).date()
        if day != page.now.astimezone(ZONE).date():
            decided_at = datetime.combine(day, time(12), ZONE).isoformat()
    except ValueError:
        form.wrong("decided_on", page._("Write a date with day, month and year."))
    return form, amount, decided_at


def _reasons(page: Page) -> list[tuple[str, str]]:
    return [(code, page._(text)) for code, text in words("envelope_reason").items()]


async def _envelope(page: Page, call: dict[str, Any]) -> dict[str, Any] | None:
    """The envelope of a call, which has its id; nothing for a call without money, or whose envelope is not open yet."""
    try:
        found: dict[str, Any] = await page.get("funding", f"/envelopes/{call['call_id']}")
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return None
    return found
