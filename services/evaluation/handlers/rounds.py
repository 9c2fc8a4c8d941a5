"""A round is set up by its call, opened by freezing the pool, reminded of and extended by its workflow."""

import secrets
from typing import Any
from uuid import UUID

from contracts.decision import Refusal
from contracts.evaluation import ExtendRound, FreezePool, RemindMembers
from services.chassis.clock import Clock
from services.evaluation.commands import SetUpRound
from services.evaluation.domain import rounds
from services.evaluation.store.store import Store

Answer = dict[str, Any]


async def set_up_round(command: SetUpRound, store: Store) -> Answer:
    return await store.decide(command.round_id, command, lambda state: rounds.set_up(state, command))


async def freeze_pool(command: FreezePool, store: Store) -> None:
    """Freeze the pool now or, while applications are undecided or their events under way, with the last of these events.

    Raises ``RoundUnknown``; other refusals are told to the workflow when all is decided.
    """
    await store.round(command.call_id)
    await store.facts.freeze_asked(command)
    await freeze_when_decided(command.call_id, store)


async def freeze_when_decided(call_id: UUID, store: Store) -> None:
    """Answer the freezing that a workflow waits for, if there is one and nothing is undecided any more."""
    command = await store.facts.freeze_pending(call_id)
    if command is None:
        return
    undecided, eligible = await store.facts.eligible(call_id)
    if undecided:
        return
    try:
        await _freeze(command, eligible, store)
    except Refusal as refusal:
        await store.refuse(command, refusal)
    await store.facts.freeze_answered(command)


async def _freeze(command: FreezePool, eligible: list[UUID], store: Store) -> Answer:
    if eligible:
        await store.pools.freeze(command.call_id, {each: secrets.token_hex(8) for each in eligible})
    pool = await store.pools.pool(command.call_id)
    labels = await store.pools.labels(command.call_id)
    digest = rounds.pool_digest(pool)
    seed = rounds.draw_seed(command.call_id, digest, labels.values())
    return await store.decide(
        command.call_id, command, lambda state: rounds.freeze(state, command, len(pool), digest, seed)
    )


async def remind_members(command: RemindMembers, store: Store, clock: Clock) -> Answer:
    sitting = (await store.panel(command.round_id)).sitting
    waiting = [seat.member_id for seat in sitting if await store.ballots.has_empty(command.round_id, seat.member_id)]
    return await store.decide(
        command.round_id, command, lambda state: rounds.remind(state, command, waiting, clock.now())
    )


async def extend_round(command: ExtendRound, store: Store) -> Answer:
    return await store.decide(command.round_id, command, lambda state: rounds.extend(state, command))


async def describe(round_id: UUID, store: Store, officer: bool) -> Answer:
    """What a signed-in person may know of a round; an officer also sees how far it is."""
    state = await store.round(round_id)
    shown: Answer = state.model_dump(
        mode="json",
        include={"round_id", "number", "status", "criteria", "colleges", "closes_at", "extended", "draw_seed"},
    )
    shown["schedule"] = state.schedule.model_dump(mode="json")
    if officer:
        undecided = (await store.facts.eligible(round_id))[0] if state.status == "planned" else 0
        shown["assigning"] = state.assigning is not None
        shown |= {"applications": state.pool_size, "pool_digest": state.pool_digest, "undecided": undecided}
        shown |= state.counts.model_dump() if state.counts else {"below_quorum": state.below_quorum}
    return shown


async def listed(member_id: UUID | None, store: Store) -> list[Answer]:
    """The rounds on whose panel a person is, or all of them."""
    shown = {"round_id", "number", "status", "closes_at"}
    return [found.model_dump(mode="json", include=shown) for found in await store.rounds(member_id)]
