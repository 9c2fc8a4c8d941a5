"""Conflicts of interest: declared by a member, or derived from what is known of member and application.

A derived one blocks until an officer dismisses it with a reason; a declared one cannot be dismissed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import ConflictDismissed, ConflictRecorded, ConflictSource
from contracts.model import Id, Model
from services.evaluation.commands import ConfirmConflict, DismissConflict, RecordConflict
from services.evaluation.domain import refusals


class Conflict(Model):
    """``reason`` of a dismissal is sealed under the member's key; ``confirmed_by`` is who looked at a derived one and kept it."""

    round_id: Id
    member_id: Id
    application_id: Id
    source: ConflictSource
    status: Literal["blocking", "dismissed"] = "blocking"
    dismissed_by: Id | None = None
    confirmed_by: Id | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a panel member. ``mail_domain`` is a digest, absent for public and State domains."""

    person_id: UUID
    sirens: frozenset[str] = frozenset()
    mail_domain: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of an application; ``officers`` instructed it, ``territorial`` ones are tied to their commune."""

    application_id: UUID
    owner_id: UUID
    siren: str | None = None
    mail_domain: str | None = None
    commune: str | None = None
    territorial: bool = False
    officers: frozenset[UUID] = frozenset()


def derive(members: Iterable[Person], candidates: Iterable[Candidate]) -> Iterator[tuple[UUID, UUID, ConflictSource]]:
    """Every pair (member, application) with a conflict, once, with its first source."""
    known: dict[tuple[ConflictSource, str], set[UUID]] = defaultdict(set)
    for person in members:
        known["own_application", str(person.person_id)].add(person.person_id)
        known["same_officer", str(person.person_id)].add(person.person_id)
        for siren in person.sirens:
            known["same_siren", siren].add(person.person_id)
        if person.mail_domain:
            known["same_mail_domain", person.mail_domain].add(person.person_id)
        if person.commune:
            known["same_commune", person.commune].add(person.person_id)
    for candidate in candidates:
        found: set[UUID] = set()
        for source, trait in _traits(candidate):
            for member_id in sorted(known.get((source, trait), set()) - found):
                found.add(member_id)
                yield member_id, candidate.application_id, source


def _traits(candidate: Candidate) -> Iterator[tuple[ConflictSource, str]]:
    yield "own_application", str(candidate.owner_id)
    if candidate.siren:
        yield "same_siren", candidate.siren
    for officer in sorted(candidate.officers):
        yield "same_officer", str(officer)
    if candidate.mail_domain:
        yield "same_mail_domain", candidate.mail_domain
    if candidate.territorial and candidate.commune:
        yield "same_commune", candidate.commune


def record(state: Conflict | None, command: RecordConflict) -> Decision[Conflict]:
    """Record a conflict once; declaring one that was derived, or dismissed, makes it final."""
    if state and (command.source != "declared" or state.source == "declared"):
        return Decision(state, (), _answer(state))
    conflict = Conflict(
        round_id=command.round_id,
        member_id=command.member_id,
        application_id=command.application_id,
        source=command.source,
    )
    event = ConflictRecorded(
        round_id=command.round_id,
        member_id=command.member_id,
        application_id=command.application_id,
        source=command.source,
    )
    return Decision(conflict, (event,), _answer(conflict))


def dismiss(state: Conflict | None, command: DismissConflict) -> Decision[Conflict]:
    """Let the member read the application after all; the next assignment may give it to them."""
    if state is None:
        raise refusals.ConflictUnknown
    if state.source == "declared":
        raise refusals.ConflictDeclared
    if state.status == "dismissed":
        return Decision(state, (), _answer(state))
    changes = {"status": "dismissed", "dismissed_by": command.by, "confirmed_by": None, "reason": command.reason}
    dismissed = state.model_copy(update=changes)
    event = ConflictDismissed(
        round_id=state.round_id,
        member_id=state.member_id,
        application_id=state.application_id,
        dismissed_by=command.by,
    )
    return Decision(dismissed, (event,), _answer(dismissed))


def confirm(state: Conflict | None, command: ConfirmConflict) -> Decision[Conflict]:
    """Keep a derived conflict that blocks; who confirmed it first stays on record. Raises ``ConflictDismissedAlready``."""
    if state is None:
        raise refusals.ConflictUnknown
    if state.status == "dismissed":
        raise refusals.ConflictDismissedAlready
    if state.source == "declared" or state.confirmed_by:
        return Decision(state, (), _answer(state))
    return Decision(state.model_copy(update={"confirmed_by": command.by}), (), _answer(state))


def _answer(state: Conflict) -> dict[str, str]:
    return {"application_id": str(state.application_id), "source": state.source, "status": state.status}
