"""Routes of lists for the ordering and the paying side: agreements, payments, recoveries, rows of the books."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Query
from pydantic import AwareDatetime

from contracts.model import Code, Departement, Number, Siret
from services.chassis.identity import Caller, allow
from services.funding.api.views import STAFF, brief
from services.funding.domain.agreement import Agreement, AgreementStatus
from services.funding.rows import PAYMENTS, RECOVERIES, Order, Sort, payments_of, recoveries_of
from services.funding.store import Store

Answer = dict[str, Any]
READERS = ("programme_officer", "authorising_officer", "accountant", "deciding_authority", "operator")
After = Annotated[str, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]
Outcome = Literal["pending", "settled", "rejected"]


def in_order(
    sort: Sort = "since", order: Literal["asc", "desc"] = "asc", after: After = "", limit: Limit = 50
) -> Order:
    """A page of rows; ``after`` is the ``next`` of the page before in the same order."""
    return Order(sort, order == "desc", after, limit)


def add_lists(api: FastAPI, store: Store) -> None:
    @api.get("/agreements/search")
    async def agreements(
        number: Number | None = None,
        siret: Siret | None = None,
        status: AgreementStatus | None = None,
        envelope_id: UUID | None = None,
        departement: Departement | None = None,
        theme: Code | None = None,
        sort: Sort = "number",
        order: Literal["asc", "desc"] = "asc",
        after: After = "",
        limit: Limit = 50,
        caller: Caller = allow(*STAFF),
    ) -> Answer:
        """Agreements in an order; ``after`` is the ``next`` of the page before in the same order."""
        found, following = await store.register.in_order(
            sort, order == "desc", after, limit, number=number, siret=siret, status=status, envelope_id=envelope_id,
            departement=departement, theme=theme,
        )  # fmt: skip
        return {"items": [_short(each) for each in found], "next": following}

    @api.get("/payments")
    async def payments(
        state: Outcome | None = None,
        number: Number | None = None,
        order: Order = Depends(in_order),
        caller: Caller = allow(*READERS),
    ) -> Answer:
        """Payments with the bank's answer, of all agreements or of one; ``since`` is when they were handed to the bank."""
        found, following = await store.rows.page(PAYMENTS, payments_of(number, state), order)
        return {"items": [_payment(agreement, str(key[0])) for agreement, key in found], "next": following}

    @api.get("/recoveries")
    async def recoveries(
        collected: bool | None = None,
        number: Number | None = None,
        order: Order = Depends(in_order),
        caller: Caller = allow(*READERS),
    ) -> Answer:
        """Recovery orders, of all agreements or of one; ``since`` is when they were ordered."""
        found, following = await store.rows.page(RECOVERIES, recoveries_of(number, collected), order)
        return {"items": [_recovery(agreement, str(key[0])) for agreement, key in found], "next": following}


def add_rows(api: FastAPI, store: Store) -> None:
    @api.get("/ledger/rows")
    async def rows(
        account: Annotated[str | None, Query(max_length=64)] = None,
        agreement_id: UUID | None = None,
        envelope_id: UUID | None = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        after: After = "",
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
        caller: Caller = allow("accountant", "authorising_officer", "operator"),
    ) -> Answer:
        """The books line by line, to be shown or exported; a page holds up to ``limit`` entries, whole or on ``account``."""
        found = await store.register.entries(
            after, limit, since, until, account=account, agreement_id=agreement_id, envelope_id=envelope_id
        )
        lines = [
            {**entry.model_dump(mode="json", exclude={"lines"}), **line.model_dump(mode="json")}
            for _, entry in found
            for line in entry.lines
            if account in (None, line.account)
        ]
        return {"items": lines, "next": found[-1][0] if len(found) == limit else None}


def _short(agreement: Agreement) -> Answer:
    shown = agreement.model_dump(mode="json", include={"status", "since", "amount_cents", "signed_at", "closed_at"})
    figures = {"paid_cents": agreement.paid_cents, "committed_cents": agreement.committed_cents}
    return {**brief(agreement), **shown, **figures, "waits_for": list(agreement.waits_for)}


def _payment(agreement: Agreement, payment_id: str) -> Answer:
    tranche, payment = next(
        (tranche, each)
        for tranche in agreement.tranches
        for each in tranche.payments
        if str(each.payment_id) == payment_id
    )
    return {
        **brief(agreement),
        "tranche_id": str(tranche.tranche_id),
        "code": tranche.code,
        "amount_cents": tranche.amount_cents,
        **payment.model_dump(mode="json"),
        "file": f"/payments/{payment_id}/file",
    }


def _recovery(agreement: Agreement, recovery_id: str) -> Answer:
    recovery = next(each for each in agreement.recoveries if str(each.recovery_id) == recovery_id)
    return {**brief(agreement), **recovery.model_dump(mode="json")}
