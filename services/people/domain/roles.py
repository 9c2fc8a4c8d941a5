"""Roles: given and revoked by an administrator; nobody both orders payments and makes them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from contracts.decision import Decision
from contracts.model import Departement, Id, Theme
from contracts.people import Role, RoleGranted, RoleRevoked
from services.people.commands import GrantRole, RegisterPerson, RevokeRole
from services.people.domain import persons, refusals
from services.people.domain.persons import HeldRole, Person, Trace

INCOMPATIBLE: tuple[frozenset[Role], ...] = (frozenset({"authorising_officer", "accountant"}),)
"""Roles of which one person holds at most one (decree 2012-1246, article 9: ordonnateur and comptable)."""
TERRITORIAL: frozenset[Role] = frozenset({"territory_reader"})
SECTORAL: frozenset[Role] = frozenset({"sector_reader"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a role is held for: a territory, a sector, or nothing of the kind."""

    territory: Departement | None = None
    sector: Theme | None = None

    def only_for(self, role: Role) -> "Scope":
        """What of this belongs to ``role``."""
        return Scope(
            self.territory if role in TERRITORIAL else None,
            self.sector if role in SECTORAL else None,
        )

    def require_fits(self, role: Role) -> None:
        """Raise the refusal that says what ``role`` needs, or does not need."""
        if role in TERRITORIAL and self.territory is None:
            raise refusals.TerritoryRequired(field="territory")
        if role not in TERRITORIAL and self.territory is not None:
            raise refusals.TerritoryNotExpected(field="territory", allowed=sorted(TERRITORIAL))
        if role in SECTORAL and self.sector is None:
            raise refusals.SectorRequired(field="sector")
        if role not in SECTORAL and self.sector is not None:
            raise refusals.SectorNotExpected(field="sector", allowed=sorted(SECTORAL))


def require_compatible(roles: Iterable[Role]) -> None:
    """Raise ``IncompatibleRoles`` when no one person may hold all of ``roles``."""
    held = set(roles)
    for pair in INCOMPATIBLE:
        if pair <= held:
            raise refusals.IncompatibleRoles(field="role", allowed=[f"one of {', '.join(sorted(pair))}"])


def register(person: Person | None, command: RegisterPerson, now: datetime) -> Decision[Person]:
    """Register a person with the roles that the command names, all or nothing.

    Raises ``PersonExists``, ``PersonErased``, ``IncompatibleRoles``, and the refusals about what a role is held for.
    """
    registration = persons.register(person, command, now)
    decision = Decision(registration.state, registration.events)
    for role in dict.fromkeys(command.roles):
        scope = Scope(command.territory, command.sector).only_for(role)
        granted = _give(decision.state, role, scope, command.by, now)
        decision = Decision(granted.state, (*decision.events, *granted.events))
    return Decision(decision.state, decision.events, _answer(decision.state))


def grant(person: Person | None, command: GrantRole, now: datetime) -> Decision[Person]:
    """Give a role; one that is held for the same territory or sector already stays as it is.

    Raises ``NotFound``, ``PersonErased``, ``IncompatibleRoles``, and the refusals about what a role is held for.
    """
    scope = Scope(command.territory, command.sector)
    decision = _give(persons.existing(person), command.role, scope, command.by, now)
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


def _give(person: Person, role: Role, scope: Scope, by: Id, now: datetime) -> Decision[Person]:
    scope.require_fits(role)
    if any(held.role == role and Scope(held.territory, held.sector) == scope for held in person.roles):
        return Decision(person)
    require_compatible((*(held.role for held in person.roles), role))
    held = HeldRole(role=role, granted_by=by, granted_at=now, **asdict(scope))
    kept = tuple(other for other in person.roles if other.role != role)
    trace = Trace(action="role_granted", by=by, at=now, role=role, **asdict(scope))
    event = RoleGranted(person_id=person.person_id, role=role, granted_by=by, granted_at=now, **asdict(scope))
    return Decision(person.changed(trace, roles=(*kept, held)), (event,))


def _answer(person: Person) -> dict[str, Any]:
    return {"person_id": str(person.person_id), "roles": person.role_names()}
