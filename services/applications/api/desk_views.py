"""What officers are shown at their desk, and applicants are not."""

from typing import Any

from services.applications.api import views
from services.applications.domain import notes
from services.applications.domain.application import Application
from services.applications.domain.notes import Note
from services.applications.domain.regions import REGION_OF
from services.applications.handlers.listing import Acting

View = dict[str, Any]


def line(application: Application, acting: Acting) -> View:
    """A line of a list of officers; ``effective_officer`` is who acts for whom it is assigned to."""
    facts, effective = application.facts, acting(application.assigned_to)
    return {
        **views.summary(application),
        "owner_id": str(application.owner_id),
        "needs": list(facts.needs) if facts else [],
        "region": REGION_OF.get(facts.departement) if facts else None,
        "assigned_to": str(application.assigned_to) if application.assigned_to else None,
        "effective_officer": str(effective) if effective else None,
    }


def assignment(application: Application, acting: Acting) -> View:
    """Whose file it is, and was, the latest change first."""
    effective = acting(application.assigned_to)
    return {
        "application_id": str(application.application_id),
        "assigned_to": str(application.assigned_to) if application.assigned_to else None,
        "effective_officer": str(effective) if effective else None,
        "changes": [each.model_dump(mode="json") for each in reversed(application.assignments)],
    }


def note(found: Note) -> View:
    return {**notes.trace(found), "text": found.private.text if found.private else None}
