"""Events of applications (candidatures), from draft to selection, and the one command of their workflow."""

from typing import ClassVar, Literal

from contracts.model import (
    Cents,
    Code,
    Command,
    Commune,
    Departement,
    Digest,
    Event,
    Id,
    Instant,
    Number,
    Siren,
    Siret,
    Theme,
    Zone,
)
from contracts.model import CommandRefused as _CommandRefused
from contracts.programme import SupportProgramme

ApplicantKind = Literal[
    "person",
    "collective",
    "association",
    "company",
    "local_authority",
    "state_service",
    "operator",
    "public_interest_group",
]
Need = Literal["visibility", "funding", "introductions", "distribution", "coaching"]
Side = Literal["applicant", "programme"]
"""Who wrote a message: somebody of the application, or an officer."""


class _Event(Event):
    service: ClassVar[str] = "applications"


class _Command(Command):
    service: ClassVar[str] = "applications"


class ApplicationDrafted(_Event):
    type: Literal["ApplicationDrafted"] = "ApplicationDrafted"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id


class ApplicationSubmitted(_Event):
    """``mail_domain`` as in PersonRegistered; ``territorial`` when the initiative is tied to its commune."""

    type: Literal["ApplicationSubmitted"] = "ApplicationSubmitted"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    applicant_kind: ApplicantKind
    theme: Theme
    needs: tuple[Need, ...]
    requested_cents: Cents
    departement: Departement
    commune: Commune | None = None
    territorial: bool = False
    siren: Siren | None = None
    mail_domain: Digest | None = None
    content_digest: Digest
    submitted_at: Instant
    synthetic: bool = False


class CorrectionRequested(_Event):
    type: Literal["CorrectionRequested"] = "CorrectionRequested"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    fields: tuple[Code, ...]
    due_at: Instant


class ApplicationCorrected(_Event):
    type: Literal["ApplicationCorrected"] = "ApplicationCorrected"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    content_digest: Digest


class ApplicationWithdrawn(_Event):
    type: Literal["ApplicationWithdrawn"] = "ApplicationWithdrawn"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number | None


class _Found(_Event):
    """What an instruction came to by a rule; nobody is named when the rule decided by itself."""

    application_id: Id
    call_id: Id
    rule: Code
    decided_by: Id | None = None


class _FoundAgainst(_Found):
    owner_id: Id
    number: Number


class ApplicationAdmitted(_Found):
    type: Literal["ApplicationAdmitted"] = "ApplicationAdmitted"
    version: Literal[1] = 1


class ApplicationFoundInadmissible(_FoundAgainst):
    type: Literal["ApplicationFoundInadmissible"] = "ApplicationFoundInadmissible"
    version: Literal[1] = 1


class ApplicationFoundEligible(_Found):
    type: Literal["ApplicationFoundEligible"] = "ApplicationFoundEligible"
    version: Literal[1] = 1


class ApplicationFoundIneligible(_FoundAgainst):
    type: Literal["ApplicationFoundIneligible"] = "ApplicationFoundIneligible"
    version: Literal[1] = 1


class DecisionCorrected(_Event):
    """A mistaken admissibility or eligibility decision is replaced; the event of the new decision follows it."""

    type: Literal["DecisionCorrected"] = "DecisionCorrected"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    replaced: Code
    decided_by: Id


class ApplicationSelected(_Event):
    """``initiative_id`` equals ``application_id``; ``accept_by`` is when a place not accepted goes to the reserve.

    ``zone`` is the call's, in which the cycle's dates are read.
    """

    type: Literal["ApplicationSelected"] = "ApplicationSelected"
    version: Literal[1] = 1
    initiative_id: Id
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    theme: Theme
    departement: Departement
    from_reserve: bool
    accept_by: Instant
    programme: SupportProgramme
    applicant_kind: ApplicantKind
    zone: Zone = "Europe/Paris"


class ApplicationReserved(_Event):
    type: Literal["ApplicationReserved"] = "ApplicationReserved"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    rank: int


class ApplicationNotSelected(_Event):
    type: Literal["ApplicationNotSelected"] = "ApplicationNotSelected"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number


class SelectionAccepted(_Event):
    type: Literal["SelectionAccepted"] = "SelectionAccepted"
    version: Literal[1] = 1
    initiative_id: Id
    application_id: Id
    call_id: Id
    owner_id: Id
    accepted_at: Instant


class SelectionDeclined(_Event):
    """``lapsed`` when nobody answered in time rather than declined."""

    type: Literal["SelectionDeclined"] = "SelectionDeclined"
    version: Literal[1] = 1
    initiative_id: Id
    application_id: Id
    call_id: Id
    owner_id: Id
    number: Number
    lapsed: bool


class InitiativePublished(_Event):
    """The public record of a laureate. On the allow-list: title, purpose and a legal person's name; a person is unnamed."""

    type: Literal["InitiativePublished"] = "InitiativePublished"
    version: Literal[1] = 1
    initiative_id: Id
    call_id: Id
    number: Number
    title: str
    purpose: str
    applicant_kind: ApplicantKind
    organisation_name: str | None
    siret: Siret | None
    rna: str | None
    commune: Commune | None
    departement: Departement
    theme: Theme
    synthetic: bool


class MessageSent(_Event):
    """A message about an application: to ``recipients``, or to the programme when an applicant wrote it.

    ``since_id`` is the oldest message that the other side has not read; nobody needs to be told of the later ones.
    """

    type: Literal["MessageSent"] = "MessageSent"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    message_id: Id
    since_id: Id
    side: Side
    recipients: tuple[Id, ...] = ()


class EditorInvited(_Event):
    """Somebody may become an editor of the application by the link that the owner gives them."""

    type: Literal["EditorInvited"] = "EditorInvited"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    invitation_id: Id
    expires_at: Instant


class InvitationAccepted(_Event):
    type: Literal["InvitationAccepted"] = "InvitationAccepted"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    invitation_id: Id
    editor_id: Id


class InvitationRevoked(_Event):
    type: Literal["InvitationRevoked"] = "InvitationRevoked"
    version: Literal[1] = 1
    application_id: Id
    call_id: Id
    owner_id: Id
    invitation_id: Id


class ApplicationsCommandRefused(_CommandRefused):
    service: ClassVar[str] = "applications"
    type: Literal["ApplicationsCommandRefused"] = "ApplicationsCommandRefused"
    version: Literal[1] = 1


class LapseSelection(_Command):
    """The time to accept a place has passed."""

    type: Literal["LapseSelection"] = "LapseSelection"
    version: Literal[1] = 1
    application_id: Id
