"""How cycles look to those who may read them, and who asks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.chassis.identity import Caller
from services.coaching.domain.messages import Message
from services.coaching.domain.state import CheckIn, Cycle, LeverRequest

READERS = ("programme_officer", "deciding_authority")
SIDES = ("authorising_officer", "accountant")
_SHORT = {
    "initiative_id", "call_id", "owner_id", "mentor_id", "officer_id", "theme", "departement", "status", "weather",
    "starts_at", "ends_at", "next_due_at", "escalated", "asked_levers",
}  # fmt: skip


def who(caller: Caller, command_id: UUID, initiative_id: UUID) -> dict[str, Any]:
    """What every command of a person says of who asks."""
    officer = caller.has("programme_officer")
    return {
        "command_id": command_id,
        "initiative_id": initiative_id,
        "by": caller.person_id,
        "officer": officer,
    }


def summary(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """A line of a list: no text."""
    recorded = sum(item.recorded_at is not None for item in cycle.check_ins)
    return {
        **cycle.model_dump(mode="json", include=_SHORT),
        "check_ins": {"opened": len(cycle.check_ins), "recorded": recorded},
        "overdue": cycle.overdue(now),
    }


def full(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """The whole record with what people wrote, each text beside what it is about."""
    texts = cycle.texts
    shown = cycle.model_dump(mode="json", exclude={"private", "waiting_since", "agenda"})
    for item in shown["check_ins"]:
        item["text"] = texts.check_ins.get(item["week"])
    for request, item in zip(cycle.lever_requests, shown["lever_requests"], strict=True):
        item["text"] = texts.lever_requests.get(request.request_id)
        item["answer"] = texts.lever_answers.get(request.request_id)
    for review, item in zip(cycle.reviews, shown["reviews"], strict=True):
        item["reason"] = texts.reviews.get(review.review)
    return shown | {
        "diagnosis": texts.diagnosis or None,
        "objectives": list(texts.objectives),
        "stop_text": texts.stop or None,
        "overdue": cycle.overdue(now),
    }


def service_view(cycle: Cycle) -> dict[str, Any]:
    """What shows whether the service was done: states, dates and decisions; no text, no weather, no request."""
    shown = {"initiative_id", "status", "starts_at", "ends_at", "ended_at", "stop_reason"}
    check_ins = ("week", "due_at", "recorded_at", "late")
    reviews = ("review", "due_at", "decision", "decided_by", "decided_at")
    return {
        **cycle.model_dump(mode="json", include=shown),
        "check_ins": [each.model_dump(mode="json", include={*check_ins}) for each in cycle.check_ins],
        "reviews": [each.model_dump(mode="json", include={*reviews}) for each in cycle.reviews],
    }


def late_view(cycle: Cycle, check_in: CheckIn) -> dict[str, Any]:
    """A missing check-in, and how far telling of it has gone."""
    shown = check_in.model_dump(mode="json", include={"week", "due_at", "reminded", "missed"})
    return {"initiative_id": str(cycle.initiative_id), "owner_id": str(cycle.owner_id), **shown}


def lever_view(cycle: Cycle, request: LeverRequest, now: datetime) -> dict[str, Any]:
    """A request for a lever with what was asked and answered."""
    return {
        "initiative_id": str(cycle.initiative_id),
        "departement": cycle.departement,
        "theme": cycle.theme,
        **request.model_dump(mode="json"),
        "overdue": request.outcome is None and request.due_at < now,
        "text": cycle.texts.lever_requests.get(request.request_id),
        "answer": cycle.texts.lever_answers.get(request.request_id),
    }


def message_view(message: Message, text: str | None) -> dict[str, Any]:
    """A message; without its words once its author or the initiative's owner is erased."""
    shown = message.model_dump(mode="json", include={"message_id", "author_id", "side", "sent_at", "place"})
    return {**shown, "text": text}
