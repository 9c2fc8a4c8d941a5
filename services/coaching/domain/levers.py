"""Requests for a lever to an administration, each with a due date and an outcome."""

from collections.abc import Collection
from datetime import datetime

from contracts import coaching
from contracts.decision import Decision, NotFound
from services.coaching.commands import AnswerLever, RequestLever
from services.coaching.domain import refusals
from services.coaching.domain.cycles import follow
from services.coaching.domain.state import Cycle, LeverRequest


def request(cycle: Cycle | None, command: RequestLever, offered: Collection[str], now: datetime) -> Decision[Cycle]:
    """The request's id is the command's."""
    cycle, ask = follow(cycle, command), command.ask
    if ask.lever not in offered:
        raise refusals.LeverUnknown(field="lever", allowed=sorted(offered))
    if ask.due_at <= now:
        raise refusals.DueInThePast(field="due_at")
    facts = {"lever": ask.lever, "administration": ask.administration, "due_at": ask.due_at}
    made = LeverRequest(request_id=command.command_id, requested_at=now, **facts)
    texts = {**cycle.texts.lever_requests, made.request_id: ask.text}
    update = {
        "lever_requests": (*cycle.lever_requests, made),
        "private": cycle.texts.model_copy(update={"lever_requests": texts}),
    }
    told = coaching.LeverRequested(initiative_id=cycle.initiative_id, request_id=made.request_id, **facts)
    return Decision(cycle.model_copy(update=update), (told,), {"request_id": str(made.request_id)})


def answer(cycle: Cycle | None, command: AnswerLever, now: datetime) -> Decision[Cycle]:
    """By the mentor or an officer; the owner asks and does not answer."""
    cycle = follow(cycle, command)
    found = next((item for item in cycle.lever_requests if item.request_id == command.request_id), None)
    if found is None or not (command.officer or command.by == cycle.mentor_id):
        raise NotFound
    if found.outcome is not None:
        raise refusals.LeverAnswered
    outcome, late = command.reply.outcome, now > found.due_at
    changed = found.model_copy(update={"outcome": outcome, "answered_at": now, "late": late})
    texts = {**cycle.texts.lever_answers, found.request_id: command.reply.text}
    update = {
        "lever_requests": tuple(changed if item is found else item for item in cycle.lever_requests),
        "private": cycle.texts.model_copy(update={"lever_answers": texts}),
    }
    told = coaching.LeverAnswered(
        initiative_id=cycle.initiative_id,
        request_id=found.request_id,
        lever=found.lever,
        outcome=outcome,
        late=late,
    )
    return Decision(cycle.model_copy(update=update), (told,), {"outcome": outcome, "late": late})
