"""The dates of a call: reminders, an extension to a working day, and an order that nothing breaks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.programme import Schedule
from services.chassis.clock import Pace
from workflows.call_for_projects import calendar
from workflows.call_for_projects.messages import Call
from workflows.disbursement.calendar import WORKING_DAYS, overdue
from workflows.territories import calendar_of

OPENS = datetime(2022, 3, 1, 8, tzinfo=UTC)
DAYS = st.integers(1, 60)


def call(days: tuple[int, int, int, int], extension_days: int = 7) -> Call:
    """A call whose dates are so many days apart."""
    instants = [OPENS]
    for gap in days:
        instants.append(instants[-1] + timedelta(days=gap))
    names = ("opens_at", "closes_at", "evaluation_opens_at", "evaluation_closes_at", "announcement_at")
    schedule = Schedule(zone="Europe/Paris", **dict(zip(names, instants, strict=True)))
    known = calendar_of("Europe/Paris", None, OPENS)
    return Call(call_id=UUID(int=1), schedule=schedule, extension_days=extension_days, calendar=known, pace=Pace())


def test_reminders_keep_their_hour_across_the_clock_change() -> None:
    known = call((28, 10, 30, 10))
    closes_at = known.schedule.closes_at
    assert calendar.draft_reminders(known, closes_at, OPENS) == [
        (7, datetime(2022, 3, 22, 9, tzinfo=UTC)),
        (1, datetime(2022, 3, 28, 8, tzinfo=UTC)),
    ]


def test_reminders_due_before_a_deadline_was_known_are_left_out() -> None:
    known = call((28, 10, 30, 10))
    closes_at = known.schedule.closes_at
    found = calendar.draft_reminders(known, closes_at, closes_at - timedelta(days=3))
    assert [days for days, _ in found] == [1]


def test_an_extension_to_a_sunday_ends_on_monday() -> None:
    known = call((28, 10, 30, 10), extension_days=4)
    closing = datetime(2022, 6, 15, 16, tzinfo=UTC)
    assert calendar.second_closing(known, closing) == datetime(2022, 6, 20, 16, tzinfo=UTC)


@given(st.tuples(DAYS, DAYS, DAYS, DAYS), st.integers(1, 20), st.integers(0, 90))
def test_the_dates_of_a_call_stay_in_order(days: tuple[int, int, int, int], longer: int, extended: int) -> None:
    known = call(days, longer)
    closes_at = known.schedule.closes_at + timedelta(days=extended)
    freezing = calendar.freezing(known, closes_at)
    closing = calendar.first_closing(known, closes_at)
    second = calendar.second_closing(known, closing)
    assert closes_at <= freezing <= closing < second
    assert calendar.announcement(known, second) >= second
    assert known.calendar.works(known.calendar.local(second).date())
    for since, end in ((freezing, closing), (closing, second)):
        reminder = calendar.members_reminder(known, since, end)
        assert reminder is None or since < reminder < end
    for _, at in calendar.draft_reminders(known, closes_at, OPENS):
        assert OPENS < at < closes_at


def test_every_step_of_a_payment_has_its_time_in_working_days() -> None:
    known = calendar_of("Europe/Paris", None, OPENS)
    before_ascension = datetime(2022, 5, 25, 10, tzinfo=UTC)
    assert overdue("issue", before_ascension, known) == datetime(2022, 5, 30, 10, tzinfo=UTC)
    assert all(overdue(step, OPENS, known) > OPENS for step in WORKING_DAYS)
