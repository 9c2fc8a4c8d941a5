"""Roles: given and revoked by an administrator; nobody both orders payments and makes them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.decision import Decision
from contracts.model import Departement, Id
from contracts.people import Role, RoleGranted, RoleRevoked
from services.people.commands import GrantRole, RegisterPerson, RevokeRole
from services.people.domain import persons, refusals
from services.people.domain.persons import HeldRole, Person, Trace

INCOMPATIBLE: tuple[frozenset[Role], ...] = (frozenset({"authorising_officer", "accountant"}),)
"""Roles of which one person holds at most one (decree 2012-1246, article 9: ordonnateur and comptable)."""
TERRITORIAL: frozenset[Role] = frozenset({"territory_reader"})


def require_compatible(roles: Iterable[Role]) -> None:
    """Raise ``IncompatibleRoles`` when no one person may hold all of ``roles``."""
    held = set(roles)
    for pair in INCOMPATIBLE:
        if pair <= held:
            raise refusals.IncompatibleRoles(field="role", allowed=[f"one of {', '.join(sorted(pair))}"])


def register(person: Person | None, command: RegisterPerson, now: datetime) -> Decision[Person]:
    """Register a person with the roles that the command names, all or nothing.

    Raises ``PersonExists``, ``PersonErased``, ``IncompatibleRoles``, and the refusals about a role's territory.
    """
    registration = persons.register(person, command, now)
    decision = Decision(registration.state, registration.events)
    for role in dict.fromkeys(command.roles):
        territory = command.territory if role in TERRITORIAL else None
        granted = _give(decision.state, role, territory, command.by, now)
        decision = Decision(granted.state, (*decision.events, *granted.events))
    return Decision(decision.state, decision.events, _answer(decision.state))


def grant(person: Person | None, command: GrantRole, now: datetime) -> Decision[Person]:
    """Give a role; one that is held for the same territory already stays as it is.

    Raises ``NotFound``, ``PersonErased``, ``IncompatibleRoles``, and the refusals about a role's territory.
    """
    decision = _give(persons.existing(person), command.role, command.territory, command.by, now)
    return Decision(decision.state, decision.events, _answer(decision.state))


def revoke(person: Person | None, command: RevokeRole, now: datetime) -> Decision[Person]:
    """Take a role away. Raises ``NotFound``, ``PersonErased``, ``RoleNotHeld``."""
    known = persons.existing(person)
    if not known.holds(command.role):
        raise refusals.RoleNotHeld(field="role", allowed=known.role_names())
    event = RoleRevoked(person_id=known.person_id, role=command.role, revoked_by=command.by, revoked_at=now)
    trace = Trace(action="role_revoked", by=command.by, at=now, role=command.role)
    changed = known.changed(trace, roles=tuple(held for held in known.roles if held.role != command.role))
    return Decision(changed, (event,), _answer(changed))


def _give(person: Person, role: Role, territory: Departement | None, by: Id, now: datetime) -> Decision[Person]:
    if role in TERRITORIAL and territory is None:
        raise refusals.TerritoryRequired(field="territory")
    if role not in TERRITORIAL and territory is not None:
        raise refusals.TerritoryNotExpected(field="territory", allowed=sorted(TERRITORIAL))
    if any(held.role == role and held.territory == territory for held in person.roles):
        return Decision(person)
    require_compatible((*(held.role for held in person.roles), role))
    held = HeldRole(role=role, granted_by=by, granted_at=now, territory=territory)
    kept = tuple(other for other in person.roles if other.role != role)
    trace = Trace(action="role_granted", by=by, at=now, role=role, territory=territory)
    event = RoleGranted(person_id=person.person_id, role=role, granted_by=by, granted_at=now, territory=territory)
    return Decision(person.changed(trace, roles=(*kept, held)), (event,))


def _answer(person: Person) -> dict[str, Any]:
    return {"person_id": str(person.person_id), "roles": person.role_names()}
