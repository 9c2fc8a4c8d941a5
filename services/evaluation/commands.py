"""What evaluation is asked over HTTP, and what it asks of itself after an event or between the steps of a longer command.

``by`` is the person who asks. Workflows' commands are in ``contracts.evaluation``.
"""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.evaluation import ConflictSource
from contracts.model import Code, Command, Digest, Id, Model
from contracts.programme import College, CollegeName, Criterion, EvaluationRules, Schedule

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000)]
Minutes = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40_000)]


class _Command(Command):
    service: ClassVar[str] = "evaluation"
    version: Literal[1] = 1


class SetUpRound(_Command):
    type: Literal["SetUpRound"] = "SetUpRound"
    round_id: Id
    number: str
    schedule: Schedule
    criteria: tuple[Criterion, ...]
    colleges: tuple[College, ...]
    rules: EvaluationRules


class Appointment(Model):
    """A member to appoint. ``stratum`` is the group for which an alternate may stand in."""

    member_id: Id
    college: CollegeName
    alternate: bool = False
    stratum: Code | None = None


class AppointMembers(_Command):
    type: Literal["AppointMembers"] = "AppointMembers"
    round_id: Id
    by: Id
    members: Annotated[tuple[Appointment, ...], Field(min_length=1, max_length=500)]


class ResignMember(_Command):
    type: Literal["ResignMember"] = "ResignMember"
    round_id: Id
    by: Id
    member_id: Id


class RecordConflict(_Command):
    type: Literal["RecordConflict"] = "RecordConflict"
    round_id: Id
    member_id: Id
    application_id: Id
    source: ConflictSource


class DismissConflict(_Command):
    type: Literal["DismissConflict"] = "DismissConflict"
    round_id: Id
    by: Id
    member_id: Id
    application_id: Id
    reason: Reason


class ConfirmConflict(_Command):
    """An officer has looked at a derived conflict, and it stands."""

    type: Literal["ConfirmConflict"] = "ConfirmConflict"
    round_id: Id
    by: Id
    member_id: Id
    application_id: Id


class AssignApplications(_Command):
    """Share the pool out among the panel; with ``resigned``, that member's open ballots go to ``alternate``."""

    type: Literal["AssignApplications"] = "AssignApplications"
    round_id: Id
    by: Id
    resigned: Id | None = None
    alternate: Id | None = None


class FinishAssignment(_Command):
    type: Literal["FinishAssignment"] = "FinishAssignment"
    round_id: Id
    run: int


class GiveReading(_Command):
    """The member reads these applications from now on, beside those that they read already."""

    type: Literal["GiveReading"] = "GiveReading"
    round_id: Id
    member_id: Id
    application_ids: tuple[UUID, ...]


class TakeReading(_Command):
    """The member reads these no longer, and no application at all when it is None."""

    type: Literal["TakeReading"] = "TakeReading"
    round_id: Id
    member_id: Id
    application_ids: tuple[UUID, ...] | None = None


class BeginClosing(_Command):
    type: Literal["BeginClosing"] = "BeginClosing"
    round_id: Id


class BeginSealing(_Command):
    type: Literal["BeginSealing"] = "BeginSealing"
    round_id: Id


class Move(Model):
    """The deliberation puts an application at ``rank`` (from 1), with its reason."""

    application_id: Id
    rank: Annotated[int, Field(ge=1)]
    reason: Reason


class GiveOpinion(_Command):
    type: Literal["GiveOpinion"] = "GiveOpinion"
    round_id: Id
    by: Id
    present: Annotated[tuple[Id, ...], Field(min_length=1, max_length=500)]
    moves: Annotated[tuple[Move, ...], Field(max_length=500)] = ()
    minutes: Minutes


class RemindLate(_Command):
    """Remind ``members`` or, without any, all who still have ballots to give."""

    type: Literal["RemindLate"] = "RemindLate"
    round_id: Id
    by: Id
    members: tuple[Id, ...] = ()


class SignMinutes(_Command):
    """``digest``, when given, is that of the minutes that the signatory has read."""

    type: Literal["SignMinutes"] = "SignMinutes"
    round_id: Id
    by: Id
    digest: Digest | None = None


class SignDecision(_Command):
    """``seen``, when given, is the digest of the prepared decision that the authority has read."""

    type: Literal["SignDecision"] = "SignDecision"
    round_id: Id
    by: Id
    delegation: Code
    seen: Digest | None = None


class OfferPlace(_Command):
    """The place of this application is free."""

    type: Literal["OfferPlace"] = "OfferPlace"
    round_id: Id
    application_id: Id


class DestroyBallots(_Command):
    type: Literal["DestroyBallots"] = "DestroyBallots"
    round_id: Id
    by: Id
