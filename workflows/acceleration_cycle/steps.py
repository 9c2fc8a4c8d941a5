"""From a milestone to the command that carries it out, and the refusals that mean that it is done already."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from temporalio.types import MethodAsyncSingleParam

from contracts.coaching import (
    CloseCycle,
    EscalateCheckIn,
    EscalateReview,
    OpenCheckIn,
    OpenReview,
    RemindCheckIn,
)
from contracts.model import Command
from workflows.acceleration_cycle.activities import CycleActivities
from workflows.acceleration_cycle.calendar import Milestone

DONE_ALREADY = frozenset(
    {
        *("check_in_already_open", "check_in_recorded", "check_in_reminded", "check_in_escalated"),
        *("review_already_open", "review_decided", "review_escalated", "cycle_closed"),
    }
)

Request = tuple[MethodAsyncSingleParam[Any, Any, None], Callable[..., Command]]


def request(milestone: Milestone, initiative_id: UUID) -> Request:
    """The activity that asks, and the command without its id."""
    week, review, due = milestone.week, milestone.review, milestone.due
    match milestone.kind:
        case "open_check_in":
            opened = partial(OpenCheckIn, initiative_id=initiative_id, week=week, due_at=due)
            return CycleActivities.open_check_in, opened
        case "remind_check_in":
            return CycleActivities.remind_check_in, partial(RemindCheckIn, initiative_id=initiative_id, week=week)
        case "escalate_check_in":
            return CycleActivities.escalate_check_in, partial(EscalateCheckIn, initiative_id=initiative_id, week=week)
        case "open_review":
            asked = partial(OpenReview, initiative_id=initiative_id, review=review, due_at=due)
            return CycleActivities.open_review, asked
        case "escalate_review":
            late = partial(EscalateReview, initiative_id=initiative_id, review=review)
            return CycleActivities.escalate_review, late
        case "close_cycle":
            return CycleActivities.close_cycle, partial(CloseCycle, initiative_id=initiative_id)
