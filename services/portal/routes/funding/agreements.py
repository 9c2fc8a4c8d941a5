"""Agreements: found by what staff knows of them, and one with its tranches, its bank details and its recoveries."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal import places
from services.portal.admission import signed_in
from services.portal.backend import ServiceProblem
from services.portal.names import names
from services.portal.page import Page
from services.portal.roles import MONEY, MONEY_READERS
from services.portal.routes.funding.acts import ACTS, actors, in_turn
from services.portal.routes.funding.documents import kept
from services.portal.words import problem_sentence, words

router = APIRouter()
FILTERS = ("number", "siret", "status", "departement", "theme")
SORTS = ("number", "amount", "since")
PER_PAGE = 50


@router.get("/funding/agreements")
async def listed(page: Page = signed_in(*MONEY_READERS)) -> Response:
    given = page.request.query_params
    wanted = {name: given.get(name, "").strip()[:100] for name in (*FILTERS, "after")}
    wanted["siret"] = wanted["siret"].replace(" ", "")
    wanted["sort"] = given["sort"] if given.get("sort") in SORTS else SORTS[0]
    wanted["order"] = "desc" if given.get("order") == "desc" else "asc"
    problem = ""
    found: dict[str, Any] = {"items": [], "next": None}
    try:
        found = await page.get("funding", "/agreements/search", **wanted, limit=PER_PAGE)
    except ServiceProblem as refused:
        if refused.status != 422:
            raise
        problem = problem_sentence(refused, page._)
    return await page.render(
        "funding/agreements.html", items=found["items"], next=found["next"], wanted=wanted, problem=problem,
        statuses=words("agreement_status"), departements=places.departements(), departement=places.departement,
        filtered=any(wanted[name] for name in FILTERS),
    )  # fmt: skip


@router.get("/funding/agreements/{agreement_id}")
async def one(agreement_id: UUID, page: Page = signed_in(*MONEY_READERS)) -> Response:
    agreement = await page.get("funding", f"/agreements/{agreement_id}")
    bank = agreement["bank_details"] or {}
    people = actors(agreement["tranches"]) | set(bank.get("confirmed_by", ()))
    people |= {recovery["ordered_by"] for recovery in agreement["recoveries"]}
    return await page.render(
        "funding/agreement.html", agreement=agreement, names=await names(page, people), may=_may(page, agreement),
        departement=places.departement, documents=await kept(page, agreement_id), opens=page.has(*MONEY),
    )  # fmt: skip


def _may(page: Page, agreement: dict[str, Any]) -> dict[str, list[str]]:
    """The acts that the reader's roles allow, by what they are on, as far as the agreement's state goes."""
    mine = [act for act in ACTS if page.has(*act.roles)]
    return {
        "tranches": [act.name for act in mine if act.on == "tranches"],
        "agreements": [act.name for act in mine if act.on == "agreements" and in_turn(page, act, agreement, None)],
        "recoveries": [act.name for act in mine if act.on == "recoveries"],
    }
