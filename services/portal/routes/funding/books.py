"""The ledger: its lines with filters and as a file, and the balance of all accounts."""

import asyncio
import re
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, Literal

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.days import as_instants, day
from services.portal.exports import Column, export
from services.portal.formats import instant
from services.portal.page import Page
from services.portal.roles import MONEY, SIDES
from services.portal.words import problem_sentence, word, words

router = APIRouter()
PER_PAGE, EXPORTED_AT_ONCE, MOST_AGREEMENTS = 50, 500, 100
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def asked(page: Page) -> dict[str, str]:
    """The filters that can be used; whatever else the address says is left out."""
    given = page.request.query_params
    return {
        "account": given["account"] if given.get("account") in words("account") else "",
        "agreement_id": _known(given.get("agreement_id", "")),
        "envelope_id": _known(given.get("envelope_id", "")),
        "since": day(given.get("since", "")),
        "until": day(given.get("until", "")),
        "after": given.get("after", "")[:100],
    }


@router.get("/funding/ledger")
async def ledger(page: Page = signed_in(*MONEY)) -> Response:
    """The books, for the two sides; the programme officer goes on to the envelopes, which are theirs to read."""
    if not page.has(*SIDES):
        return await page.go("/funding/envelopes")
    wanted, problem = asked(page), ""
    try:
        found, balance = await asyncio.gather(
            page.get("funding", "/ledger/rows", **as_instants(wanted), limit=PER_PAGE),
            page.get("funding", "/ledger/balance"),
        )
    except ServiceProblem as refused:
        if refused.status != 422:
            raise
        problem, found = problem_sentence(refused, page._), {"items": [], "next": None}
        balance = await page.get("funding", "/ledger/balance")
    numbers = await numbers_of(page, found["items"], {})
    return await page.render(
        "funding/ledger.html", numbers=numbers, items=found["items"], next=found["next"], wanted=wanted, balance=balance,
        problem=problem,
        accounts=words("account"), filtered=any(value for name, value in wanted.items() if name != "after"),
    )  # fmt: skip


@router.get("/funding/ledger/export/{form}")
async def exported(form: Literal["csv", "xlsx"], page: Page = signed_in(*SIDES)) -> Response:
    """All lines that the filters leave, not only the page that is shown."""
    labels = {
        "booked_at": page._("Date"), "year": page._("Budget year"), "event": page._("Event"), "account": page._("Account"),
        "account_name": page._("Account’s name"), "debit": page._("Debit (€)"), "credit": page._("Credit (€)"),
        "number": page._("Agreement"), "agreement_id": page._("Agreement’s id"), "envelope_id": page._("Envelope’s id"),
    }  # fmt: skip
    columns = [Column(name, label) for name, label in labels.items()]
    return export(page, _rows(page, asked(page)), columns, form, "ledger")


async def numbers_of(page: Page, rows: list[dict[str, Any]], known: dict[str, str]) -> dict[str, str]:
    """The numbers of these rows' agreements, added to those that are known."""
    wanted = sorted({row["agreement_id"] for row in rows if row["agreement_id"]} - known.keys())
    for start in range(0, len(wanted), MOST_AGREEMENTS):
        found = await page.get("funding", "/agreements", ids=wanted[start : start + MOST_AGREEMENTS])
        known |= {each["agreement_id"]: each["number"] or each["agreement_id"][:8] for each in found}
    return known


async def _rows(page: Page, wanted: dict[str, str]) -> AsyncIterator[dict[str, Any]]:
    after, numbers = "", dict[str, str]()
    while True:
        found = await page.get(
            "funding", "/ledger/rows", **{**as_instants(wanted), "after": after}, limit=EXPORTED_AT_ONCE
        )
        numbers = await numbers_of(page, found["items"], numbers)
        for item in found["items"]:
            yield {
                **item,
                "number": numbers.get(item["agreement_id"]),
                "booked_at": instant(item["booked_at"]),
                "event": page._(word("ledger_event", item["event"])),
                "account_name": page._(word("account", item["account"])),
                "debit": Decimal(item["debit_cents"]) / 100,
                "credit": Decimal(item["credit_cents"]) / 100,
            }
        after = found["next"]
        if not after:
            return


def _known(text: str) -> str:
    return text if _UUID.fullmatch(text) else ""
