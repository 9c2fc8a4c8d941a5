"""What programme officers ask for at their desk: files assigned and delegated, notes, what came on paper."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.applications import ApplicantKind
from contracts.model import Command, Id, Instant, Model, Phone
from contracts.officers import EntryChannel
from services.applications.commands import Changes
from services.applications.domain.applicants import Applicant

NoteText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Contact(Model):
    """How to reach an applicant who did not apply online, besides the applicant's e-mail."""

    phone: Phone | None = None
    address: Annotated[str | None, Field(max_length=500)] = None


class _Command(Command):
    service: ClassVar[str] = "applications"
    version: Literal[1] = 1
    person_id: Id


class AssignOfficer(_Command):
    """``officer_id`` of None: the file is nobody's again."""

    type: Literal["AssignOfficer"] = "AssignOfficer"
    application_id: Id
    officer_id: Id | None


class DelegateFiles(_Command):
    type: Literal["DelegateFiles"] = "DelegateFiles"
    officer_id: Id
    delegate_id: Id
    starts_at: Instant
    ends_at: Instant


class EndDelegation(_Command):
    type: Literal["EndDelegation"] = "EndDelegation"
    officer_id: Id
    delegation_id: Id


class WriteNote(_Command):
    type: Literal["WriteNote"] = "WriteNote"
    application_id: Id
    text: NoteText


class DeleteNote(_Command):
    type: Literal["DeleteNote"] = "DeleteNote"
    application_id: Id
    note_id: Id


class EnterApplication(_Command):
    """``person_id`` is the officer who types; ``owner_id`` the person whose application it is."""

    type: Literal["EnterApplication"] = "EnterApplication"
    application_id: Id
    call_id: Id
    owner_id: Id
    kind: ApplicantKind
    channel: EntryChannel
    received_at: Instant
    applicant: Applicant
    contact: Contact
    answers: Changes
    synthetic: bool


class TakeOverEntry(_Command):
    type: Literal["TakeOverEntry"] = "TakeOverEntry"
    application_id: Id


class ConfirmApplication(_Command):
    type: Literal["ConfirmApplication"] = "ConfirmApplication"
    application_id: Id
