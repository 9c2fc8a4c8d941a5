"""Batches of decisions by their domain: shown first, confirmed, undone until they are sent, each item once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.decision import NotFound
from services.applications.batch_commands import (
    BeginBatch,
    PlanBatch,
    RecordResults,
    Result,
    ScheduleBatch,
    UndoBatch,
)
from services.applications.domain import batches, instruction
from services.applications.domain.application import Application
from services.applications.domain.batches import SECOND_THOUGHTS, Batch
from tests.candidature import CALL, NOW, OFFICER, draft, instruct, refused, submit

BATCH = UUID(int=7)


def planning(*applications: UUID, **given: Any) -> PlanBatch:
    about: dict[str, Any] = {"outcome": "admissible", "rule": "officer_assessment", "reason": "Canary-Reason"}
    return PlanBatch(
        command_id=BATCH,
        batch_id=BATCH,
        call_id=CALL.call_id,
        person_id=OFFICER,
        application_ids=applications,
        **(about | given),
    )


def planned(*applications: Application, **given: Any) -> Batch:
    command = planning(*(each.application_id for each in applications), **given)
    found = {each.application_id: each for each in applications}
    return batches.plan(None, command, batches.preview(command, found, CALL, NOW), NOW).state


def schedule(batch: Batch, sends_at: datetime | None = None, *, at_once: bool = False, now: datetime = NOW) -> Batch:
    order = ScheduleBatch(command_id=uuid4(), batch_id=BATCH, person_id=OFFICER, sends_at=sends_at, at_once=at_once)
    return batches.schedule(batch, order, now).state


def undo(batch: Batch) -> Batch:
    return batches.undo(batch, UndoBatch(command_id=uuid4(), batch_id=BATCH, person_id=OFFICER), NOW).state


def begin(batch: Batch, now: datetime = NOW) -> Batch:
    return batches.begin(batch, BeginBatch(command_id=uuid4(), batch_id=BATCH), now).state


def record(batch: Batch, *results: Result) -> Batch:
    return batches.record(batch, RecordResults(command_id=uuid4(), batch_id=BATCH, results=results), NOW).state


def test_the_preview_says_what_happens_to_each_and_why_not() -> None:
    sent, decided = submit(draft()).state, instruct(submit(draft()).state)
    other = submit(draft()).state.model_copy(update={"call_id": uuid4()})
    started, unknown = draft(), uuid4()
    known = {each.application_id: each for each in (sent, decided, other, started)}
    items = batches.preview(planning(*known, unknown, sent.application_id), known, CALL, NOW)
    assert [(item.state, item.status, item.code) for item in items] == [
        ("ready", "admissible", None),
        ("refused", None, "wrong_state"),
        ("refused", None, "not_found"),
        ("refused", None, "not_found"),
        ("refused", None, "not_found"),
    ]
    assert [item.number for item in items[2:]] == [None] * 3
    refused("rule_unknown", lambda: planned(sent, rule="another"))


def test_the_preview_foretells_the_decision() -> None:
    sent = submit(draft()).state
    (item,) = planned(sent, outcome="inadmissible").items
    order = batches.order(BATCH, sent.application_id, OFFICER, planned(sent, outcome="inadmissible"), "Canary-Reason")
    assert instruction.decide(sent, order, CALL, NOW).state.status == item.status == "inadmissible"
    assert order.command_id != batches.order(BATCH, uuid4(), OFFICER, planned(sent), "Canary-Reason").command_id


def test_a_batch_waits_and_can_be_undone_until_it_is_sent() -> None:
    batch = schedule(planned(submit(draft()).state))
    assert batch.sends_at == NOW + SECOND_THOUGHTS
    refused("batch_not_due", lambda: begin(batch))
    assert undo(undo(batch)).status == "undone"
    for act in (schedule, begin):
        refused("batch_undone" if act is schedule else "batch_not_due", lambda act=act: act(undo(batch)))
    sending = begin(batch, NOW + SECOND_THOUGHTS)
    assert begin(sending) == sending
    refused("batch_sent", lambda: undo(sending))
    refused("batch_sent", lambda: schedule(sending))
    assert schedule(batch, at_once=True).sends_at == NOW
    assert schedule(batch, NOW - timedelta(days=1)).sends_at == NOW
    refused("too_far_ahead", lambda: schedule(batch, NOW + timedelta(days=32)))


def test_a_batch_that_would_do_nothing_is_not_sent() -> None:
    refused("nothing_to_decide", lambda: schedule(planned(instruct(submit(draft()).state))))
    with pytest.raises(NotFound):
        undo(None)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(["decided", "refused", "again"]), min_size=1, max_size=8))
def test_what_came_of_each_item_is_kept_and_the_first_result_counts(came: list[str]) -> None:
    applications = [submit(draft()).state for _ in came]
    batch = begin(schedule(planned(*applications), at_once=True))
    for application, how in zip(applications, came, strict=True):
        key = application.application_id
        if how == "again":
            continue
        good, bad = Result(application_id=key, status="admissible"), Result(application_id=key, code="wrong_state")
        batch = record(record(batch, good if how == "decided" else bad), bad if how == "decided" else good)
    assert batch.counts() == {"ready": came.count("again")} | {how: came.count(how) for how in ("decided", "refused")}
    assert (batch.status == "sent") == ("again" not in came)
    assert (batch.ended_at is not None) == (batch.status == "sent")
