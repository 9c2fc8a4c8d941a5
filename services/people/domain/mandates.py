"""Mandates: which persons act for which organisations."""

from datetime import datetime
from typing import Any

from contracts.decision import Decision
from contracts.people import MandateEnded, MandateGiven
from services.people.commands import EndMandate, GiveMandate
from services.people.domain import persons, refusals
from services.people.domain.organisations import Organisation
from services.people.domain.persons import Mandate, Person, Trace


def give(person: Person | None, organisation: Organisation, command: GiveMandate, now: datetime) -> Decision[Person]:
    """The person acts for ``organisation`` from now on. Raises ``NotFound``, ``PersonErased``, ``MandateHeld``."""
    known = persons.existing(person)
    if _held(known, command):
        raise refusals.MandateHeld(field="organisation_id")
    key, siren = organisation.organisation_id, organisation.siren
    mandate = Mandate(organisation_id=key, siren=siren, given_by=command.by, given_at=now)
    trace = Trace(action="mandate_given", by=command.by, at=now, organisation_id=key)
    changed = known.changed(trace, mandates=(*known.mandates, mandate))
    event = MandateGiven(person_id=known.person_id, organisation_id=key, siren=siren)
    return Decision(changed, (event,), _answer(command))


def end(person: Person | None, command: EndMandate, now: datetime) -> Decision[Person]:
    """The person no longer acts for the organisation. Raises ``NotFound``, ``PersonErased``, ``MandateNotHeld``."""
    known = persons.existing(person)
    if not _held(known, command):
        raise refusals.MandateNotHeld(field="organisation_id")
    key = command.organisation_id
    kept = tuple(mandate for mandate in known.mandates if mandate.organisation_id != key)
    changed = known.changed(Trace(action="mandate_ended", by=command.by, at=now, organisation_id=key), mandates=kept)
    return Decision(changed, (MandateEnded(person_id=known.person_id, organisation_id=key),), _answer(command))


def _held(person: Person, command: GiveMandate | EndMandate) -> bool:
    return any(mandate.organisation_id == command.organisation_id for mandate in person.mandates)


def _answer(command: GiveMandate | EndMandate) -> dict[str, Any]:
    return {"person_id": str(command.person_id), "organisation_id": str(command.organisation_id)}
