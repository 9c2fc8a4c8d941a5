"""Calls: definitions checked as a whole, deadlines that only move away, days of a zone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calls import CallClosingSoon, CloseCall, OpenCall, RemindDrafts
from services.applications import commands
from services.applications.domain import calls
from services.applications.domain.definition import CallDefinition
from tests.applications import definition
from tests.candidature import CALL, NOW, ids, new_call, refused


def test_everything_wrong_in_a_definition_is_told_at_once() -> None:
    schedule = definition()["schedule"] | {"closes_at": "2021-11-01T00:00:00+01:00"}
    broken = definition(schedule=schedule, criteria=[{"code": "one", "weight": 99}])
    broken["sections"][0]["fields"].append({"code": "title", "type": "text", "label": {"fr": "a", "en": "a"}})
    broken["eligibility"][2]["resources"] = ["nowhere"]
    order = commands.PublishCall(**ids(), call_id=uuid4(), definition=CallDefinition.model_validate(broken))
    found = refused("call_invalid", lambda: calls.publish(None, order, NOW)).problems
    assert {each["code"] for each in found} == {
        "dates_out_of_order",
        "weights_not_100",
        "code_used_twice",
        "field_missing",
    }


@pytest.mark.parametrize("kind", ["challenge", "consultation", "rolling"])
def test_other_kinds_of_call_are_not_supported_yet(kind: str) -> None:
    refused("not_yet_supported", lambda: new_call(kind=kind))


@given(hours=st.integers(min_value=-1000, max_value=1000))
def test_a_deadline_only_ever_moves_away(hours: int) -> None:
    wanted = CALL.closes_at + timedelta(hours=hours)
    order = commands.ExtendDeadline(**ids(), call_id=CALL.call_id, closes_at=wanted, reason="outage")
    if hours <= 0:
        refused("deadline_shortened", lambda: calls.extend(CALL, order, NOW))
    elif wanted > CALL.definition.schedule.evaluation_opens_at:
        refused("dates_out_of_order", lambda: calls.extend(CALL, order, NOW))
    else:
        assert calls.extend(CALL, order, NOW).state.closes_at == wanted
    refused("deadline_passed", lambda: calls.extend(CALL, order, CALL.closes_at + timedelta(seconds=1)))


def test_the_workflow_opens_reminds_and_closes_in_their_time_only() -> None:
    opening = OpenCall(command_id=uuid4(), call_id=CALL.call_id)
    refused("call_not_open", lambda: calls.open_call(CALL, opening, CALL.definition.schedule.opens_at - timedelta(1)))
    opened = calls.open_call(CALL, opening, NOW).state
    refused("call_already_opened", lambda: calls.open_call(opened, opening, NOW))
    reminding = RemindDrafts(command_id=uuid4(), call_id=CALL.call_id, days=3)
    many = [(uuid4(), uuid4()) for _ in range(4_500)]
    told = calls.remind(CALL, reminding, many).events
    assert [len(event.drafts) for event in told if isinstance(event, CallClosingSoon)] == [2_000, 2_000, 500]
    assert len(calls.remind(CALL, reminding, []).events) == 1
    closing = CloseCall(command_id=uuid4(), call_id=CALL.call_id)
    refused("deadline_not_reached", lambda: calls.close(opened, closing, 3, CALL.closes_at))
    closed = calls.close(opened, closing, 3, CALL.closes_at + timedelta(seconds=1)).state
    refused("call_already_closed", lambda: calls.close(closed, closing, 3, CALL.closes_at + timedelta(seconds=2)))


@pytest.mark.parametrize("month", [3, 10])
def test_days_end_at_midnight_of_the_zone_across_clock_changes(month: int) -> None:
    before = datetime(2022, month, 20, 12, tzinfo=UTC)
    end = CALL.definition.end_of_day(before, 10)
    assert end.astimezone(ZoneInfo("Europe/Paris")).strftime("%d %H:%M:%S") == "30 23:59:59"
