"""Weekly check-ins: opened by the cycle's workflow, recorded by the owner, reminded of, missed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contracts import coaching
from contracts.decision import Decision, NotFound
from services.coaching.commands import RecordCheckIn
from services.coaching.domain import refusals
from services.coaching.domain.refusals import running
from services.coaching.domain.state import CheckIn, Cycle


def open_check_in(cycle: Cycle | None, command: coaching.OpenCheckIn) -> Decision[Cycle]:
    """A pause does not refuse it: the two may cross on their way, and resuming moves its due date."""
    cycle = running(cycle)
    if _find(cycle, command.week):
        raise refusals.CheckInAlreadyOpen
    opened = CheckIn(week=command.week, due_at=command.due_at)
    told = coaching.CheckInOpened(
        initiative_id=cycle.initiative_id, owner_id=cycle.owner_id, week=command.week, due_at=command.due_at
    )
    return Decision(cycle.with_check_ins((*cycle.check_ins, opened)), (told,))


def record(cycle: Cycle | None, command: RecordCheckIn, now: datetime) -> Decision[Cycle]:
    """After its due date it is accepted and marked late, until the cycle is over. Only the owner records."""
    if cycle is not None and cycle.owner_id != command.by:
        raise NotFound
    cycle = running(cycle)
    check_in = _find(cycle, command.week)
    if check_in is None:
        missing = [item.week for item in cycle.check_ins if item.recorded_at is None]
        raise refusals.CheckInNotOpen(field="week", allowed=missing)
    report, late = command.report, now > check_in.due_at
    answer: dict[str, Any] = {"week": command.week, "weather": report.weather, "late": late}
    if check_in.recorded_at is not None:
        if (check_in.weather, cycle.texts.check_ins.get(command.week)) != (report.weather, report.text):
            raise refusals.CheckInRecorded
        return Decision(cycle, (), answer | {"late": check_in.late})
    texts = cycle.texts.model_copy(update={"check_ins": {**cycle.texts.check_ins, command.week: report.text}})
    state = _replaced(cycle, check_in, recorded_at=now, weather=report.weather, late=late)
    told = coaching.CheckInRecorded(
        initiative_id=cycle.initiative_id, week=command.week, weather=report.weather, late=late
    )
    return Decision(state.model_copy(update={"private": texts}), (told,), answer)


def remind(cycle: Cycle | None, command: coaching.RemindCheckIn) -> Decision[Cycle]:
    cycle, check_in = _waiting(cycle, command.week)
    if check_in.reminded:
        raise refusals.CheckInReminded
    told = coaching.CheckInReminded(initiative_id=cycle.initiative_id, owner_id=cycle.owner_id, week=command.week)
    return Decision(_replaced(cycle, check_in, reminded=True), (told,))


def escalate(cycle: Cycle | None, command: coaching.EscalateCheckIn) -> Decision[Cycle]:
    cycle, check_in = _waiting(cycle, command.week)
    if check_in.missed:
        raise refusals.CheckInEscalated
    told = coaching.CheckInMissed(initiative_id=cycle.initiative_id, owner_id=cycle.owner_id, week=command.week)
    return Decision(_replaced(cycle, check_in, missed=True), (told,))


def overdue(cycle: Cycle, now: datetime) -> Iterator[CheckIn]:
    """The check-ins that are missing past their due date, oldest first; none while the cycle is paused or over."""
    if cycle.status == "open":
        missing = (item for item in cycle.check_ins if item.recorded_at is None and item.due_at < now)
        yield from sorted(missing, key=lambda item: item.due_at)


def _waiting(cycle: Cycle | None, week: int) -> tuple[Cycle, CheckIn]:
    cycle = running(cycle)
    if cycle.status == "paused":
        raise refusals.CyclePaused
    check_in = _find(cycle, week)
    if check_in is None:
        raise refusals.CheckInNotOpen(field="week")
    if check_in.recorded_at is not None:
        raise refusals.CheckInRecorded
    return cycle, check_in


def _find(cycle: Cycle, week: int) -> CheckIn | None:
    return next((item for item in cycle.check_ins if item.week == week), None)


def _replaced(cycle: Cycle, check_in: CheckIn, **changes: Any) -> Cycle:
    changed = check_in.model_copy(update=changes)
    return cycle.with_check_ins(tuple(changed if item is check_in else item for item in cycle.check_ins))
