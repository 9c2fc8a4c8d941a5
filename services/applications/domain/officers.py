"""Who stands in for an officer during an absence: dated from and to, on all of the officer's files."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from contracts.officers import DelegationEnded, FilesDelegated
from services.applications.desk_commands import DelegateFiles, EndDelegation
from services.applications.domain import desk_refusals as refusals

KEPT = 100
"""Delegations that an officer's record holds; the archive has them all."""


class Delegation(Model):
    """``ended_at`` is set when it was ended before ``ends_at``."""

    delegation_id: Id
    delegate_id: Id
    starts_at: Instant
    ends_at: Instant
    delegated_by: Id
    delegated_at: Instant
    ended_at: Instant | None = None
    ended_by: Id | None = None

    @property
    def until(self) -> datetime:
        """The first instant at which the delegate no longer stands in."""
        return min(self.ends_at, self.ended_at) if self.ended_at else self.ends_at

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now < self.until


class Officer(Model):
    """An officer's absences."""

    officer_id: Id
    delegations: tuple[Delegation, ...] = ()

    def delegate(self, now: datetime) -> Id | None:
        """Who stands in for the officer now."""
        return next((each.delegate_id for each in self.delegations if each.holds(now)), None)


def delegate(state: Officer | None, command: DelegateFiles, now: datetime) -> Decision[Officer]:
    """Let a colleague stand in. Raises ``DelegationToOneself``, ``PeriodInvalid`` or ``DelegationOverlaps``."""
    if command.delegate_id == command.officer_id:
        raise refusals.DelegationToOneself(field="delegate_id")
    if command.starts_at >= command.ends_at or command.ends_at <= now:
        raise refusals.PeriodInvalid(field="ends_at")
    found = state or Officer(officer_id=command.officer_id)
    if any(each.starts_at < command.ends_at and command.starts_at < each.until for each in found.delegations):
        raise refusals.DelegationOverlaps(field="starts_at")
    period = command.model_dump(include={"delegate_id", "starts_at", "ends_at"})
    added = Delegation(delegation_id=command.command_id, delegated_by=command.person_id, delegated_at=now, **period)
    changed = found.model_copy(update={"delegations": (*found.delegations, added)[-KEPT:]})
    event = FilesDelegated(
        delegation_id=added.delegation_id,
        officer_id=command.officer_id,
        delegated_by=command.person_id,
        **period,
    )
    return Decision(changed, (event,), told(command.officer_id, added))


def end(state: Officer | None, command: EndDelegation, now: datetime) -> Decision[Officer]:
    """End a delegation before its date. Raises ``NotFound``, or ``DelegationOver`` when it has ended."""
    held = [each for each in state.delegations if each.delegation_id == command.delegation_id] if state else []
    if state is None or not held:
        raise NotFound
    if held[0].until <= now or held[0].ended_at:
        raise refusals.DelegationOver
    ended = held[0].model_copy(update={"ended_at": now, "ended_by": command.person_id})
    delegations = tuple(ended if each is held[0] else each for each in state.delegations)
    event = DelegationEnded(
        delegation_id=ended.delegation_id,
        officer_id=state.officer_id,
        delegate_id=ended.delegate_id,
        ended_at=now,
        ended_by=command.person_id,
    )
    changed = state.model_copy(update={"delegations": delegations})
    return Decision(changed, (event,), told(state.officer_id, ended))


def told(officer_id: Id, delegation: Delegation) -> dict[str, Any]:
    return {"officer_id": str(officer_id), **delegation.model_dump(mode="json")}


def effective(officer_id: Id | None, officers: Mapping[Id, Officer], now: datetime) -> Id | None:
    """Who acts for the officer now: the delegate, or the delegate's own; the officer, when all of a circle are away."""
    seen, acting = [officer_id], officer_id
    while acting and (record := officers.get(acting)) and (stand_in := record.delegate(now)):
        if stand_in in seen:
            return officer_id
        seen.append(stand_in)
        acting = stand_in
    return acting
