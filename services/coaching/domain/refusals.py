"""Why coaching says no."""

from contracts.decision import NotFound, Refusal
from services.coaching.domain.state import Cycle


class CycleAlreadyOpen(Refusal):
    code, title = "cycle_already_open", "This initiative's cycle is open already"


class CycleStopped(Refusal):
    code, title = "cycle_stopped", "The cycle was stopped"


class CycleClosed(Refusal):
    code, title = "cycle_closed", "The cycle is closed"


class CyclePaused(Refusal):
    code, title = "cycle_paused", "The cycle is paused"


class CycleNotPaused(Refusal):
    code, title = "cycle_not_paused", "The cycle is not paused"


class DatesReversed(Refusal):
    code, status, title = "dates_reversed", 422, "The end has to come after the beginning"


class CheckInNotOpen(Refusal):
    code, title = "check_in_not_open", "The check-in of this week is not open"


class CheckInAlreadyOpen(Refusal):
    code, title = "check_in_already_open", "The check-in of this week is open already"


class CheckInRecorded(Refusal):
    code, title = "check_in_recorded", "The check-in of this week is recorded"


class CheckInReminded(Refusal):
    code, title = "check_in_reminded", "The owner was reminded of this check-in"


class CheckInEscalated(Refusal):
    code, title = "check_in_escalated", "The officer was told of this check-in"


class ReviewNotOpen(Refusal):
    code, title = "review_not_open", "The review is not open"


class ReviewAlreadyOpen(Refusal):
    code, title = "review_already_open", "The review is open already"


class ReviewDecided(Refusal):
    code, title = "review_decided", "The review is decided"


class ReviewEscalated(Refusal):
    code, title = "review_escalated", "The officer was told of this review"


class DecisionNotAllowed(Refusal):
    code, status, title = "decision_not_allowed", 422, "This review cannot decide so"


class LeverUnknown(Refusal):
    code, status, title = "lever_unknown", 422, "The programme offers no such lever"


class LeverAnswered(Refusal):
    code, title = "lever_answered", "The request has its answer"


class DueInThePast(Refusal):
    code, status, title = "due_in_the_past", 422, "The due date has to be in the future"


class ValuedInTheFuture(Refusal):
    code, status, title = "valued_in_the_future", 422, "A value cannot be dated in the future"


class IndicatorTwice(Refusal):
    code, status, title = "indicator_twice", 422, "An indicator is named twice"


def known(cycle: Cycle | None) -> Cycle:
    """``cycle``. Raises ``NotFound`` when there is none."""
    if cycle is None:
        raise NotFound
    return cycle


def running(cycle: Cycle | None) -> Cycle:
    """``cycle``, open or paused. Raises ``NotFound``, ``CycleStopped`` or ``CycleClosed``."""
    cycle = known(cycle)
    if cycle.status == "stopped":
        raise CycleStopped
    if cycle.status == "closed":
        raise CycleClosed
    return cycle
