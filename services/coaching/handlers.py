"""One function per command: load, decide, save. Each returns the answer that its asker gets."""

from collections.abc import Collection
from typing import Any

from contracts import coaching
from services.chassis.clock import Clock
from services.coaching import commands
from services.coaching.domain import check_ins, cycles, levers, messages, reviews, roadmap
from services.coaching.store import Store

Answer = dict[str, Any]


async def open_cycle(command: coaching.OpenCycle, store: Store) -> Answer:
    """Refused for a cycle that is over even when this very command opened it: its workflow has nothing left to do."""
    found = await store.find(command.initiative_id)
    if found and found.ended:
        cycles.open_cycle(found, command)
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.open_cycle(cycle, command)
    )


async def close_cycle(command: coaching.CloseCycle, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.close(cycle, clock.now())
    )


async def open_check_in(command: coaching.OpenCheckIn, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: check_ins.open_check_in(cycle, command)
    )


async def remind_check_in(command: coaching.RemindCheckIn, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: check_ins.remind(cycle, command)
    )


async def escalate_check_in(command: coaching.EscalateCheckIn, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: check_ins.escalate(cycle, command)
    )


async def open_review(command: coaching.OpenReview, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: reviews.open_review(cycle, command)
    )


async def escalate_review(command: coaching.EscalateReview, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: reviews.escalate(cycle, command)
    )


async def assign_mentor(command: commands.AssignMentor, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.assign_mentor(cycle, command)
    )


async def assign_officer(command: commands.AssignOfficer, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.assign_officer(cycle, command)
    )


async def send_message(command: commands.SendMessage, store: Store, clock: Clock) -> Answer:
    """Raises ``NotFound`` for whoever is not of the initiative."""
    cycle = messages.follower(await store.find(command.initiative_id), command.by, command.officer)
    sealed = await store.threads.seal(command.by, command.text)
    return await store.threads.messages.decide(
        str(command.command_id), command, lambda known: messages.send(known, command, cycle, sealed, clock.now())
    )


async def record_diagnosis(command: commands.RecordDiagnosis, store: Store) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: roadmap.diagnose(cycle, command)
    )


async def set_roadmap(command: commands.SetRoadmap, store: Store, clock: Clock, offered: Collection[str]) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: roadmap.set_roadmap(cycle, command, offered, clock.now())
    )


async def record_indicator(command: commands.RecordIndicator, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: roadmap.record_indicator(cycle, command, clock.now())
    )


async def record_check_in(command: commands.RecordCheckIn, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: check_ins.record(cycle, command, clock.now())
    )


async def request_lever(command: commands.RequestLever, store: Store, clock: Clock, offered: Collection[str]) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: levers.request(cycle, command, offered, clock.now())
    )


async def answer_lever(command: commands.AnswerLever, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: levers.answer(cycle, command, clock.now())
    )


async def decide_review(command: commands.DecideReview, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: reviews.decide(cycle, command, clock.now())
    )


async def pause_cycle(command: commands.PauseCycle, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.pause(cycle, clock.now())
    )


async def resume_cycle(command: commands.ResumeCycle, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.resume(cycle, clock.now())
    )


async def extend_cycle(command: commands.ExtendCycle, store: Store) -> Answer:
    return await store.cycles.decide(str(command.initiative_id), command, lambda cycle: cycles.extend(cycle, command))


async def stop_cycle(command: commands.StopCycle, store: Store, clock: Clock) -> Answer:
    return await store.cycles.decide(
        str(command.initiative_id), command, lambda cycle: cycles.stop(cycle, command, clock.now())
    )
