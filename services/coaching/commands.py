"""What people ask of coaching over HTTP: the body each request has, and the command that it becomes."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.coaching import LeverOutcome, ReviewDecision, Weather
from contracts.model import Code, Command, Id, Instant, Model
from contracts.programme import ReviewKind

Need = Literal["consolidation", "integration", "deployment"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)]
Value = Annotated[Decimal, Field(max_digits=15, decimal_places=3, description="in the indicator's unit")]
StopReason = Literal[
    "abandoned",
    "objectives_out_of_reach",
    "obligations_not_met",
    "organisation_ended",
    "other",
]


class Mentor(Model):
    mentor_id: Id


class Officer(Model):
    officer_id: Id


class MessageBody(Model):
    text: Text


class Diagnosis(Model):
    needs: Annotated[tuple[Need, ...], Field(min_length=1, max_length=3)]
    text: Text


class IndicatorPlan(Model):
    code: Code
    initial: Value
    target: Value


class Roadmap(Model):
    objectives: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]
    levers: Annotated[tuple[Code, ...], Field(min_length=1, max_length=20)]
    indicators: Annotated[tuple[IndicatorPlan, ...], Field(max_length=20)] = ()


class IndicatorReading(Model):
    value: Value
    valued_at: Instant | None = None


class CheckInReport(Model):
    weather: Weather
    text: Text


class LeverAsk(Model):
    lever: Code
    administration: Code
    due_at: Instant
    text: Text


class LeverReply(Model):
    outcome: LeverOutcome
    text: Text


class ReviewResult(Model):
    decision: ReviewDecision
    reason: Text


class Extension(Model):
    weeks: Annotated[int, Field(ge=1, le=26)]


class Stop(Model):
    reason: StopReason
    text: Text


class PersonCommand(Command):
    """Asked by the person ``by``; ``officer`` when they act as one, for whom every cycle is theirs to follow."""

    service: ClassVar[str] = "coaching"
    version: Literal[1] = 1
    initiative_id: Id
    by: Id
    officer: bool = False


class AssignMentor(PersonCommand):
    type: Literal["AssignMentor"] = "AssignMentor"
    mentor: Mentor


class AssignOfficer(PersonCommand):
    type: Literal["AssignOfficer"] = "AssignOfficer"
    officer_id: Id


class SendMessage(PersonCommand):
    type: Literal["SendMessage"] = "SendMessage"
    text: Text


class RecordDiagnosis(PersonCommand):
    type: Literal["RecordDiagnosis"] = "RecordDiagnosis"
    diagnosis: Diagnosis


class SetRoadmap(PersonCommand):
    type: Literal["SetRoadmap"] = "SetRoadmap"
    roadmap: Roadmap


class RecordIndicator(PersonCommand):
    type: Literal["RecordIndicator"] = "RecordIndicator"
    code: Code
    reading: IndicatorReading


class RecordCheckIn(PersonCommand):
    type: Literal["RecordCheckIn"] = "RecordCheckIn"
    week: int
    report: CheckInReport


class RequestLever(PersonCommand):
    type: Literal["RequestLever"] = "RequestLever"
    ask: LeverAsk


class AnswerLever(PersonCommand):
    type: Literal["AnswerLever"] = "AnswerLever"
    request_id: Id
    reply: LeverReply


class DecideReview(PersonCommand):
    type: Literal["DecideReview"] = "DecideReview"
    review: ReviewKind
    result: ReviewResult


class PauseCycle(PersonCommand):
    type: Literal["PauseCycle"] = "PauseCycle"


class ResumeCycle(PersonCommand):
    type: Literal["ResumeCycle"] = "ResumeCycle"


class ExtendCycle(PersonCommand):
    type: Literal["ExtendCycle"] = "ExtendCycle"
    extension: Extension


class StopCycle(PersonCommand):
    type: Literal["StopCycle"] = "StopCycle"
    stop: Stop
