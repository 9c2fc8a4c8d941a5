"""Routes of decisions on many applications together, for programme officers: preview, confirm, undo until they are sent."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI, Query
from pydantic import Field

from contracts.decision import NotFound
from contracts.model import Code, Id, Instant, Model
from services.applications.api.lists import Wishes
from services.applications.batch_commands import MOST_ITEMS, PlanBatch, ScheduleBatch, UndoBatch
from services.applications.commands import Reason
from services.applications.domain.application import Application, Outcome
from services.applications.domain.batches import Batch
from services.applications.domain.refusals import BatchTooLarge, NothingToDecide
from services.applications.handlers import batches, listing
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
OFFICER = "programme_officer"


class NewBatch(Model):
    """One decision on all of ``application_ids``, or without them on the list that the query's filters give."""

    application_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    decision: Outcome
    rule: Code
    reason: Reason


class Sending(Model):
    """``sends_at``: an instant, or ``now``; without it ten minutes from now."""

    sends_at: Instant | Literal["now"] | None = None


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _planning(api, store, clock)
    _sending(api, store, clock)
    _reading(api, store)


def _planning(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/calls/{call_id}/decision-batches", status_code=201)
    async def plan_batch(
        call_id: UUID, body: NewBatch, wanted: Wishes, caller: Caller = allow(OFFICER), *, command_id: CommandId
    ) -> Answer:
        """What the decision would do to each application, and which it is refused for and why; nothing is decided yet."""
        if body.application_ids is None:
            found = await _listed(call_id, wanted, store, clock)
        else:
            found = await store.by_ids(body.application_ids)
        command = PlanBatch(
            command_id=command_id,
            batch_id=command_id,
            call_id=call_id,
            person_id=caller.person_id,
            application_ids=body.application_ids or tuple(each.application_id for each in found),
            outcome=body.decision,
            rule=body.rule,
            reason=body.reason,
        )
        await batches.plan_batch(command, found, store, clock)
        return await _shown(command_id, store)


async def _listed(call_id: UUID, wanted: Wishes, store: Store, clock: Clock) -> list[Application]:
    filters = wanted.filters(store.registers.tag)
    number, found = await listing.export(call_id, filters, wanted.order, store, clock)
    if number > MOST_ITEMS:
        raise BatchTooLarge(allowed=MOST_ITEMS)
    if not number:
        raise NothingToDecide
    return [application async for application, _ in found]


def _sending(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/decision-batches/{batch_id}/send")
    async def schedule_batch(
        batch_id: UUID, body: Sending | None = None, caller: Caller = allow(OFFICER), *, command_id: CommandId
    ) -> Answer:
        """Confirm the batch; until it is sent, its time can be changed and it can be undone."""
        sends_at = body.sends_at if body else None
        command = ScheduleBatch(
            command_id=command_id,
            batch_id=batch_id,
            person_id=caller.person_id,
            sends_at=None if sends_at == "now" else sends_at,
            at_once=sends_at == "now",
        )
        return await batches.schedule_batch(command, store, clock)

    @api.post("/decision-batches/{batch_id}/undo")
    async def undo_batch(batch_id: UUID, caller: Caller = allow(OFFICER), *, command_id: CommandId) -> Answer:
        """Give the batch up, as long as it is not being sent."""
        command = UndoBatch(command_id=command_id, batch_id=batch_id, person_id=caller.person_id)
        return await batches.undo_batch(command, store, clock)


def _reading(api: FastAPI, store: Store) -> None:
    @api.get("/calls/{call_id}/decision-batches")
    async def list_batches(
        call_id: UUID,
        before: Annotated[str, Query(max_length=40)] = "",
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
        caller: Caller = allow(OFFICER),
    ) -> Answer:
        """The call's batches, the latest first, without their items; ask again ``before`` what ``next`` says."""
        found, further = await store.batches.of_call(call_id, before, limit)
        return {"batches": [_line(batch) for batch in found], "next": further}

    @api.get("/decision-batches/{batch_id}")
    async def read_batch(batch_id: UUID, caller: Caller = allow(OFFICER)) -> Answer:
        """A batch with what becomes, or became, of each application."""
        return await _shown(batch_id, store)


async def _shown(batch_id: UUID, store: Store) -> Answer:
    batch = await store.batches.load(batch_id)
    if batch is None:
        raise NotFound
    reason = batch.private.reason if batch.private else None
    return {**_line(batch), "reason": reason, "items": [item.model_dump(mode="json") for item in batch.items]}


def _line(batch: Batch) -> Answer:
    shown = batch.model_dump(mode="json", exclude={"items", "private", "outcome"})
    return {**shown, "decision": batch.outcome, "counts": batch.counts()}
