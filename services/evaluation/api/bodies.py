"""Request bodies of evaluation."""

from typing import Annotated

from pydantic import Field, StrictInt, StringConstraints

from contracts.model import Code, Digest, Id, Model
from services.evaluation.commands import Appointment, Minutes, Move, Reason


class MembersBody(Model):
    members: Annotated[tuple[Appointment, ...], Field(min_length=1, max_length=500)]


class ConflictBody(Model):
    application_id: Id


class ReasonBody(Model):
    reason: Reason


class BallotBody(Model):
    """``scores``: a whole number for each criterion of the call."""

    scores: Annotated[dict[Code, StrictInt], Field(max_length=50)]
    comment: Annotated[str, StringConstraints(max_length=4_000)] | None = None


class OpinionBody(Model):
    """``minutes`` are kept sealed; ``moves`` are carried out one after the other."""

    present: Annotated[tuple[Id, ...], Field(min_length=1, max_length=500)]
    moves: Annotated[tuple[Move, ...], Field(max_length=500)] = ()
    minutes: Minutes


class ReminderBody(Model):
    """Whom to remind; nobody named is everybody who is late."""

    members: Annotated[tuple[Id, ...], Field(max_length=500)] = ()


class SignatureBody(Model):
    """``digest`` of the minutes that the signatory has read."""

    digest: Digest | None = None


class DecisionBody(Model):
    """``delegation`` is the code of the act that gives the authority its power to sign; ``seen`` what they have read."""

    delegation: Code
    seen: Digest | None = None
