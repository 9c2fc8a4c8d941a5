"""The dates of a cycle: pure, from a kick-off, a programme and a calendar to one ordered timeline of milestones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.programme import ReviewKind, SupportProgramme
from workflows.working_days import WorkCalendar

DAYS_A_WEEK = 7
REVIEW_DUE_DAYS = 5
"""Days from opening a review to its due date."""

SETTLING_MONTHS = 12
"""Months after the end during which payments may still settle before the agreement waits for a person."""

Kind = Literal["open_check_in", "remind_check_in", "escalate_check_in", "open_review", "escalate_review", "close_cycle"]


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be done at ``at``. ``due`` is the due date that an opened check-in or review is given."""

    at: datetime
    kind: Kind
    week: int = 0
    review: ReviewKind | None = None
    due: datetime | None = None

    @property
    def step(self) -> str:
        """What it is, whenever it is."""
        return f"{self.kind}:{self.review or self.week}"


@dataclass(frozen=True, slots=True)
class Hold:
    """A pause that is over: every instant after ``since`` moves by ``length``."""

    since: datetime
    length: timedelta


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a cycle's dates follow from."""

    starts_at: datetime
    programme: SupportProgramme
    calendar: WorkCalendar
    weeks_added: int = 0
    holds: tuple[Hold, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """Months date to date after the kick-off, plus the weeks added and the pauses."""
        return self._moved(self._planned_end(self.weeks_added))

    @property
    def weeks(self) -> int:
        """How many check-ins there are: thirteen in three months."""
        planned = self._planned_end(0) - self.starts_at
        return round(planned / timedelta(days=DAYS_A_WEEK)) + self.weeks_added

    def timeline(self) -> tuple[Milestone, ...]:
        """All milestones in the order in which they are carried out; nothing comes after the closing."""
        milestones = [*self._check_ins(), *self._reviews()]
        ends_at = self.ends_at
        kept = [milestone for milestone in milestones if milestone.at < ends_at]
        kept.append(Milestone(ends_at, "close_cycle"))
        return tuple(sorted(kept, key=lambda milestone: milestone.at))

    def _check_ins(self) -> list[Milestone]:
        programme, found = self.programme, []
        for week in range(1, self.weeks + 1):
            due = self._due(self._week(week), programme.check_in_due_days)
            remind = self._later(due, programme.reminder_days - programme.check_in_due_days)
            escalate = self._later(due, programme.escalation_days - programme.check_in_due_days)
            found += [
                Milestone(self._moved(self._week(week)), "open_check_in", week, due=due),
                Milestone(remind, "remind_check_in", week),
                Milestone(escalate, "escalate_check_in", week),
            ]
        return found

    def _reviews(self) -> list[Milestone]:
        programme, found = self.programme, []
        weeks: tuple[tuple[ReviewKind, int], ...] = (
            ("mid_term", programme.mid_term_week),
            ("acceleration_committee", programme.acceleration_committee_week),
            ("engagement_committee", programme.engagement_committee_week + self.weeks_added),
        )
        for review, week in weeks:
            opened = self._week(week)
            due = self._due(opened, REVIEW_DUE_DAYS)
            late = self.calendar.working_days_after(due, 1)
            found.append(Milestone(self._moved(opened), "open_review", week, review, due))
            found.append(Milestone(late, "escalate_review", week, review))
        return found

    def _planned_end(self, weeks_added: int) -> datetime:
        end = self.calendar.months_after(self.starts_at, self.programme.months)
        return self.calendar.days_after(end, DAYS_A_WEEK * weeks_added)

    def _week(self, week: int) -> datetime:
        return self.calendar.days_after(self.starts_at, DAYS_A_WEEK * (week - 1))

    def _due(self, opened: datetime, days: int) -> datetime:
        due = self._moved(self.calendar.days_after(opened, days))
        return min(self.calendar.deadline(due), self.ends_at)

    def _later(self, due: datetime, days: int) -> datetime:
        return self.calendar.days_after(due, max(days, 0))

    def _moved(self, instant: datetime) -> datetime:
        for hold in self.holds:
            if instant > hold.since:
                instant += hold.length
        return instant


def kick_off(accepted_at: datetime, calendar: WorkCalendar) -> datetime:
    """The start of the first working day after the acceptance."""
    return calendar.start_of_next(accepted_at)


def settling_ends(plan: Plan) -> datetime:
    return plan.calendar.months_after(plan.ends_at, SETTLING_MONTHS)
