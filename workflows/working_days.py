"""Working days and wall-clock dates: pure, from a calendar that a workflow has in its input."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from workflows.messages import Message

SATURDAY = 5
START_OF_DAY = time(9)
"""When a working day's work begins, in the calendar's zone."""


class WorkCalendar(Message):
    """The zone in which dates are read, and the public holidays of a territory."""

    zone: str
    holidays: tuple[date, ...] = ()

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.zone))

    def works(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def first_working(self, day: date) -> date:
        """``day``, or the first working day after it."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def deadline(self, instant: datetime) -> datetime:
        """``instant``, or the same wall-clock time on the next working day when it falls on another."""
        local = self.local(instant)
        return _utc(datetime.combine(self.first_working(local.date()), local.timetz()))

    def start_of_next(self, instant: datetime) -> datetime:
        """The start of the first working day after the day of ``instant``."""
        day = self.first_working(self.local(instant).date() + timedelta(days=1))
        return _utc(datetime.combine(day, START_OF_DAY, ZoneInfo(self.zone)))

    def working_days_after(self, instant: datetime, days: int) -> datetime:
        """The same wall-clock time, ``days`` (from 1) working days after the day of ``instant``."""
        local = self.local(instant)
        day = local.date()
        for _ in range(days):
            day = self.first_working(day + timedelta(days=1))
        return _utc(datetime.combine(day, local.timetz()))

    def days_after(self, instant: datetime, days: int) -> datetime:
        """The same wall-clock time ``days`` days later (earlier when negative), clock changes included."""
        return _utc(self.local(instant) + timedelta(days=days))

    def months_after(self, instant: datetime, months: int) -> datetime:
        """Date to date: the same day ``months`` later, or that month's last day when it has no such day."""
        return _utc(self.local(instant) + relativedelta(months=months))


def _utc(local: datetime) -> datetime:
    return local.astimezone(UTC)
