"""Working days by territory, wall-clock dates across clock changes, months date to date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.territories import SUBDIVISIONS, calendar_of, public_holidays
from workflows.working_days import WorkCalendar

PARIS = ZoneInfo("Europe/Paris")
BEGINNING = datetime(2022, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=1_095)).map(lambda since: BEGINNING + since)
TERRITORIES = st.sampled_from([None, "75", *SUBDIVISIONS])
ZONES = st.sampled_from(["Europe/Paris", "America/Martinique", "Pacific/Tahiti", "Indian/Reunion"])


def calendar(departement: str | None = None, zone: str = "Europe/Paris", year: int = 2022) -> WorkCalendar:
    return calendar_of(zone, departement, datetime(year, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("departement", "day", "works"),
    [
        ("75", date(2022, 4, 15), True),
        ("67", date(2022, 4, 15), False),
        ("68", date(2022, 12, 26), False),
        ("57", date(2022, 12, 26), False),
        ("971", date(2022, 5, 27), False),
        ("971", date(2022, 4, 15), False),
        ("75", date(2022, 5, 27), True),
        ("974", date(2022, 12, 20), False),
        ("988", date(2024, 9, 24), False),
        (None, date(2022, 7, 14), False),
        (None, date(2022, 7, 16), False),
    ],
    ids=str,
)
def test_a_territory_has_its_own_holidays(departement: str | None, day: date, works: bool) -> None:
    assert calendar(departement, year=day.year).works(day) is works


def test_every_territory_has_the_national_holidays() -> None:
    national = public_holidays(2022, None)
    assert len(national) == 11
    for departement in ("57", "67", "971", "974", "976"):
        assert national <= public_holidays(2022, departement)


def test_a_deadline_on_easter_moves_to_tuesday_and_by_territory_further() -> None:
    good_friday = datetime(2022, 4, 15, 16, tzinfo=UTC)
    assert calendar("75").deadline(good_friday) == good_friday
    assert calendar("67").deadline(good_friday) == datetime(2022, 4, 19, 16, tzinfo=UTC)


def test_work_starts_at_nine_in_the_calendars_zone() -> None:
    friday = datetime(2022, 3, 25, 20, tzinfo=UTC)
    assert calendar().start_of_next(friday) == datetime(2022, 3, 28, 7, tzinfo=UTC)
    tahiti = calendar("987", "Pacific/Tahiti")
    assert tahiti.start_of_next(friday) == datetime(2022, 3, 28, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2022, 1, 31), 1, date(2022, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2022, 1, 31), 3, date(2022, 4, 30)),
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2022, 2, 28), 3, date(2022, 5, 28)),
    ],
)
def test_months_are_counted_date_to_date(start: date, months: int, end: date) -> None:
    begins = datetime(start.year, start.month, start.day, 9, tzinfo=PARIS)
    ends = calendar().months_after(begins, months)
    assert ends == datetime(end.year, end.month, end.day, 9, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (datetime(2022, 3, 26, 8, tzinfo=UTC), datetime(2022, 3, 27, 7, tzinfo=UTC)),
        (datetime(2022, 10, 29, 7, tzinfo=UTC), datetime(2022, 10, 30, 8, tzinfo=UTC)),
    ],
)
def test_a_day_across_a_clock_change_keeps_its_hour(before: datetime, after: datetime) -> None:
    assert calendar().days_after(before, 1) == after


@given(INSTANTS, TERRITORIES, ZONES)
def test_a_deadline_moves_to_a_working_day_never_earlier_and_only_once(
    instant: datetime, departement: str | None, zone: str
) -> None:
    known = calendar(departement, zone)
    moved = known.deadline(instant)
    assert known.works(known.local(moved).date())
    assert moved >= instant
    assert moved - instant < timedelta(days=8)
    assert known.deadline(moved) == moved


@given(INSTANTS, TERRITORIES, st.integers(1, 15))
def test_working_days_after_counts_working_days_only(instant: datetime, departement: str | None, days: int) -> None:
    known = calendar(departement)
    first, last = known.local(instant).date(), known.local(known.working_days_after(instant, days)).date()
    between = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    assert sum(known.works(day) for day in between) == days
    assert known.works(last)


@given(INSTANTS, ZONES, st.integers(-30, 400))
def test_days_after_keeps_the_wall_clock_unless_it_falls_into_a_gap(instant: datetime, zone: str, days: int) -> None:
    known = calendar(None, zone)
    before, after = known.local(instant), known.local(known.days_after(instant, days))
    assert abs((after.replace(tzinfo=None) - before.replace(tzinfo=None)) - timedelta(days=days)) <= timedelta(hours=1)
    if before.hour not in (1, 2):
        assert (after.hour, after.minute) == (before.hour, before.minute)
