"""What applications is asked over HTTP, and what it tells itself when other services' events arrive."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.applications import ApplicantKind
from contracts.model import Code, Command, Digest, Id, Instant
from services.applications.domain.applicants import Applicant
from services.applications.domain.application import Outcome
from services.applications.domain.definition import CallDefinition
from services.applications.domain.forms import Answer

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Changes = dict[str, Answer | None]


class _Command(Command):
    service: ClassVar[str] = "applications"
    version: Literal[1] = 1


class PublishCall(_Command):
    type: Literal["PublishCall"] = "PublishCall"
    call_id: Id
    person_id: Id
    definition: CallDefinition


class ExtendDeadline(_Command):
    type: Literal["ExtendDeadline"] = "ExtendDeadline"
    call_id: Id
    person_id: Id
    closes_at: Instant
    reason: Code


class FreezeCall(_Command):
    type: Literal["FreezeCall"] = "FreezeCall"
    call_id: Id


class _OnApplication(_Command):
    application_id: Id
    person_id: Id


class StartDraft(_OnApplication):
    type: Literal["StartDraft"] = "StartDraft"
    call_id: Id
    kind: ApplicantKind
    applicant: Applicant
    answers: Changes
    synthetic: bool


class SaveDraft(_OnApplication):
    """Only the fields that are set in ``applicant`` change; an answer of None is taken away. ``revision``: what was read.

    ``exact``: refuse whatever was saved since, in other fields too.
    """

    type: Literal["SaveDraft"] = "SaveDraft"
    applicant: Applicant
    answers: Changes
    revision: int | None
    exact: bool = False


class AddEditor(_OnApplication):
    type: Literal["AddEditor"] = "AddEditor"
    editor_id: Id
    may_submit: bool


class RemoveEditor(_OnApplication):
    type: Literal["RemoveEditor"] = "RemoveEditor"
    editor_id: Id


class SubmitApplication(_OnApplication):
    type: Literal["SubmitApplication"] = "SubmitApplication"


class WithdrawApplication(_OnApplication):
    type: Literal["WithdrawApplication"] = "WithdrawApplication"


class RequestCorrection(_OnApplication):
    type: Literal["RequestCorrection"] = "RequestCorrection"
    fields: Annotated[tuple[Code, ...], Field(min_length=1, max_length=100)]


class CorrectApplication(_OnApplication):
    type: Literal["CorrectApplication"] = "CorrectApplication"
    answers: Changes


class InstructApplication(_OnApplication):
    """Decide by the call's rules as far as they go."""

    type: Literal["InstructApplication"] = "InstructApplication"


class DecideApplication(_OnApplication):
    type: Literal["DecideApplication"] = "DecideApplication"
    outcome: Outcome
    rule: Code
    reason: Reason


class ReplaceDecision(_OnApplication):
    """``decision`` counts from 1, in the order in which decisions were taken."""

    type: Literal["ReplaceDecision"] = "ReplaceDecision"
    decision: int
    outcome: Outcome
    rule: Code
    reason: Reason


class AddAttachment(_OnApplication):
    """A file that was read and looked into: ``size`` in bytes, ``digest`` SHA-256."""

    type: Literal["AddAttachment"] = "AddAttachment"
    attachment_id: Id
    slot: Code | None
    name: str
    media_type: str
    size: int
    digest: Digest


class RemoveAttachment(_OnApplication):
    type: Literal["RemoveAttachment"] = "RemoveAttachment"
    attachment_id: Id


class AcceptPlace(_OnApplication):
    type: Literal["AcceptPlace"] = "AcceptPlace"


class DeclinePlace(_OnApplication):
    type: Literal["DeclinePlace"] = "DeclinePlace"


class RecordResult(_Command):
    """What the announced decision says of one application; ``rank`` from 1 in the reserve."""

    type: Literal["RecordResult"] = "RecordResult"
    application_id: Id
    outcome: Literal["selected", "reserve", "not_selected"]
    rank: int | None = None
    announced_at: Instant


class OfferPlace(_Command):
    """A freed place goes to this application of the reserve."""

    type: Literal["OfferPlace"] = "OfferPlace"
    application_id: Id
    offered_at: Instant
