"""The timeline of a cycle: thirteen weeks, three reviews, an end; what pauses and extensions make of it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.programme import SupportProgramme
from workflows.acceleration_cycle.calendar import Hold, Milestone, Plan, kick_off
from workflows.territories import calendar_of

WEEK = timedelta(days=7)
BEGINNING = datetime(2022, 1, 1, tzinfo=UTC)
ACCEPTED = st.timedeltas(timedelta(), timedelta(days=730)).map(lambda since: BEGINNING + since)


def plan(accepted_at: datetime, departement: str = "75", months: int = 3, **changes: object) -> Plan:
    calendar = calendar_of("Europe/Paris", departement, accepted_at)
    programme = SupportProgramme(months=months)
    return Plan(kick_off(accepted_at, calendar), programme, calendar, **changes)  # type: ignore[arg-type]


def of(timeline: tuple[Milestone, ...], kind: str) -> list[Milestone]:
    return [milestone for milestone in timeline if milestone.kind == kind]


def test_a_cycle_across_the_clock_change_keeps_its_hour() -> None:
    known = plan(datetime(2022, 3, 1, 10, tzinfo=UTC))
    opened = of(known.timeline(), "open_check_in")
    assert [known.calendar.local(item.at).hour for item in opened] == [9] * 13
    assert known.ends_at == datetime(2022, 6, 2, 7, tzinfo=UTC)


def test_a_due_date_on_a_holiday_moves_in_alsace_only() -> None:
    accepted_at = datetime(2022, 4, 11, 10, tzinfo=UTC)
    due = {name: of(plan(accepted_at, name).timeline(), "open_check_in")[0].due for name in ("75", "67")}
    assert due["75"] == datetime(2022, 4, 15, 7, tzinfo=UTC)
    assert due["67"] == datetime(2022, 4, 19, 7, tzinfo=UTC)


@given(ACCEPTED, st.sampled_from(["75", "67", "971"]))
def test_three_months_have_thirteen_weeks_in_order(accepted_at: datetime, departement: str) -> None:
    known = plan(accepted_at, departement)
    timeline = known.timeline()
    assert [item.at for item in timeline] == sorted(item.at for item in timeline)
    assert timeline[-1].kind == "close_cycle"
    assert len({item.step for item in timeline}) == len(timeline)
    assert [item.week for item in of(timeline, "open_check_in")] == list(range(1, 14))
    assert len(of(timeline, "open_review")) == 3
    for item in of(timeline, "open_check_in"):
        assert item.due is not None
        assert item.at < item.due <= known.ends_at
        assert item.due == known.ends_at or known.calendar.works(known.calendar.local(item.due).date())


@given(ACCEPTED, st.integers(1, 24))
def test_the_end_is_date_to_date(accepted_at: datetime, months: int) -> None:
    known = plan(accepted_at, months=months)
    start, end = known.calendar.local(known.starts_at), known.calendar.local(known.ends_at)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day <= start.day
    assert end.time() == start.time()


@given(ACCEPTED, st.integers(0, 90), st.integers(1, 10**7))
def test_a_pause_moves_what_comes_after_it_by_its_length(accepted_at: datetime, day: int, seconds: int) -> None:
    before = plan(accepted_at)
    hold = Hold(before.starts_at + timedelta(days=day, hours=1), timedelta(seconds=seconds))
    after = plan(accepted_at, holds=(hold,))
    opened = {item.week: item.at for item in of(before.timeline(), "open_check_in")}
    for item in of(after.timeline(), "open_check_in"):
        moved = hold.length if opened[item.week] > hold.since else timedelta()
        assert item.at - opened[item.week] == moved
    assert after.ends_at - before.ends_at == (hold.length if before.ends_at > hold.since else timedelta())


@given(ACCEPTED, st.integers(1, 8))
def test_an_extension_adds_weeks_at_the_end(accepted_at: datetime, weeks: int) -> None:
    before, after = plan(accepted_at), plan(accepted_at, weeks_added=weeks)
    assert len(of(after.timeline(), "open_check_in")) == 13 + weeks
    assert abs(after.ends_at - before.ends_at - weeks * WEEK) <= timedelta(hours=1)
    old, new = (of(known.timeline(), "open_review") for known in (before, after))
    assert [item.at for item in new[:2]] == [item.at for item in old[:2]]
    assert abs(new[2].at - old[2].at - weeks * WEEK) <= timedelta(hours=1)
