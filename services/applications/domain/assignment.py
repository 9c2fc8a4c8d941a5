"""Whose file it is: assigned and reassigned by officers, each change on record."""

from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant
from contracts.officers import FileAssigned
from services.applications.desk_commands import AssignOfficer
from services.applications.domain.application import Application, Assignment, existing
from services.applications.domain.desk_refusals import OwnApplication

KEPT = 50
"""Changes of hands that the application itself remembers; the archive has them all."""


def assign(state: Application | None, command: AssignOfficer, now: Instant) -> Decision[Application]:
    """Give the file to an officer, or back to nobody; giving it to whom it is with changes nothing.

    Raises ``NotFound`` for what officers do not see, ``OwnApplication`` when the officer is one of its editors.
    """
    found = seen_by_officers(state)
    if command.officer_id and command.officer_id in applicants_of(found):
        raise OwnApplication(field="officer_id")
    answer = {
        "application_id": str(found.application_id),
        "assigned_to": str(command.officer_id) if command.officer_id else None,
    }
    if command.officer_id == found.assigned_to:
        return Decision(found, (), answer)
    change = Assignment(officer_id=command.officer_id, assigned_by=command.person_id, assigned_at=now)
    changed = found.model_copy(
        update={"assigned_to": command.officer_id, "assignments": (*found.assignments, change)[-KEPT:]}
    )
    event = FileAssigned(
        application_id=found.application_id,
        call_id=found.call_id,
        officer_id=command.officer_id,
        previous_id=found.assigned_to,
        assigned_by=command.person_id,
    )
    return Decision(changed, (event,), answer)


def seen_by_officers(state: Application | None) -> Application:
    """What officers may know of: what was submitted, and what they entered and was not confirmed. Raises ``NotFound``."""
    found = existing(state)
    if found.number is None and not found.entered_unconfirmed:
        raise NotFound
    return found


def applicants_of(application: Application) -> tuple[Id, ...]:
    """The owner and the editors, without the officer who types for them."""
    typist = application.entry.typist if application.entry else None
    return tuple(person for person in application.editor_ids if person != typist)
