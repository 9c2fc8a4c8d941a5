"""Every act on an agreement, a tranche or a recovery: a page that says what will happen, then the act, in its own role."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from services.portal.admission import signed_in
from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.forms import Form
from services.portal.names import names
from services.portal.page import Page
from services.portal.roles import MONEY
from services.portal.routes.funding.amounts import cents_of
from services.portal.routes.funding.documents import kept
from services.portal.words import words

router = APIRouter()
ORDERING, PAYING = ("authorising_officer",), ("accountant",)


@dataclass(frozen=True, slots=True)
class Act:
    """``path`` is funding's, below what is acted on; ``reasons`` names the words that its reason is chosen from."""

    name: str
    roles: tuple[str, ...]
    on: str
    path: str
    reasons: str = ""
    amount: bool = False


ACTS = (
    Act("certification", ORDERING, "tranches", "certification"),
    Act("order", ORDERING, "tranches", "order"),
    Act("acceptance", PAYING, "tranches", "acceptance"),
    Act("suspension", PAYING, "tranches", "suspension", "suspension_reason"),
    Act("suspension_lift", PAYING, "tranches", "suspension/lift"),
    Act("refusal", PAYING, "tranches", "refusal", "refusal_reason"),
    Act("issue", PAYING, "tranches", "payments"),
    Act("countersignature", ORDERING, "agreements", "countersignature"),
    Act("bank_details_confirmation", MONEY, "agreements", "bank-details/confirmations"),
    Act("recovery", ORDERING, "agreements", "recoveries", "recovery_reason", amount=True),
    Act("collection", PAYING, "recoveries", "collection"),
)


def _add(act: Act) -> None:
    address = f"/funding/{act.on}/{{thing}}/{act.name}"

    async def ask(thing: UUID, page: Page = signed_in(*act.roles)) -> Response:
        return await _asked(page, act, thing, Form())

    async def do(thing: UUID, page: Page = signed_in(*act.roles)) -> Response:
        return await _done(page, act, thing)

    router.get(address, name=f"ask_{act.name}")(ask)
    router.post(address, name=f"do_{act.name}")(do)


for _act in ACTS:
    _add(_act)


async def _asked(page: Page, act: Act, thing: UUID, form: Form, status: int = 200) -> Response:
    agreement, part = await _found(page, act, thing)
    service = await _service(page, agreement["agreement_id"]) if act.on == "tranches" else {}
    people = actors(agreement["tranches"]) | set((agreement["bank_details"] or {}).get("confirmed_by", ()))
    known = await names(page, people | {each["decided_by"] for each in service.get("reviews", ())})
    return await page.render(
        "funding/act.html", status=status, act=act, thing=thing, form=form, agreement=agreement, part=part, names=known,
        in_turn=in_turn(page, act, agreement, part), documents=await kept(page, agreement["agreement_id"]),
        service=service,
        reasons=[(code, page._(text)) for code, text in words(act.reasons).items()] if act.reasons else [],
    )  # fmt: skip


async def _service(page: Page, initiative_id: str) -> dict[str, Any]:
    """What coaching tells the two sides of the service done; why it tells nothing, in ``missing``."""
    try:
        found: dict[str, Any] = await page.get("coaching", f"/cycles/{initiative_id}/service")
    except ServiceDown:
        return {"missing": "away"}
    except ServiceProblem as problem:
        if problem.status != 404:
            raise
        return {"missing": "none"}
    return found


def in_turn(page: Page, act: Act, agreement: dict[str, Any], part: dict[str, Any] | None) -> bool:
    """Whether the act is one of those that may come next, as far as the agreement says."""
    if part is not None and act.on == "tranches":
        under_way = agreement["status"] == "signed" and not part["cancelling"]
        return under_way and act.name in part["next"]
    if part is not None:
        return not part["collected_at"]
    bank = agreement["bank_details"]
    possible: dict[str, bool] = {
        "countersignature": agreement["status"] == "signed_by_beneficiary",
        "bank_details_confirmation": bool(bank)
        and agreement["status"] not in ("stopped", "closed")
        and not bank["confirmed"]
        and page.person_id not in bank["confirmed_by"],
        "recovery": agreement["paid_cents"] > agreement["recovered_cents"],
    }
    return possible[act.name]


async def _done(page: Page, act: Act, thing: UUID) -> Response:
    form = Form.sent(page)
    body = _body(page, act, form)
    if not form.errors:
        try:
            await page.post("funding", f"/{act.on}/{thing}/{act.path}", body)
        except ServiceProblem as problem:
            if problem.status == 404:
                raise
            if problem.code == "already_confirmed":
                form.wrong("", page._("You have confirmed these bank details already, or two agents have."))
            form.refused(problem, page, {"amount_cents": "amount"})
    if form.errors:
        return await _asked(page, act, thing, form, 422)
    agreement, _ = await _found(page, act, thing)
    return await page.go(f"/funding/agreements/{agreement['agreement_id']}", done=page._("Done and recorded."))


def _body(page: Page, act: Act, form: Form) -> dict[str, Any] | None:
    body: dict[str, Any] = {}
    if act.reasons:
        body["reason"] = page.text("reason")
        if body["reason"] not in words(act.reasons):
            form.wrong("reason", page._("Choose a reason."))
    if act.amount:
        body["amount_cents"] = cents_of(page.text("amount"))
        if not body["amount_cents"]:
            form.wrong("amount", page._("Write an amount in euros above zero, for example 1 500 or 1 500,50."))
    if act.name == "bank_details_confirmation":
        version = page.text("details_version")
        body["details_version"] = int(version) if version.isascii() and version.isdecimal() else None
    return body or None


async def _found(page: Page, act: Act, thing: UUID) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The agreement, and the tranche or recovery in it that is acted on."""
    find: Callable[[dict[str, Any]], Any] = lambda _: None  # noqa: E731
    if act.on == "tranches":
        tranche = await page.get("funding", f"/tranches/{thing}")
        agreement_id = tranche["agreement_id"]
        find = lambda found: next(each for each in found["tranches"] if each["tranche_id"] == str(thing))  # noqa: E731
    elif act.on == "recoveries":
        agreement_id = page.request.query_params.get("agreement", "") or page.text("agreement")
        find = lambda found: next((e for e in found["recoveries"] if e["recovery_id"] == str(thing)), None)  # noqa: E731
        agreement_id = str(_uuid(agreement_id))
    else:
        agreement_id = str(thing)
    agreement = await page.get("funding", f"/agreements/{agreement_id}")
    part = find(agreement)
    if part is None and act.on != "agreements":
        raise ServiceProblem("funding", 404, {"code": "not_found"})
    return agreement, part


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ServiceProblem("funding", 404, {"code": "not_found"}) from None


def actors(tranches: Iterable[dict[str, Any]]) -> set[str]:
    """Everybody of staff who did a step of these tranches."""
    return {done["by"] for tranche in tranches for done in tranche.get("history", ()) if done.get("by")}
