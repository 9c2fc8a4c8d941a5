"""Batches of decisions: planned with a preview, scheduled, undone, and carried out item by item."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from contracts.decision import Refusal
from services.applications.batch_commands import BeginBatch, PlanBatch, RecordResults, Result, ScheduleBatch, UndoBatch
from services.applications.domain import batches
from services.applications.domain.application import Application
from services.applications.domain.batches import Batch, Item
from services.applications.handlers.bulk import SIDE_BY_SIDE, each
from services.applications.handlers.instruction import decide_application
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.database import Busy

Answer = dict[str, Any]


async def plan_batch(command: PlanBatch, found: Sequence[Application], store: Store, clock: Clock) -> Answer:
    """Keep the preview of the decision on these applications. Nothing is decided yet."""
    call, now = await store.fresh_call(command.call_id), clock.now()
    items = batches.preview(command, {each.application_id: each for each in found}, call, now)
    return await store.batches.batches.decide(
        str(command.batch_id), command, lambda state: batches.plan(state, command, items, now)
    )


async def schedule_batch(command: ScheduleBatch, store: Store, clock: Clock) -> Answer:
    answer = await store.batches.batches.decide(
        str(command.batch_id), command, lambda state: batches.schedule(state, command, clock.now())
    )
    store.batches.due_now.set()
    return answer


async def undo_batch(command: UndoBatch, store: Store, clock: Clock) -> Answer:
    return await store.batches.batches.decide(
        str(command.batch_id), command, lambda state: batches.undo(state, command, clock.now())
    )


async def carry_out(batch_id: UUID, ours: Callable[[], Awaitable[bool]], store: Store, clock: Clock) -> None:
    """Decide on every item that is left, side by side within bounds, as long as ``ours`` says so.

    What was decided before a crash is asked for again under the same id and gets its first answer.
    """
    key, begin = str(batch_id), BeginBatch(command_id=uuid4(), batch_id=batch_id)
    await store.batches.batches.decide(key, begin, lambda state: batches.begin(state, begin, clock.now()))
    batch = batches.existing(await store.batches.load(batch_id))
    left = batch.ready
    for start in range(0, len(left), SIDE_BY_SIDE):
        if not await ours():
            return
        found = await each(left[start : start + SIDE_BY_SIDE], lambda item: _result(batch, item, store, clock))
        await _record(batch_id, tuple(result for result in found if result), store, clock)


async def _record(batch_id: UUID, results: tuple[Result, ...], store: Store, clock: Clock) -> None:
    command = RecordResults(command_id=uuid4(), batch_id=batch_id, results=results)
    await store.batches.batches.decide(
        str(batch_id), command, lambda state: batches.record(state, command, clock.now())
    )


async def _result(batch: Batch, item: Item, store: Store, clock: Clock) -> Result | None:
    """What came of the item; nothing when it has to be tried again."""
    assert batch.private  # noqa: S101
    assert batch.scheduled_by  # noqa: S101
    command = batches.order(batch.batch_id, item.application_id, batch.scheduled_by, batch, batch.private.reason)
    try:
        answer = await decide_application(command, store, clock)
    except Busy:
        return None
    except Refusal as refusal:
        return Result(application_id=item.application_id, code=refusal.code)
    return Result(application_id=item.application_id, status=answer["status"])
