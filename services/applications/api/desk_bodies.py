"""The bodies of what officers send from their desk."""

from typing import Annotated

from pydantic import Field

from contracts.applications import ApplicantKind
from contracts.model import Id, Instant, Model
from contracts.officers import EntryChannel
from services.applications.api.bodies import Answers
from services.applications.desk_commands import Contact, NoteText
from services.applications.domain.applicants import Applicant

MOST_AT_ONCE = 500


class Assigned(Model):
    """``officer_id`` of null gives the file back to nobody."""

    officer_id: Id | None


class ManyAssigned(Assigned):
    application_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewDelegation(Model):
    """The delegate acts from ``starts_at`` until, and without, ``ends_at``."""

    delegate_id: Id
    starts_at: Instant
    ends_at: Instant


class NewNote(Model):
    text: NoteText


class NewEntry(Model):
    """``owner_id`` is the applicant as ``people`` knows them; ``received_at`` when the letter came or the telephone rang."""

    owner_id: Id
    kind: ApplicantKind
    channel: EntryChannel
    received_at: Instant
    applicant: Applicant = Applicant()
    contact: Contact = Contact()
    answers: Answers = Field(default_factory=dict)
    synthetic: bool = False
