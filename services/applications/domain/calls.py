"""Calls: published once, opened and closed by their dates; the deadline moves in one direction only."""

from datetime import datetime
from typing import Literal

from contracts.calls import (
    CallClosed,
    CallClosingSoon,
    CallDeadlineExtended,
    CallOpened,
    CallPublished,
    CloseCall,
    OpenCall,
    RemindDrafts,
)
from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from services.applications.commands import ExtendDeadline, FreezeCall, PublishCall
from services.applications.domain import definition, refusals
from services.applications.domain.definition import CallDefinition

REMINDED_AT_ONCE = 2_000


class Extension(Model):
    closes_at: Instant
    reason: str
    decided_by: Id
    decided_at: Instant


class Call(Model):
    """A call. ``definition.schedule.closes_at`` is the deadline as it stands now, extensions included."""

    call_id: Id
    number: str
    definition: CallDefinition
    published_by: Id
    published_at: Instant
    opened_at: Instant | None = None
    closed_at: Instant | None = None
    frozen_at: Instant | None = None
    extensions: tuple[Extension, ...] = ()

    @property
    def closes_at(self) -> datetime:
        return self.definition.schedule.closes_at

    def phase(self, now: datetime) -> Literal["upcoming", "open", "closed"]:
        """Where the call is by its dates: what the clock says counts, not when its workflow woke up."""
        if now < self.definition.schedule.opens_at:
            return "upcoming"
        return "closed" if now > self.closes_at else "open"


def existing(call: Call | None) -> Call:
    if call is None:
        raise NotFound
    return call


def require_open(call: Call, now: datetime) -> None:
    """Raise ``CallNotOpen`` before the opening and ``DeadlinePassed`` from the first instant after the deadline."""
    phase = call.phase(now)
    if phase == "upcoming":
        raise refusals.CallNotOpen(allowed={"opens_at": call.definition.schedule.opens_at.isoformat()})
    if phase == "closed":
        raise refusals.DeadlinePassed(allowed={"closes_at": call.closes_at.isoformat()})


def publish(call: Call | None, command: PublishCall, now: datetime) -> Decision[Call]:
    """Publish a new call; raises ``CallInvalid`` with everything that does not hold together in it."""
    if call is not None:
        raise refusals.CallNumberTaken
    definition.check(command.definition)
    complete = definition.completed(command.definition)
    schedule = complete.schedule
    published = CallPublished(
        call_id=command.call_id,
        number=complete.number,
        kind=complete.kind,
        schedule=schedule,
        criteria=complete.criteria,
        colleges=complete.colleges,
        evaluation=complete.evaluation,
        programme=complete.programme,
        envelope_cents=complete.envelope_cents,
        funding_source=complete.funding_source,
    )
    state = Call(
        call_id=command.call_id,
        number=complete.number,
        definition=complete,
        published_by=command.person_id,
        published_at=now,
    )
    return Decision(state, (published,), {"call_id": str(command.call_id), "number": complete.number})


def extend(call: Call | None, command: ExtendDeadline, now: datetime) -> Decision[Call]:
    """Give everyone more time. Never less, and not once the deadline has passed."""
    state = existing(call)
    if state.closed_at or now > state.closes_at:
        raise refusals.DeadlinePassed(allowed={"closes_at": state.closes_at.isoformat()})
    if command.closes_at <= state.closes_at:
        raise refusals.DeadlineShortened(field="closes_at", allowed={"after": state.closes_at.isoformat()})
    schedule = state.definition.schedule.model_copy(update={"closes_at": command.closes_at})
    if not definition.dates_in_order(schedule):
        limit = {"until": schedule.evaluation_opens_at.isoformat()}
        raise refusals.DatesOutOfOrder(field="closes_at", allowed=limit)
    extension = Extension(
        closes_at=command.closes_at, reason=command.reason, decided_by=command.person_id, decided_at=now
    )
    changed = state.model_copy(
        update={
            "definition": state.definition.model_copy(update={"schedule": schedule}),
            "extensions": (*state.extensions, extension),
        }
    )
    event = CallDeadlineExtended(call_id=state.call_id, closes_at=command.closes_at, reason=command.reason)
    return Decision(changed, (event,), {"call_id": str(state.call_id), "closes_at": command.closes_at.isoformat()})


def open_call(call: Call | None, command: OpenCall, now: datetime) -> Decision[Call]:
    state = existing(call)
    if state.opened_at:
        raise refusals.CallAlreadyOpened
    if state.phase(now) == "upcoming":
        raise refusals.CallNotOpen
    return Decision(state.model_copy(update={"opened_at": now}), (CallOpened(call_id=state.call_id),))


def remind(call: Call | None, command: RemindDrafts, drafts: list[tuple[Id, Id]]) -> Decision[Call]:
    """Tell of the drafts (application, owner) that still wait, in events of a bounded size; of none in an empty one."""
    state = existing(call)
    parts = [drafts[start : start + REMINDED_AT_ONCE] for start in range(0, len(drafts), REMINDED_AT_ONCE)] or [[]]
    events = tuple(
        CallClosingSoon(
            call_id=state.call_id,
            closes_at=state.closes_at,
            days=command.days,
            drafts=tuple(draft for draft, _ in part),
            owners=tuple(owner for _, owner in part),
        )
        for part in parts
    )
    return Decision(state, events)


def close(call: Call | None, command: CloseCall, submitted: int, now: datetime) -> Decision[Call]:
    """Close the call once its deadline, as it stands now, has passed."""
    state = existing(call)
    if state.closed_at:
        raise refusals.CallAlreadyClosed
    if now <= state.closes_at:
        raise refusals.DeadlineNotReached(allowed={"closes_at": state.closes_at.isoformat()})
    event = CallClosed(call_id=state.call_id, submitted=submitted)
    return Decision(state.model_copy(update={"closed_at": now}), (event,))


def freeze(call: Call | None, command: FreezeCall, now: datetime) -> Decision[Call]:
    """From now on no decision of admissibility or eligibility changes the pool."""
    state = existing(call)
    return Decision(state.model_copy(update={"frozen_at": state.frozen_at or now}))


def require_unfrozen(call: Call) -> None:
    if call.frozen_at:
        raise refusals.PoolIsFrozen
