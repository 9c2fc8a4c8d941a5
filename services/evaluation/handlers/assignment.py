"""Assignment: a plan is written down before anything is given, so that whoever finds it half carried out can finish it."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4, uuid5

from contracts.evaluation import ConflictSource
from services.evaluation.commands import (
    AssignApplications,
    FinishAssignment,
    GiveReading,
    RecordConflict,
    TakeReading,
)
from services.evaluation.domain import conflicts, readings, refusals, rounds
from services.evaluation.domain.assignment import Pair, Plan, Reader, plan
from services.evaluation.domain.rounds import Round, Run
from services.evaluation.store.store import Store, conflict_key, readings_key

ANSWERED_WITHIN_SECONDS = 15.0
_LOOK_SECONDS = 0.05
_TURNS = 5


async def assign_applications(command: AssignApplications, store: Store) -> dict[str, Any]:
    """Carry out a new assignment, after finishing one that was left half done.

    Raises ``Underway`` when others always came first.
    """
    for _ in range(_TURNS):
        try:
            begun = await store.decide(command.round_id, command, lambda state: rounds.begin_assignment(state, command))
        except refusals.Underway:
            await carry_out(command.round_id, store)
            continue
        await carry_out(command.round_id, store)
        return await _outcome(command.round_id, begun["run"], store)
    raise refusals.Underway


async def ask_assignment(command: AssignApplications, store: Store) -> dict[str, Any]:
    """Open an assignment for the assigner; its outcome, or that it is under way when that takes longer than a person waits.

    Raises ``Underway`` while another is being carried out.
    """
    begun = await store.decide(command.round_id, command, lambda state: rounds.begin_assignment(state, command))
    store.opened.set()
    loop = asyncio.get_running_loop()
    deadline = loop.time() + ANSWERED_WITHIN_SECONDS
    while (await store.round(command.round_id)).runs < begun["run"]:
        if loop.time() > deadline:
            return {"run": begun["run"], "under_way": True}
        await asyncio.sleep(_LOOK_SECONDS)
    return await _outcome(command.round_id, begun["run"], store)


async def _outcome(round_id: UUID, run: int, store: Store) -> dict[str, Any]:
    made = await store.pools.plan(round_id, run)
    given = sum(map(len, made.added.values())) if made else 0
    return {"run": run, "assigned": given, "short": made.short if made else 0}


async def carry_out(round_id: UUID, store: Store) -> None:
    """Give everything that the assignment under way planned: empty ballots first, then the right to read."""
    state = await store.round(round_id)
    run = state.assigning
    if run is None:
        return
    planned = await _plan(state, run, store)
    for member_id, application_ids in planned.added.items():
        if application_ids:
            await _give(state, run, member_id, application_ids, store)
    await reconcile(round_id, store)
    finish = FinishAssignment(command_id=uuid5(round_id, f"finish/{run.number}"), round_id=round_id, run=run.number)
    await store.decide(round_id, finish, lambda found: rounds.finish_assignment(found, finish))


async def _give(state: Round, run: Run, member_id: UUID, application_ids: list[UUID], store: Store) -> None:
    await store.ballots.make(state.round_id, member_id, application_ids)
    command = GiveReading(
        command_id=uuid5(state.round_id, f"give/{run.number}/{member_id}"),
        round_id=state.round_id,
        member_id=member_id,
        application_ids=tuple(application_ids),
    )
    key = readings_key(state.round_id, member_id)
    await store.readings.decide(key, command, lambda found: readings.give(found, command))


async def _plan(state: Round, run: Run, store: Store) -> Plan:
    if made := await store.pools.plan(state.round_id, run.number):
        return made
    sitting = (await store.panel(state.round_id)).sitting
    readers = [Reader(seat.member_id, seat.college) for seat in sitting if run.alternate in (None, seat.member_id)]
    blocked = await _derive(state, [reader.member_id for reader in readers], store)
    wanted = await _staying(state.round_id, store)
    rules = state.rules
    if run.resigned is not None:
        wanted = sorted(set(wanted) & set(await store.reads(state.round_id, run.resigned)))
        rules = rules.model_copy(update={"readings_per_college": None})
    existing = {reader.member_id: await store.reads(state.round_id, reader.member_id) for reader in readers}
    seed = state.draw_seed or ""
    made = await asyncio.to_thread(plan, readers, wanted, blocked, existing, rules, seed)
    await store.pools.keep_plan(state.round_id, run.number, made)
    return await store.pools.plan(state.round_id, run.number) or made


async def _staying(round_id: UUID, store: Store) -> list[UUID]:
    left = await store.facts.left(round_id)
    return [each for each in await store.pools.pool(round_id) if each not in left]


async def _derive(state: Round, member_ids: Collection[UUID], store: Store) -> set[Pair]:
    """Record the conflicts that follow from what is known now; all pairs that a conflict blocks."""
    recorded = await store.conflicts_of(state.round_id)
    known = {(each.member_id, each.application_id) for each in recorded}
    blocked = {(each.member_id, each.application_id) for each in recorded if each.status == "blocking"}
    pool = set(await store.pools.pool(state.round_id))
    persons = await store.facts.persons(member_ids)
    candidates = [each for each in await store.facts.candidates(state.round_id) if each.application_id in pool]
    for member_id, application_id, source in conflicts.derive(persons, candidates):
        if (member_id, application_id) in known:
            continue
        await _record(state.round_id, member_id, application_id, source, store)
        blocked.add((member_id, application_id))
    return blocked


async def _record(round_id: UUID, member_id: UUID, application_id: UUID, source: ConflictSource, store: Store) -> None:
    command = RecordConflict(
        command_id=uuid5(round_id, f"derive/{member_id}/{application_id}"),
        round_id=round_id,
        member_id=member_id,
        application_id=application_id,
        source=source,
    )
    key = conflict_key(round_id, member_id, application_id)
    await store.conflicts.decide(key, command, lambda found: conflicts.record(found, command))


async def reconcile(round_id: UUID, store: Store) -> None:
    """Set aside what conflicts, withdrawals and resignations leave no room for, whatever happened meanwhile."""
    panel = await store.panel(round_id)
    left = await store.facts.left(round_id) & set(await store.pools.pool(round_id))
    blocked = {(seat.member_id, each) for seat in panel.seats for each in left}
    blocked |= {
        (each.member_id, each.application_id)
        for each in await store.conflicts_of(round_id)
        if each.status == "blocking"
    }
    await take(round_id, blocked, store)
    for member_id in panel.resigned:
        await store.ballots.set_aside_all(round_id, member_id)


async def take(round_id: UUID, pairs: Collection[Pair], store: Store) -> None:
    """Set the open ballots of these pairs aside, and take the right to read from whoever has it."""
    await store.ballots.set_aside(round_id, pairs)
    by_member: dict[UUID, set[UUID]] = defaultdict(set)
    for member_id, application_id in pairs:
        by_member[member_id].add(application_id)
    for member_id, application_ids in by_member.items():
        if gone := application_ids.intersection(await store.reads(round_id, member_id)):
            await take_readings(round_id, member_id, tuple(sorted(gone)), store)


async def take_readings(
    round_id: UUID, member_id: UUID, application_ids: tuple[UUID, ...] | None, store: Store
) -> None:
    """Take these readings, or all, from a member."""
    command = TakeReading(command_id=uuid4(), round_id=round_id, member_id=member_id, application_ids=application_ids)
    key = readings_key(round_id, member_id)
    await store.readings.decide(key, command, lambda found: readings.take(found, command))
