"""Calls: published, extended, opened and closed; their drafts reminded."""

from typing import Any

from contracts.calls import CloseCall, OpenCall, RemindDrafts
from services.applications.commands import ExtendDeadline, FreezeCall, PublishCall
from services.applications.domain import calls
from services.applications.domain.refusals import CallNumberTaken
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.database import Taken

Answer = dict[str, Any]


async def publish_call(command: PublishCall, store: Store, clock: Clock) -> Answer:
    try:
        return await store.calls.decide(
            str(command.call_id), command, lambda state: calls.publish(state, command, clock.now())
        )
    except Taken:
        raise CallNumberTaken(field="number") from None


async def extend_deadline(command: ExtendDeadline, store: Store, clock: Clock) -> Answer:
    answer = await store.calls.decide(
        str(command.call_id), command, lambda state: calls.extend(state, command, clock.now())
    )
    await store.fresh_call(command.call_id)
    return answer


async def open_call(command: OpenCall, store: Store, clock: Clock) -> None:
    await store.calls.decide(str(command.call_id), command, lambda state: calls.open_call(state, command, clock.now()))


async def remind_drafts(command: RemindDrafts, store: Store) -> None:
    drafts = await store.drafts(command.call_id)
    await store.calls.decide(str(command.call_id), command, lambda state: calls.remind(state, command, drafts))


async def close_call(command: CloseCall, store: Store, clock: Clock) -> None:
    submitted = await store.count_submitted(command.call_id)
    await store.calls.decide(
        str(command.call_id), command, lambda state: calls.close(state, command, submitted, clock.now())
    )


async def freeze_pool(command: FreezeCall, store: Store, clock: Clock) -> None:
    """First nothing more can be decided eligible, then what is eligible is marked."""
    await store.calls.decide(str(command.call_id), command, lambda state: calls.freeze(state, command, clock.now()))
    await store.freeze_pool(command.call_id)
