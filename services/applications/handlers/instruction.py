"""Instruction: by rule, one or all of a call; by an officer; corrected when mistaken; pieces asked for."""

from collections import Counter
from typing import Any
from uuid import UUID, uuid5

from contracts.decision import Refusal
from services.applications import commands
from services.applications.domain import calls, corrections, instruction
from services.applications.domain.calls import Call
from services.applications.handlers.bulk import each
from services.applications.store import Store
from services.chassis.clock import Clock

Answer = dict[str, Any]


async def _fresh(application_id: UUID, store: Store) -> Call:
    return await store.fresh_call((await store.call_of(application_id)).call_id)


async def instruct_application(command: commands.InstructApplication, store: Store, clock: Clock) -> Answer:
    call = await _fresh(command.application_id, store)
    return await _instruct(command, call, store, clock)


async def _instruct(command: commands.InstructApplication, call: Call, store: Store, clock: Clock) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: instruction.instruct(state, command, call, clock.now())
    )


async def instruct_call(
    call_id: UUID, person_id: UUID, command_id: UUID, limit: int, store: Store, clock: Clock
) -> Answer:
    """Instruct up to ``limit`` applications of the call by its rules; how many came out how, and how many remain.

    An application that changed meanwhile is left for the next time.
    """
    call = await store.fresh_call(call_id)
    calls.require_unfrozen(call)
    waiting = await store.instructable(call_id, clock.now())

    async def act(application_id: UUID) -> str | None:
        command = commands.InstructApplication(
            command_id=uuid5(command_id, str(application_id)), application_id=application_id, person_id=person_id
        )
        try:
            return str((await _instruct(command, call, store, clock))["status"])
        except Refusal:
            return None

    outcomes = Counter(await each(waiting[:limit], act))
    skipped = outcomes.pop(None, 0)
    counts = {name: outcomes.get(name, 0) for name in ("eligible", "ineligible", "inadmissible")}
    return {"call_id": str(call_id), **counts, "skipped": skipped, "remaining": max(0, len(waiting) - limit)}


async def decide_application(command: commands.DecideApplication, store: Store, clock: Clock) -> Answer:
    call = await _fresh(command.application_id, store)
    return await store.applications.decide(
        str(command.application_id), command, lambda state: instruction.decide(state, command, call, clock.now())
    )


async def replace_decision(command: commands.ReplaceDecision, store: Store, clock: Clock) -> Answer:
    call = await _fresh(command.application_id, store)
    return await store.applications.decide(
        str(command.application_id), command, lambda state: instruction.replace(state, command, call, clock.now())
    )


async def request_correction(command: commands.RequestCorrection, store: Store, clock: Clock) -> Answer:
    call = await _fresh(command.application_id, store)
    return await store.applications.decide(
        str(command.application_id), command, lambda state: corrections.request(state, command, call, clock.now())
    )
