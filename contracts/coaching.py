"""Events of coaching, and the commands by which an acceleration cycle's workflow moves its record."""

from typing import ClassVar, Literal

from contracts.model import Code, Command, Departement, Event, Id, Instant, Theme
from contracts.model import CommandRefused as _CommandRefused
from contracts.programme import ReviewKind

Weather = Literal["sun", "overcast", "cloud", "storm"]
ReviewDecision = Literal["continue", "stop", "fund"]
LeverOutcome = Literal["granted", "partly_granted", "refused", "redirected"]


class _Event(Event):
    service: ClassVar[str] = "coaching"


class _Command(Command):
    service: ClassVar[str] = "coaching"


class _Cycle(_Event):
    initiative_id: Id


class CycleOpened(_Cycle):
    type: Literal["CycleOpened"] = "CycleOpened"
    version: Literal[1] = 1
    call_id: Id
    owner_id: Id
    theme: Theme
    departement: Departement
    starts_at: Instant
    ends_at: Instant


class MentorAssigned(_Cycle):
    type: Literal["MentorAssigned"] = "MentorAssigned"
    version: Literal[1] = 1
    mentor_id: Id
    assigned_by: Id


class OfficerAssigned(_Cycle):
    """This programme officer follows the initiative from now on."""

    type: Literal["OfficerAssigned"] = "OfficerAssigned"
    version: Literal[1] = 1
    officer_id: Id
    assigned_by: Id


class CycleMessageSent(_Cycle):
    """Somebody around the initiative wrote to the others, ``recipients``; what they wrote stays in the service."""

    type: Literal["CycleMessageSent"] = "CycleMessageSent"
    version: Literal[1] = 1
    message_id: Id
    author_id: Id
    recipients: tuple[Id, ...]
    sent_at: Instant


class DiagnosisRecorded(_Cycle):
    type: Literal["DiagnosisRecorded"] = "DiagnosisRecorded"
    version: Literal[1] = 1
    recorded_by: Id


class IndicatorValue(_Cycle):
    """A dated value of an indicator of the initiative's roadmap, in thousandths of its unit."""

    type: Literal["IndicatorValue"] = "IndicatorValue"
    version: Literal[1] = 1
    indicator: Code
    kind: Literal["initial", "current", "target"]
    value_milli: int
    valued_at: Instant


class RoadmapSet(_Cycle):
    type: Literal["RoadmapSet"] = "RoadmapSet"
    version: Literal[1] = 1
    objectives: int
    levers: tuple[Code, ...]


class CheckInOpened(_Cycle):
    type: Literal["CheckInOpened"] = "CheckInOpened"
    version: Literal[1] = 1
    owner_id: Id
    week: int
    due_at: Instant


class CheckInRecorded(_Cycle):
    type: Literal["CheckInRecorded"] = "CheckInRecorded"
    version: Literal[1] = 1
    week: int
    weather: Weather
    late: bool


class CheckInReminded(_Cycle):
    type: Literal["CheckInReminded"] = "CheckInReminded"
    version: Literal[1] = 1
    owner_id: Id
    week: int


class CheckInMissed(_Cycle):
    """The reminder did not help: the officer is told."""

    type: Literal["CheckInMissed"] = "CheckInMissed"
    version: Literal[1] = 1
    owner_id: Id
    week: int


class LeverRequested(_Cycle):
    type: Literal["LeverRequested"] = "LeverRequested"
    version: Literal[1] = 1
    request_id: Id
    lever: Code
    administration: Code
    due_at: Instant


class LeverAnswered(_Cycle):
    type: Literal["LeverAnswered"] = "LeverAnswered"
    version: Literal[1] = 1
    request_id: Id
    lever: Code
    outcome: LeverOutcome
    late: bool


class ReviewOpened(_Cycle):
    type: Literal["ReviewOpened"] = "ReviewOpened"
    version: Literal[1] = 1
    review: ReviewKind
    due_at: Instant


class ReviewDecided(_Cycle):
    """A ``stop`` is followed by CycleStopped; ``fund`` meets the condition of the tranches that wait for this review."""

    type: Literal["ReviewDecided"] = "ReviewDecided"
    version: Literal[1] = 1
    review: ReviewKind
    decision: ReviewDecision
    decided_by: Id


class ReviewOverdue(_Cycle):
    """Nobody decided in time: the officer is told."""

    type: Literal["ReviewOverdue"] = "ReviewOverdue"
    version: Literal[1] = 1
    review: ReviewKind


class CyclePaused(_Cycle):
    type: Literal["CyclePaused"] = "CyclePaused"
    version: Literal[1] = 1
    paused_at: Instant


class CycleResumed(_Cycle):
    """``paused_seconds`` is how long this pause lasted; every later deadline moves by as much."""

    type: Literal["CycleResumed"] = "CycleResumed"
    version: Literal[1] = 1
    resumed_at: Instant
    paused_seconds: int


class CycleExtended(_Cycle):
    type: Literal["CycleExtended"] = "CycleExtended"
    version: Literal[1] = 1
    weeks: int


class CycleStopped(_Cycle):
    type: Literal["CycleStopped"] = "CycleStopped"
    version: Literal[1] = 1
    owner_id: Id
    reason: Code
    stopped_at: Instant


class CycleClosed(_Cycle):
    type: Literal["CycleClosed"] = "CycleClosed"
    version: Literal[1] = 1
    owner_id: Id
    check_ins: int
    missed: int
    closed_at: Instant


class CoachingCommandRefused(_CommandRefused):
    service: ClassVar[str] = "coaching"
    type: Literal["CoachingCommandRefused"] = "CoachingCommandRefused"
    version: Literal[1] = 1


class OpenCycle(_Command):
    type: Literal["OpenCycle"] = "OpenCycle"
    version: Literal[1] = 1
    initiative_id: Id
    call_id: Id
    owner_id: Id
    theme: Theme
    departement: Departement
    starts_at: Instant
    ends_at: Instant


class OpenCheckIn(_Command):
    type: Literal["OpenCheckIn"] = "OpenCheckIn"
    version: Literal[1] = 1
    initiative_id: Id
    week: int
    due_at: Instant


class RemindCheckIn(_Command):
    """Answered by CheckInReminded, or by a refusal ``check_in_recorded`` when there is nothing to remind of."""

    type: Literal["RemindCheckIn"] = "RemindCheckIn"
    version: Literal[1] = 1
    initiative_id: Id
    week: int


class EscalateCheckIn(_Command):
    type: Literal["EscalateCheckIn"] = "EscalateCheckIn"
    version: Literal[1] = 1
    initiative_id: Id
    week: int


class OpenReview(_Command):
    type: Literal["OpenReview"] = "OpenReview"
    version: Literal[1] = 1
    initiative_id: Id
    review: ReviewKind
    due_at: Instant


class EscalateReview(_Command):
    type: Literal["EscalateReview"] = "EscalateReview"
    version: Literal[1] = 1
    initiative_id: Id
    review: ReviewKind


class CloseCycle(_Command):
    type: Literal["CloseCycle"] = "CloseCycle"
    version: Literal[1] = 1
    initiative_id: Id
