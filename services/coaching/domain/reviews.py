"""Reviews: the mid-term one, the acceleration committee, the engagement committee."""

from datetime import datetime
from typing import Any

from contracts import coaching
from contracts.decision import Decision
from contracts.model import Event
from contracts.programme import ReviewKind
from services.coaching.commands import DecideReview
from services.coaching.domain import refusals
from services.coaching.domain.cycles import stopping
from services.coaching.domain.refusals import running
from services.coaching.domain.state import Cycle, Review

ALLOWED: dict[ReviewKind, tuple[coaching.ReviewDecision, ...]] = {
    "mid_term": ("continue", "stop"),
    "acceleration_committee": ("continue", "stop", "fund"),
    "engagement_committee": ("continue", "stop", "fund"),
}


def open_review(cycle: Cycle | None, command: coaching.OpenReview) -> Decision[Cycle]:
    cycle = running(cycle)
    if _find(cycle, command.review):
        raise refusals.ReviewAlreadyOpen
    opened = Review(review=command.review, due_at=command.due_at)
    told = coaching.ReviewOpened(initiative_id=cycle.initiative_id, review=command.review, due_at=command.due_at)
    return Decision(cycle.model_copy(update={"reviews": (*cycle.reviews, opened)}), (told,))


def escalate(cycle: Cycle | None, command: coaching.EscalateReview) -> Decision[Cycle]:
    cycle = running(cycle)
    review = _undecided(cycle, command.review)
    if cycle.status == "paused":
        raise refusals.CyclePaused
    if review.overdue:
        raise refusals.ReviewEscalated
    told = coaching.ReviewOverdue(initiative_id=cycle.initiative_id, review=command.review)
    return Decision(_replaced(cycle, review, overdue=True), (told,))


def decide(cycle: Cycle | None, command: DecideReview, now: datetime) -> Decision[Cycle]:
    """A decision to stop stops the cycle with it."""
    cycle = running(cycle)
    review, result = _undecided(cycle, command.review), command.result
    if result.decision not in ALLOWED[command.review]:
        raise refusals.DecisionNotAllowed(field="decision", allowed=list(ALLOWED[command.review]))
    texts = cycle.texts.model_copy(update={"reviews": {**cycle.texts.reviews, command.review: result.reason}})
    state = _replaced(cycle, review, decision=result.decision, decided_by=command.by, decided_at=now)
    state = state.model_copy(update={"private": texts})
    told: list[Event] = [
        coaching.ReviewDecided(
            initiative_id=cycle.initiative_id,
            review=command.review,
            decision=result.decision,
            decided_by=command.by,
        )
    ]
    if result.decision == "stop":
        state, stopped = stopping(state, f"{command.review}_decision", now)
        told.append(stopped)
    answer = {"review": command.review, "decision": result.decision, "status": state.status}
    return Decision(state, tuple(told), answer)


def _undecided(cycle: Cycle, kind: ReviewKind) -> Review:
    review = _find(cycle, kind)
    if review is None:
        raise refusals.ReviewNotOpen
    if review.decision is not None:
        raise refusals.ReviewDecided
    return review


def _find(cycle: Cycle, kind: ReviewKind) -> Review | None:
    return next((item for item in cycle.reviews if item.review == kind), None)


def _replaced(cycle: Cycle, review: Review, **changes: Any) -> Cycle:
    changed = review.model_copy(update=changes)
    return cycle.model_copy(update={"reviews": tuple(changed if item is review else item for item in cycle.reviews)})
