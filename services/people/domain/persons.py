"""A person: who they are (sealed), which roles they hold, for whom they act, and the trace of who changed that."""

from datetime import datetime
from typing import Any, Literal

from contracts.decision import Decision, NotFound
from contracts.mail_domains import digest
from contracts.model import Commune, Departement, Digest, Event, Id, Instant, Model, Siren, Theme
from contracts.people import MandateEnded, PersonRegistered, Role, RoleRevoked
from contracts.people import PersonErased as PersonErasedEvent
from services.people.commands import ErasePerson, RegisterPerson
from services.people.domain import refusals
from services.people.identity import Identity

Action = Literal[
    "registered", "role_granted", "role_revoked", "mandate_given", "mandate_ended", "invited", "joined", "unlinked", "erased",
]  # fmt: skip
"""What the trail says was done."""


class HeldRole(Model):
    """A role, who gave it and when."""

    role: Role
    granted_by: Id
    granted_at: Instant
    territory: Departement | None = None
    sector: Theme | None = None


class Mandate(Model):
    """The person acts for this organisation."""

    organisation_id: Id
    siren: Siren | None = None
    given_by: Id
    given_at: Instant


class Invitation(Model):
    """A link, mailed to somebody known from paper; ``digest`` is the SHA-256 of its token."""

    invitation_id: Id
    digest: Digest
    invited_at: Instant
    expires_at: Instant


class Login(Model):
    """The log-in with which somebody known from paper comes in: the id that it would have as a person of its own."""

    login_id: Id
    since: Instant


class Trace(Model):
    """One line of the audit trail: what was done, by whom and when."""

    action: Action
    by: Id
    at: Instant
    role: Role | None = None
    territory: Departement | None = None
    sector: Theme | None = None
    organisation_id: Id | None = None


class Person(Model):
    """The aggregate. ``private`` is absent once the person is erased, and for whoever is known by id only.

    ``from_paper``: registered by an officer, for an application that did not come online; nobody logs in with this id.
    """

    person_id: Id
    registered_at: Instant
    private: Identity | None = None
    mail_domain: Digest | None = None
    commune: Commune | None = None
    departement: Departement | None = None
    roles: tuple[HeldRole, ...] = ()
    mandates: tuple[Mandate, ...] = ()
    trail: tuple[Trace, ...] = ()
    from_paper: bool = False
    invitation: Invitation | None = None
    login: Login | None = None
    erased_at: Instant | None = None

    def holds(self, role: Role) -> bool:
        return any(held.role == role for held in self.roles)

    def role_names(self) -> list[str]:
        return sorted(held.role for held in self.roles)

    def changed(self, *traces: Trace, **changes: Any) -> "Person":
        """This person with ``changes``, and ``traces`` at the end of the trail."""
        return self.model_copy(update={**changes, "trail": (*self.trail, *traces)})


def existing(person: Person | None) -> Person:
    """The person, who must be there. Raises ``NotFound``, or ``PersonErased`` once they are erased."""
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        raise refusals.PersonErased
    return person


def register(person: Person | None, command: RegisterPerson, now: datetime) -> Decision[Person]:
    """Register a person without roles. Raises ``PersonExists`` or ``PersonErased`` when the id is taken."""
    if person is not None:
        raise refusals.PersonErased if person.erased_at else refusals.PersonExists(field="person_id")
    identity = command.identity
    registered = Person(
        person_id=command.person_id,
        registered_at=now,
        private=identity,
        mail_domain=digest(identity.email) if identity else None,
        commune=command.commune,
        departement=command.departement,
        from_paper=command.from_paper,
        trail=(Trace(action="registered", by=command.by, at=now),),
    )
    event = PersonRegistered(
        person_id=command.person_id,
        mail_domain=registered.mail_domain,
        commune=registered.commune,
        departement=registered.departement,
    )
    return Decision(registered, (event,))


def erase(person: Person | None, command: ErasePerson, now: datetime) -> Decision[Person]:
    """Forget the person: what is private goes, roles and mandates end, the trace of ids and dates stays.

    An erased person is erased: asking again changes nothing. Raises ``NotFound``.
    """
    if person is None:
        raise NotFound
    if person.erased_at is not None:
        return Decision(person, (), _erased(person.person_id, person.erased_at))
    key, by = person.person_id, command.by
    roles = tuple(RoleRevoked(person_id=key, role=held.role, revoked_by=by, revoked_at=now) for held in person.roles)
    mandates = tuple(MandateEnded(person_id=key, organisation_id=held.organisation_id) for held in person.mandates)
    events: tuple[Event, ...] = (*roles, *mandates, PersonErasedEvent(person_id=key))
    nothing = dict.fromkeys(("private", "mail_domain", "commune", "departement", "invitation", "login"))
    trace = Trace(action="erased", by=by, at=now)
    erased = person.changed(trace, **nothing, roles=(), mandates=(), erased_at=now)
    return Decision(erased, events, _erased(key, now))


def _erased(person_id: Id, at: datetime) -> dict[str, Any]:
    return {"person_id": str(person_id), "erased_at": at.isoformat()}
