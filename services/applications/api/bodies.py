"""The bodies of requests."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.applications import ApplicantKind
from contracts.model import Code, Id, Instant, Model
from services.applications.commands import Changes, Reason
from services.applications.domain.applicants import Applicant
from services.applications.domain.application import Outcome
from services.applications.domain.forms import MAX_TEXT

MAX_ANSWERS = 500
Answers = Annotated[
    Changes, Field(max_length=MAX_ANSWERS, description=f"texts up to {MAX_TEXT} characters; null removes")
]


class NewDeadline(Model):
    """``reason`` is a code that everybody may read, such as ``outage``."""

    closes_at: Instant
    reason: Code


class NewApplication(Model):
    kind: ApplicantKind
    channel: Literal["online", "paper", "telephone"] = "online"
    applicant: Applicant = Applicant()
    answers: Answers = Field(default_factory=dict)
    synthetic: bool = False


class SavedDraft(Model):
    """What changed; the rest stays. ``version`` is the one that was read: what was saved since in other fields stays, too."""

    applicant: Applicant = Applicant()
    answers: Answers = Field(default_factory=dict)
    version: int | None = None


class NewEditor(Model):
    person_id: Id
    may_submit: bool = False


class CorrectionAsked(Model):
    """Fields of the form and attachment slots; the delay is the call's."""

    fields: Annotated[tuple[Code, ...], Field(min_length=1, max_length=100)]


class CorrectionMade(Model):
    answers: Answers = Field(default_factory=dict)


class Decided(Model):
    """``rule`` is the code of one of the call's rules, or ``officer_assessment``; ``reason`` is told to the applicant."""

    decision: Outcome
    rule: Code
    reason: Reason
