"""The rules of a cycle's content, without any server: roadmap, indicators, lever requests, who sees what."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from contracts import coaching
from contracts.decision import Decision, NotFound
from services.coaching import commands
from services.coaching.domain import cycles, levers, refusals, roadmap
from services.coaching.domain.state import Cycle
from tests.cycles import MENTOR, OFFICER, OWNER, START, by, code, opened

OFFERED = ("network", "legal_support")


def plan(*indicators: dict[str, Any], lever: str = "network") -> commands.SetRoadmap:
    body = {"objectives": ["canary"], "levers": [lever], "indicators": list(indicators)}
    return by(OWNER, commands.SetRoadmap, roadmap=body)


def test_a_roadmap_tells_the_values_that_changed() -> None:
    users = {"code": "users", "initial": "10.5", "target": 100}
    decision = roadmap.set_roadmap(opened(), plan(users), OFFERED, START)
    values = [event for event in decision.events if isinstance(event, coaching.IndicatorValue)]
    assert [(value.kind, value.value_milli) for value in values] == [("initial", 10_500), ("target", 100_000)]
    again = roadmap.set_roadmap(decision.state, plan(users | {"target": 200}), OFFERED, START)
    values = [event for event in again.events if isinstance(event, coaching.IndicatorValue)]
    assert [(value.kind, value.value_milli) for value in values] == [("target", 200_000)]
    assert code(roadmap.set_roadmap, opened(), plan(lever="magic"), OFFERED, START) == "lever_unknown"
    assert code(roadmap.set_roadmap, opened(), plan(users, users), OFFERED, START) == "indicator_twice"


def test_current_values_are_dated_and_the_latest_counts() -> None:
    cycle = roadmap.set_roadmap(opened(), plan({"code": "users", "initial": 0, "target": 9}), OFFERED, START).state

    def read(state: Cycle, value: str, at: datetime, name: str = "users") -> Decision[Cycle]:
        reading = {"value": value, "valued_at": at}
        return roadmap.record_indicator(state, by(MENTOR, commands.RecordIndicator, code=name, reading=reading), START)

    cycle = cycle.model_copy(update={"mentor_id": MENTOR})
    cycle = read(cycle, "5", START).state
    cycle = read(cycle, "3", START - timedelta(days=1)).state
    assert cycle.indicators[0].current_milli == 5_000
    assert code(read, cycle, "1", START + timedelta(seconds=1)) == "valued_in_the_future"
    assert code(read, cycle, "1", START, "unknown") == "not_found"
    with pytest.raises(ValidationError):
        commands.IndicatorReading(value=Decimal("0.0001"))


def test_a_lever_request_gets_one_answer_from_mentor_or_officer() -> None:
    ask = {"lever": "network", "administration": "ministry", "due_at": START + timedelta(days=5), "text": "canary"}
    decision = levers.request(opened(), by(OWNER, commands.RequestLever, ask=ask), OFFERED, START)
    request_id = UUID(decision.answer["request_id"])

    def reply(person: UUID, kind: UUID = request_id) -> commands.AnswerLever:
        body = {"outcome": "granted", "text": "canary"}
        return by(person, commands.AnswerLever, request_id=kind, reply=body)

    late = START + timedelta(days=6)
    answered = levers.answer(decision.state, reply(OFFICER), late)
    assert answered.answer == {"outcome": "granted", "late": True}
    assert code(levers.answer, answered.state, reply(OFFICER), late) == "lever_answered"
    assert code(levers.answer, decision.state, reply(OWNER), late) == "not_found"
    assert code(levers.answer, decision.state, reply(MENTOR), late) == "not_found"
    assert code(levers.answer, decision.state, reply(OFFICER, uuid4()), late) == "not_found"
    past = by(OWNER, commands.RequestLever, ask=ask | {"due_at": START})
    assert code(levers.request, opened(), past, OFFERED, START) == "due_in_the_past"


def test_strangers_do_not_learn_that_a_cycle_exists() -> None:
    diagnosis = {"needs": ["deployment"], "text": "canary"}
    with pytest.raises(NotFound):
        roadmap.diagnose(opened(), by(MENTOR, commands.RecordDiagnosis, diagnosis=diagnosis))
    stopped = cycles.stop(
        opened(), by(OFFICER, commands.StopCycle, stop={"reason": "abandoned", "text": "canary"}), START
    )
    with pytest.raises(NotFound):
        roadmap.diagnose(stopped.state, by(MENTOR, commands.RecordDiagnosis, diagnosis=diagnosis))
    with pytest.raises(refusals.CycleStopped):
        roadmap.diagnose(stopped.state, by(OWNER, commands.RecordDiagnosis, diagnosis=diagnosis))
