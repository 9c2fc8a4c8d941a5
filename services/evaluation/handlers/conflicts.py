"""Conflicts of interest over HTTP: a member declares, an officer dismisses what was derived."""

from typing import Any
from uuid import UUID

from services.evaluation.commands import ConfirmConflict, DismissConflict, RecordConflict
from services.evaluation.domain import conflicts, refusals, rounds
from services.evaluation.handlers import assignment
from services.evaluation.store.store import Store, conflict_key


async def declare_conflict(command: RecordConflict, store: Store) -> dict[str, Any]:
    """The member never sees the application again."""
    round_id, member_id, application_id = command.round_id, command.member_id, command.application_id
    rounds.require_open(await store.round(round_id))
    (await store.panel(round_id)).seat(member_id)
    if application_id not in await store.pools.pool(round_id):
        raise refusals.ApplicationUnknown
    answer = await store.conflicts.decide(
        conflict_key(round_id, member_id, application_id), command, lambda state: conflicts.record(state, command)
    )
    await assignment.take(round_id, {(member_id, application_id)}, store)
    return answer


async def dismiss_conflict(command: DismissConflict, store: Store) -> dict[str, Any]:
    """The next assignment may give the application to the member."""
    rounds.require_open(await store.round(command.round_id))
    key = conflict_key(command.round_id, command.member_id, command.application_id)
    return await store.conflicts.decide(key, command, lambda state: conflicts.dismiss(state, command))


async def confirm_conflict(command: ConfirmConflict, store: Store) -> dict[str, Any]:
    """It blocks as before; nobody has to look at it again."""
    rounds.require_open(await store.round(command.round_id))
    key = conflict_key(command.round_id, command.member_id, command.application_id)
    return await store.conflicts.decide(key, command, lambda state: conflicts.confirm(state, command))


async def conflicts_of(round_id: UUID, store: Store) -> list[dict[str, Any]]:
    await store.round(round_id)
    shown = {"member_id", "application_id", "source", "status", "dismissed_by", "confirmed_by"}
    return [each.model_dump(mode="json", include=shown) for each in await store.conflicts_of(round_id)]
