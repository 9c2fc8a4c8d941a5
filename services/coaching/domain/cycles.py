"""A cycle opens, pauses, goes on, is extended, stopped or closed."""

from datetime import datetime, timedelta

from contracts import coaching
from contracts.decision import Decision, NotFound
from contracts.model import Id
from services.coaching import commands
from services.coaching.domain import refusals
from services.coaching.domain.refusals import running
from services.coaching.domain.state import Cycle, Texts


def follow(cycle: Cycle | None, command: commands.PersonCommand) -> Cycle:
    """The running cycle, for its owner, its mentor or an officer. Raises ``NotFound`` for anybody else."""
    if cycle is not None and not may_read(cycle, command.by, command.officer):
        raise NotFound
    return running(cycle)


def may_read(cycle: Cycle, person_id: Id, officer: bool) -> bool:
    return officer or person_id in (cycle.owner_id, cycle.mentor_id)


def open_cycle(cycle: Cycle | None, command: coaching.OpenCycle) -> Decision[Cycle]:
    """Raises ``CycleStopped`` or ``CycleClosed`` for one that is over: a workflow that finds it so ends."""
    if cycle is not None:
        running(cycle)
        raise refusals.CycleAlreadyOpen
    if command.ends_at <= command.starts_at:
        raise refusals.DatesReversed(field="ends_at")
    facts = command.model_dump(exclude={"command_id", "requester", "type", "version"})
    return Decision(Cycle(**facts, private=Texts()), (coaching.CycleOpened(**facts),))


def assign_mentor(cycle: Cycle | None, command: commands.AssignMentor) -> Decision[Cycle]:
    cycle = running(cycle)
    mentor = command.mentor.mentor_id
    assigned = coaching.MentorAssigned(initiative_id=cycle.initiative_id, mentor_id=mentor, assigned_by=command.by)
    return Decision(cycle.model_copy(update={"mentor_id": mentor}), (assigned,), {"mentor_id": str(mentor)})


def assign_officer(cycle: Cycle | None, command: commands.AssignOfficer) -> Decision[Cycle]:
    """The officer who follows the initiative; assigning the same one again tells nothing."""
    cycle = running(cycle)
    answer = {"officer_id": str(command.officer_id)}
    if cycle.officer_id == command.officer_id:
        return Decision(cycle, (), answer)
    assigned = coaching.OfficerAssigned(
        initiative_id=cycle.initiative_id, officer_id=command.officer_id, assigned_by=command.by
    )
    return Decision(cycle.model_copy(update={"officer_id": command.officer_id}), (assigned,), answer)


def pause(cycle: Cycle | None, now: datetime) -> Decision[Cycle]:
    cycle = running(cycle)
    if cycle.status == "paused":
        raise refusals.CyclePaused
    paused = coaching.CyclePaused(initiative_id=cycle.initiative_id, paused_at=now)
    return Decision(cycle.model_copy(update={"status": "paused", "paused_at": now}), (paused,), {"status": "paused"})


def resume(cycle: Cycle | None, now: datetime) -> Decision[Cycle]:
    """Every deadline that had not passed when the pause began moves by as long as it lasted, in whole seconds."""
    cycle = running(cycle)
    if cycle.paused_at is None:
        raise refusals.CycleNotPaused
    lasted = max(0, int((now - cycle.paused_at).total_seconds()))
    resumed = coaching.CycleResumed(initiative_id=cycle.initiative_id, resumed_at=now, paused_seconds=lasted)
    moved = _moved(cycle, cycle.paused_at, timedelta(seconds=lasted))
    answer = {"status": "open", "ends_at": moved.ends_at.isoformat()}
    return Decision(moved.model_copy(update={"status": "open", "paused_at": None}), (resumed,), answer)


def _moved(cycle: Cycle, since: datetime, by: timedelta) -> Cycle:
    check_ins = tuple(
        item.model_copy(update={"due_at": item.due_at + by})
        if item.recorded_at is None and item.due_at > since
        else item
        for item in cycle.check_ins
    )
    reviews = tuple(
        item.model_copy(update={"due_at": item.due_at + by}) if item.decision is None and item.due_at > since else item
        for item in cycle.reviews
    )
    moved = cycle.model_copy(update={"ends_at": cycle.ends_at + by, "reviews": reviews})
    return moved.with_check_ins(check_ins)


def extend(cycle: Cycle | None, command: commands.ExtendCycle) -> Decision[Cycle]:
    cycle = running(cycle)
    weeks = command.extension.weeks
    ends_at = cycle.ends_at + timedelta(weeks=weeks)
    extended = coaching.CycleExtended(initiative_id=cycle.initiative_id, weeks=weeks)
    return Decision(cycle.model_copy(update={"ends_at": ends_at}), (extended,), {"ends_at": ends_at.isoformat()})


def stop(cycle: Cycle | None, command: commands.StopCycle, now: datetime) -> Decision[Cycle]:
    cycle = running(cycle)
    texts = cycle.texts.model_copy(update={"stop": command.stop.text})
    state, stopped = stopping(cycle.model_copy(update={"private": texts}), command.stop.reason, now)
    return Decision(state, (stopped,), {"status": "stopped"})


def stopping(cycle: Cycle, reason: str, now: datetime) -> tuple[Cycle, coaching.CycleStopped]:
    """The cycle stopped for ``reason`` (a code), and the event that tells of it."""
    end = {"status": "stopped", "stop_reason": reason, "ended_at": now, "paused_at": None, "waiting_since": None}
    stopped = coaching.CycleStopped(
        initiative_id=cycle.initiative_id, owner_id=cycle.owner_id, reason=reason, stopped_at=now
    )
    return cycle.model_copy(update=end), stopped


def close(cycle: Cycle | None, now: datetime) -> Decision[Cycle]:
    cycle = running(cycle)
    recorded = sum(item.recorded_at is not None for item in cycle.check_ins)
    end = {"status": "closed", "ended_at": now, "paused_at": None, "waiting_since": None}
    closed = coaching.CycleClosed(
        initiative_id=cycle.initiative_id,
        owner_id=cycle.owner_id,
        check_ins=recorded,
        missed=len(cycle.check_ins) - recorded,
        closed_at=now,
    )
    return Decision(cycle.model_copy(update=end), (closed,))
