"""One decision on many applications: shown first, confirmed with a time to undo it, then carried out on each once."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from contracts.decision import Decision, NotFound, Refusal
from contracts.model import Code, Id, Instant, Model
from services.applications.batch_commands import BeginBatch, PlanBatch, RecordResults, ScheduleBatch, UndoBatch
from services.applications.commands import DecideApplication
from services.applications.domain import instruction, refusals
from services.applications.domain.application import Application, Outcome
from services.applications.domain.calls import Call

SECOND_THOUGHTS = timedelta(minutes=10)
LATEST = timedelta(days=31)
Status = Literal["planned", "scheduled", "sending", "sent", "undone"]


class Item(Model):
    """One application: ``ready`` to be decided, ``refused`` with a code, or ``decided`` with the status that it has since."""

    application_id: Id
    number: str | None = None
    before: str | None = None
    state: Literal["ready", "refused", "decided"]
    status: str | None = None
    code: str | None = None


class Words(Model):
    """What is sealed: the reason is free text."""

    reason: str


class Batch(Model):
    """A batch. ``scheduled_by`` is the officer who takes the decisions. ``private`` is sealed under the batch's own key."""

    batch_id: Id
    call_id: Id
    outcome: Outcome
    rule: Code
    status: Status = "planned"
    planned_by: Id
    planned_at: Instant
    scheduled_by: Id | None = None
    sends_at: Instant | None = None
    undone_by: Id | None = None
    ended_at: Instant | None = None
    items: tuple[Item, ...]
    private: Words | None = None

    @property
    def ready(self) -> tuple[Item, ...]:
        """What is left to be decided."""
        return tuple(item for item in self.items if item.state == "ready")

    def counts(self) -> dict[str, int]:
        found = Counter(item.state for item in self.items)
        return {state: found[state] for state in ("ready", "refused", "decided")}


def existing(batch: Batch | None) -> Batch:
    if batch is None:
        raise NotFound
    return batch


def order(
    batch_id: UUID, application_id: UUID, person_id: UUID, plan: PlanBatch | Batch, reason: str
) -> DecideApplication:
    """The decision on one application; its id follows from both, so that it is taken once however often it is asked for."""
    return DecideApplication(
        command_id=uuid5(batch_id, str(application_id)),
        application_id=application_id,
        person_id=person_id,
        outcome=plan.outcome,
        rule=plan.rule,
        reason=reason,
    )


def preview(command: PlanBatch, found: Mapping[UUID, Application], call: Call, now: datetime) -> tuple[Item, ...]:
    """What would happen to each application now. Raises ``RuleUnknown``, which holds for all of them."""
    return tuple(_preview(command, each, found.get(each), call, now) for each in dict.fromkeys(command.application_ids))


def _preview(command: PlanBatch, key: UUID, application: Application | None, call: Call, now: datetime) -> Item:
    if application is None or application.call_id != call.call_id or application.number is None:
        return Item(application_id=key, state="refused", code=NotFound.code)
    known: dict[str, Any] = {"application_id": key, "number": application.number, "before": application.status}
    decision = order(command.batch_id, key, command.person_id, command, command.reason)
    try:
        decided = instruction.decide(application, decision, call, now)
    except refusals.RuleUnknown:
        raise
    except Refusal as refusal:
        return Item(**known, state="refused", code=refusal.code)
    return Item(**known, state="ready", status=decided.state.status)


def plan(state: Batch | None, command: PlanBatch, items: tuple[Item, ...], now: datetime) -> Decision[Batch]:
    """Keep what was shown; nothing is decided by it."""
    planned = Batch(
        batch_id=command.batch_id,
        call_id=command.call_id,
        outcome=command.outcome,
        rule=command.rule,
        planned_by=command.person_id,
        planned_at=now,
        items=items,
        private=Words(reason=command.reason),
    )
    return Decision(planned, (), _answer(planned))


def schedule(state: Batch | None, command: ScheduleBatch, now: datetime) -> Decision[Batch]:
    """Confirm the batch: it is sent at its time, or as soon as can be; the time can be changed until then."""
    batch = _not_begun(existing(state))
    if not batch.ready:
        raise refusals.NothingToDecide
    sends_at = now if command.at_once else command.sends_at or now + SECOND_THOUGHTS
    if sends_at > now + LATEST:
        raise refusals.TooFarAhead(field="sends_at", allowed={"until": (now + LATEST).isoformat()})
    change = {"status": "scheduled", "scheduled_by": command.person_id, "sends_at": max(now, sends_at)}
    scheduled = batch.model_copy(update=change)
    return Decision(scheduled, (), _answer(scheduled))


def undo(state: Batch | None, command: UndoBatch, now: datetime) -> Decision[Batch]:
    """Give the batch up, as long as it is not being sent; doing it again changes nothing."""
    batch = existing(state)
    if batch.status == "undone":
        return Decision(batch, (), _answer(batch))
    undone = _not_begun(batch).model_copy(
        update={"status": "undone", "undone_by": command.person_id, "sends_at": None, "ended_at": now}
    )
    return Decision(undone, (), _answer(undone))


def _not_begun(batch: Batch) -> Batch:
    if batch.status == "undone":
        raise refusals.BatchUndone
    if batch.status not in ("planned", "scheduled"):
        raise refusals.BatchSent
    return batch


def begin(state: Batch | None, command: BeginBatch, now: datetime) -> Decision[Batch]:
    """From now on nothing is undone. Raises ``BatchNotDue`` when its time was changed meanwhile, or it was undone."""
    batch = existing(state)
    if batch.status == "sending":
        return Decision(batch)
    if batch.status != "scheduled" or batch.sends_at is None or batch.sends_at > now:
        raise refusals.BatchNotDue
    return Decision(batch.model_copy(update={"status": "sending"}))


def record(state: Batch | None, command: RecordResults, now: datetime) -> Decision[Batch]:
    """Note what came of some items; the batch is sent when nothing is left."""
    batch, results = existing(state), {each.application_id: each for each in command.results}
    noted = batch.model_copy(update={"items": tuple(_noted(item, results) for item in batch.items)})
    if not noted.ready:
        noted = noted.model_copy(update={"status": "sent", "ended_at": now})
    return Decision(noted)


def _noted(item: Item, results: Mapping[UUID, Any]) -> Item:
    result = results.get(item.application_id)
    if result is None or item.state != "ready":
        return item
    state = "refused" if result.code else "decided"
    return item.model_copy(update={"state": state, "status": result.status, "code": result.code})


def _answer(batch: Batch) -> dict[str, Any]:
    kept = batch.model_dump(mode="json", include={"batch_id", "status", "sends_at"})
    return {**kept, "counts": batch.counts()}
