"""An application as it is kept: what may be known of it in clear, and what is sealed under its owner's key."""

from typing import Literal

from pydantic import Field

from contracts.applications import ApplicantKind, Need
from contracts.decision import NotFound
from contracts.model import Cents, Code, Departement, Digest, Id, Instant, Model, Siren, Theme
from contracts.officers import EntryChannel
from services.applications.domain.applicants import Applicant
from services.applications.domain.forms import Answer
from services.applications.domain.refusals import OwnerOnly, WrongState

Status = Literal[
    "draft", "submitted", "correction_requested", "admissible", "inadmissible", "eligible", "ineligible",
    "under_evaluation", "selected", "reserve", "not_selected", "declined", "withdrawn",
]  # fmt: skip
Step = Literal["admissibility", "eligibility"]
Outcome = Literal["admissible", "inadmissible", "eligible", "ineligible"]
BEFORE_RESULTS: tuple[Status, ...] = (
    "draft", "submitted", "correction_requested", "admissible", "inadmissible", "eligible", "ineligible",
    "under_evaluation",
)  # fmt: skip


class Private(Model):
    """Personal data and free text. ``reasons`` are by the number of the decision, ``file_names`` by attachment.

    ``contact`` of an applicant who did not apply online: ``phone`` and ``address``.
    ``invited``: by invitation that is open, or that an editor accepted, the e-mail address that the owner typed.
    """

    answers: dict[str, Answer] = Field(default_factory=dict)
    applicant: Applicant = Applicant()
    reasons: dict[str, str] = Field(default_factory=dict)
    file_names: dict[str, str] = Field(default_factory=dict)
    contact: dict[str, str] = Field(default_factory=dict)
    invited: dict[str, str] = Field(default_factory=dict)


class Facts(Model):
    """What the submitted content says in codes and amounts; it travels in events."""

    theme: Theme
    needs: tuple[Need, ...]
    requested_cents: Cents
    departement: Departement
    commune: str | None
    territorial: bool
    siren: Siren | None
    mail_domain: Digest | None


class Attachment(Model):
    attachment_id: Id
    slot: Code | None
    media_type: str
    size: int
    digest: Digest
    added_at: Instant


class Correction(Model):
    """Fields and attachment slots that the applicant may complete until ``due_at``."""

    fields: tuple[Code, ...]
    requested_by: Id
    requested_at: Instant
    due_at: Instant


class RuleDecision(Model):
    """One decision of admissibility or eligibility: by rule when ``decided_by`` is nobody. ``failed`` are all failing rules."""

    step: Step
    outcome: Outcome
    rule: Code
    failed: tuple[Code, ...] = ()
    decided_by: Id | None = None
    decided_at: Instant
    replaced: bool = False


class Place(Model):
    """What the announced decision gave. ``accepted_at`` once the laureate took the place."""

    rank: int | None = None
    from_reserve: bool = False
    announced_at: Instant
    accept_by: Instant | None = None
    accepted_at: Instant | None = None
    lapsed: bool = False


class Assignment(Model):
    """One change of hands between officers; ``officer_id`` of None gave the file back to nobody."""

    officer_id: Id | None
    assigned_by: Id
    assigned_at: Instant


class Entry(Model):
    """Who typed in what did not come online, and when its owner said that it is theirs; ``taken_over_by`` a colleague."""

    channel: EntryChannel
    received_at: Instant
    entered_by: Id
    taken_over_by: Id | None = None
    confirmed_at: Instant | None = None

    @property
    def typist(self) -> Id:
        """The officer who edits it for its owner."""
        return self.taken_over_by or self.entered_by


class Invitation(Model):
    """Leave to become an editor, for whoever shows the token of ``digest`` (SHA-256) first."""

    invitation_id: Id
    digest: Digest
    may_submit: bool
    created_at: Instant
    expires_at: Instant
    accepted_by: Id | None = None
    revoked: bool = False


class Application(Model):
    """An application. ``slot`` is what is unique where a call takes one application per applicant; ``revision`` counts saves.

    ``saved_fields``: by field of a draft, the revision that saved it last.
    """

    application_id: Id
    call_id: Id
    owner_id: Id
    kind: ApplicantKind
    status: Status = "draft"
    editor_ids: tuple[Id, ...]
    submitter_ids: tuple[Id, ...]
    synthetic: bool = False
    slot: str | None = None
    revision: int = 1
    saved_fields: dict[str, int] = Field(default_factory=dict)
    created_at: Instant
    saved_at: Instant
    number: str | None = None
    ordinal: int | None = None
    submitted_at: Instant | None = None
    content_digest: Digest | None = None
    silence_at: Instant | None = None
    facts: Facts | None = None
    correction: Correction | None = None
    decisions: tuple[RuleDecision, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    assigned_to: Id | None = None
    assignments: tuple[Assignment, ...] = ()
    entry: Entry | None = None
    invitations: tuple[Invitation, ...] = ()
    invitation_digests: tuple[Digest, ...] = ()
    private: Private | None = None

    @property
    def entered_unconfirmed(self) -> bool:
        """Whether an officer typed it in and its owner has not confirmed it."""
        return self.entry is not None and self.entry.confirmed_at is None

    @property
    def content(self) -> Private:
        """What is sealed; empty before the first save, and once the owner was erased."""
        return self.private or Private()

    @property
    def quoted(self) -> str:
        """The number, of an application that has one."""
        if self.number is None:
            raise WrongState(allowed=["submitted"])
        return self.number


def without_address(application: Application, editor_id: Id) -> Application:
    """The application without the address by which this editor was invited."""
    theirs = {str(each.invitation_id) for each in application.invitations if each.accepted_by == editor_id}
    left = {key: address for key, address in application.content.invited.items() if key not in theirs}
    if left == application.content.invited:
        return application
    return application.model_copy(update={"private": application.content.model_copy(update={"invited": left})})


def existing(application: Application | None) -> Application:
    if application is None:
        raise NotFound
    return application


def editable_by(application: Application | None, person_id: Id) -> Application:
    """The application, if the person edits it. Raises ``NotFound``, so that nobody learns that it exists."""
    found = existing(application)
    if person_id not in found.editor_ids:
        raise NotFound
    return found


def owned_by(application: Application | None, person_id: Id) -> Application:
    """The application, if it is the person's. Raises ``NotFound``, or ``OwnerOnly`` for another editor."""
    found = editable_by(application, person_id)
    if found.owner_id != person_id:
        raise OwnerOnly
    return found


def in_status(application: Application, *allowed: Status) -> Application:
    if application.status not in allowed:
        raise WrongState(allowed=list(allowed))
    return application
