"""The rules of an acceleration cycle's course, without any server: check-ins, pauses, reviews."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import coaching
from contracts.decision import Decision, Refusal
from services.coaching import commands
from services.coaching.domain import check_ins, cycles, reviews
from services.coaching.domain.state import Cycle
from tests.cycles import INITIATIVE, MENTOR, OFFICER, OWNER, START, asked, by, code, opened, opening


def with_check_in(cycle: Cycle | None = None, week: int = 1, due_at: datetime | None = None) -> Cycle:
    due = due_at or START + timedelta(days=3)
    command = asked(coaching.OpenCheckIn, week=week, due_at=due)
    return check_ins.open_check_in(cycle or opened(), command).state


def report(week: int = 1, text: str = "canary", weather: str = "sun", person: UUID = OWNER) -> commands.RecordCheckIn:
    return by(person, commands.RecordCheckIn, week=week, report={"weather": weather, "text": text})


def decide(kind: str, decision: str) -> commands.DecideReview:
    return by(OFFICER, commands.DecideReview, review=kind, result={"decision": decision, "reason": "canary"})


def with_review(kind: str) -> Cycle:
    command = asked(coaching.OpenReview, review=kind, due_at=START + timedelta(weeks=6))
    return reviews.open_review(opened(), command).state


def test_a_cycle_opens_once_and_never_again_when_it_is_over() -> None:
    decision = cycles.open_cycle(None, opening())
    assert [event.type for event in decision.events] == ["CycleOpened"]
    assert code(cycles.open_cycle, decision.state, opening()) == "cycle_already_open"
    closed = cycles.close(decision.state, START).state
    assert code(cycles.open_cycle, closed, opening()) == "cycle_closed"
    assert code(cycles.open_cycle, None, opening(ends_at=START)) == "dates_reversed"


def test_a_check_in_is_recorded_by_its_owner_once() -> None:
    cycle = with_check_in()
    decision = check_ins.record(cycle, report(), START + timedelta(days=1))
    (event,) = decision.events
    assert event == coaching.CheckInRecorded(initiative_id=INITIATIVE, week=1, weather="sun", late=False)
    assert decision.state.weather == "sun"
    assert decision.state.waiting_since is None
    assert check_ins.record(decision.state, report(), START).events == ()
    assert code(check_ins.record, decision.state, report(text="other"), START) == "check_in_recorded"
    assert code(check_ins.record, cycle, report(person=MENTOR), START) == "not_found"
    assert code(check_ins.record, cycle, report(week=2), START) == "check_in_not_open"


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
def test_a_late_check_in_is_accepted_and_marked(seconds: int, late: bool) -> None:
    due = START + timedelta(days=3)
    decision = check_ins.record(with_check_in(due_at=due), report(), due + timedelta(seconds=seconds))
    assert decision.answer["late"] is late


def test_nothing_is_recorded_once_the_cycle_is_over() -> None:
    cycle = with_check_in()
    assert code(check_ins.record, cycles.close(cycle, START).state, report(), START) == "cycle_closed"


def test_reminders_and_escalations_are_refused_when_there_is_nothing_to_tell() -> None:
    cycle = with_check_in()
    remind, escalate = asked(coaching.RemindCheckIn, week=1), asked(coaching.EscalateCheckIn, week=1)
    reminded = check_ins.remind(cycle, remind)
    assert [event.type for event in reminded.events] == ["CheckInReminded"]
    missed = check_ins.escalate(reminded.state, escalate)
    assert [event.type for event in missed.events] == ["CheckInMissed"]
    recorded = check_ins.record(cycle, report(), START).state
    assert code(check_ins.remind, recorded, remind) == "check_in_recorded"
    assert code(check_ins.escalate, recorded, escalate) == "check_in_recorded"
    assert code(check_ins.remind, None, remind) == "not_found"
    assert code(check_ins.remind, cycles.pause(cycle, START).state, remind) == "cycle_paused"


def test_a_pause_moves_what_was_still_to_come() -> None:
    pause_at = START + timedelta(weeks=1)
    cycle = with_check_in(with_check_in(), week=2, due_at=pause_at + timedelta(days=3))
    paused = cycles.pause(cycle, pause_at).state
    assert not paused.overdue(pause_at + timedelta(weeks=9))
    assert code(cycles.pause, paused, pause_at) == "cycle_paused"
    decision = cycles.resume(paused, pause_at + timedelta(days=10, microseconds=7))
    (event,) = decision.events
    assert isinstance(event, coaching.CycleResumed)
    assert event.paused_seconds == 10 * 86_400
    assert [item.due_at for item in decision.state.check_ins] == [
        START + timedelta(days=3),
        pause_at + timedelta(days=13),
    ]
    assert decision.state.ends_at == cycle.ends_at + timedelta(days=10)
    assert code(cycles.resume, decision.state, pause_at) == "cycle_not_paused"


def test_an_extension_moves_the_end_only() -> None:
    decision = cycles.extend(opened(), by(OFFICER, commands.ExtendCycle, extension={"weeks": 2}))
    assert decision.state.ends_at == START + timedelta(weeks=15)
    assert decision.events == (coaching.CycleExtended(initiative_id=INITIATIVE, weeks=2),)


@pytest.mark.parametrize(
    ("kind", "decision", "events"),
    [
        ("mid_term", "continue", ["ReviewDecided"]),
        ("mid_term", "stop", ["ReviewDecided", "CycleStopped"]),
        ("acceleration_committee", "fund", ["ReviewDecided"]),
        ("acceleration_committee", "stop", ["ReviewDecided", "CycleStopped"]),
        ("engagement_committee", "fund", ["ReviewDecided"]),
    ],
)
def test_reviews_decide(kind: str, decision: str, events: list[str]) -> None:
    made = reviews.decide(with_review(kind), decide(kind, decision), START)
    assert [event.type for event in made.events] == events
    assert made.state.status == ("stopped" if decision == "stop" else "open")
    assert code(reviews.decide, with_review(kind), decide("mid_term", "fund"), START) == (
        "decision_not_allowed" if kind == "mid_term" else "review_not_open"
    )


def test_a_decided_review_is_not_escalated_nor_decided_again() -> None:
    made = reviews.decide(with_review("mid_term"), decide("mid_term", "continue"), START).state
    escalate = asked(coaching.EscalateReview, review="mid_term")
    assert code(reviews.escalate, made, escalate) == "review_decided"
    assert code(reviews.decide, made, decide("mid_term", "continue"), START) == "review_decided"
    assert reviews.escalate(with_review("mid_term"), escalate).events[0].type == "ReviewOverdue"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "record", "remind", "escalate", "pause", "resume", "extend", "stop", "close"]),
        st.integers(1, 4),
        st.integers(0, 200),
    ),
    max_size=25,
)


@given(STEPS)
def test_whatever_happens_the_record_stays_true(steps: list[tuple[str, int, int]]) -> None:
    cycle, now, ends = opened(), START, START
    for name, week, hours in steps:
        now += timedelta(hours=hours)
        try:
            decision = _step(cycle, name, week, now)
        except Refusal:
            continue
        assert not cycle.ended
        assert "canary" not in "".join(event.model_dump_json() for event in decision.events)
        cycle = decision.state
        missing = [item.due_at for item in cycle.check_ins if item.recorded_at is None]
        assert cycle.waiting_since == (None if cycle.ended else min(missing, default=None))
        assert any(check_ins.overdue(cycle, now)) == cycle.overdue(now)
        assert cycle.ends_at >= ends
        ends = cycle.ends_at
        if isinstance(closed := next(iter(decision.events), None), coaching.CycleClosed):
            assert closed.check_ins + closed.missed == len(cycle.check_ins)


def _step(cycle: Cycle, name: str, week: int, now: datetime) -> Decision[Cycle]:
    due = now + timedelta(days=3)
    stop = by(OFFICER, commands.StopCycle, stop={"reason": "other", "text": "canary"})
    steps: dict[str, Any] = {
        "open": lambda: check_ins.open_check_in(cycle, asked(coaching.OpenCheckIn, week=week, due_at=due)),
        "record": lambda: check_ins.record(cycle, report(week), now),
        "remind": lambda: check_ins.remind(cycle, asked(coaching.RemindCheckIn, week=week)),
        "escalate": lambda: check_ins.escalate(cycle, asked(coaching.EscalateCheckIn, week=week)),
        "pause": lambda: cycles.pause(cycle, now),
        "resume": lambda: cycles.resume(cycle, now),
        "extend": lambda: cycles.extend(cycle, by(OFFICER, commands.ExtendCycle, extension={"weeks": week})),
        "stop": lambda: cycles.stop(cycle, stop, now),
        "close": lambda: cycles.close(cycle, now),
    }
    decision: Decision[Cycle] = steps[name]()
    return decision
