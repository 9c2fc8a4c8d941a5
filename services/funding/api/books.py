"""Routes of envelopes, of the books, of what waits for whom, and of what must always hold."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Query

from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, Forbidden, allow
from services.funding import commands
from services.funding.api.bodies import RulingBody
from services.funding.api.lists import in_order
from services.funding.api.views import STAFF, envelope_view, work_view, years_view
from services.funding.domain.ledger import ACCOUNTS
from services.funding.handlers import books, envelopes
from services.funding.rows import WORK, Order, work_for
from services.funding.store import Store

Answer = dict[str, Any]
READERS = ("accountant", "authorising_officer", "operator")
Worker = Literal["applicant", "programme_officer", "authorising_officer", "accountant"]
Limit = Annotated[int, Query(ge=1, le=500)]


def add_envelopes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/envelopes/{envelope_id}")
    async def one(envelope_id: UUID, caller: Caller = allow(*STAFF)) -> Answer:
        return envelope_view(await store.envelope(envelope_id))

    @api.get("/envelopes/{envelope_id}/years")
    async def years(envelope_id: UUID, caller: Caller = allow(*STAFF)) -> list[dict[str, int]]:
        """Commitments (AE) and payments (CP) by budget year."""
        await store.envelope(envelope_id)
        return years_view(await store.balance_by_year(envelope_id))

    @api.post("/envelopes/{envelope_id}/decisions", status_code=201)
    async def decision(
        envelope_id: UUID, body: RulingBody, caller: Caller = allow("deciding_authority"), *, command_id: CommandId
    ) -> Answer:
        command = commands.DecideEnvelope(
            command_id=command_id, by=caller.person_id, envelope_id=envelope_id, **body.model_dump()
        )
        return await envelopes.decide_envelope(command, store, clock)


def add_ledger(api: FastAPI, store: Store) -> None:
    @api.get("/ledger")
    async def entries(after: str = "", limit: Limit = 100, caller: Caller = allow(*READERS)) -> Answer:
        """Entries by instant; ``after`` is the ``next`` of the page before."""
        found = await store.entries(after, limit)
        return {
            "items": [entry.model_dump(mode="json") for _, entry in found],
            "next": found[-1][0] if len(found) == limit else None,
        }

    @api.get("/ledger/balance")
    async def balance(caller: Caller = allow(*READERS)) -> Answer:
        sums = await store.balance()
        accounts = [
            {"account": account, "debit_cents": sums[account][0], "credit_cents": sums[account][1]}
            for account in ACCOUNTS
            if account in sums
        ]
        debit, credit = (sum(each[side] for each in sums.values()) for side in (0, 1))
        return {"accounts": accounts, "debit_cents": debit, "credit_cents": credit}

    @api.get("/internal/invariants")
    async def invariants(caller: Caller = allow("operator", "administrator")) -> dict[str, bool]:
        return await books.invariants(store)


def add_work(api: FastAPI, store: Store) -> None:
    @api.get("/work")
    async def work(
        role: Worker,
        step: Annotated[str, Query(max_length=40)] = "",
        order: Order = Depends(in_order),
        caller: Caller = allow(),
    ) -> Answer:
        """What waits for the caller in ``role``, all or of one ``step``; ``steps`` counts all of it by step."""
        if role != "applicant" and not caller.has(role):
            raise Forbidden(allowed=[role])
        owner = caller.person_id if role == "applicant" else None
        found, following = await store.rows.page(WORK, work_for(role, caller.person_id, owner, step), order)
        steps = await store.rows.counts(WORK, work_for(role, caller.person_id, owner), "state.work.step")
        items = [
            work_view(agreement, work)
            for agreement, key in found
            for work in agreement.work
            if work.role == role and [work.step, work.part_id and str(work.part_id)] == key
        ]
        return {"items": items, "next": following, "steps": steps}
