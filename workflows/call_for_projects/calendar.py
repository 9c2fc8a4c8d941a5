"""The dates of a call: pure, from its schedule and calendar to every reminder and deadline."""

from datetime import datetime

from workflows.call_for_projects.messages import Call

REMINDERS_DAYS = (7, 1)
"""Days before the deadline at which owners of drafts are told."""

MEMBERS_REMINDER_DAYS = 3


def draft_reminders(call: Call, closes_at: datetime, known_since: datetime) -> list[tuple[int, datetime]]:
    """Days and instants of the reminders before ``closes_at``, without those due before that deadline was known."""
    found = [(days, call.calendar.days_after(closes_at, -days)) for days in REMINDERS_DAYS]
    return [(days, at) for days, at in found if at > known_since]


def freezing(call: Call, closes_at: datetime) -> datetime:
    """When the pool is frozen: as scheduled, or at the call's deadline when that was extended beyond."""
    return max(call.schedule.evaluation_opens_at, closes_at)


def first_closing(call: Call, closes_at: datetime) -> datetime:
    """When the evaluation closes, never before the pool is frozen."""
    return max(call.schedule.evaluation_closes_at, freezing(call, closes_at))


def second_closing(call: Call, closing: datetime) -> datetime:
    """When the evaluation closes after its one extension: on a working day."""
    return call.calendar.deadline(call.calendar.days_after(closing, call.extension_days))


def members_reminder(call: Call, since: datetime, closing: datetime) -> datetime | None:
    """When members with empty ballots are told, or nothing when the window from ``since`` is too short for it."""
    at = call.calendar.days_after(closing, -MEMBERS_REMINDER_DAYS)
    return at if at > since else None


def announcement(call: Call, closing: datetime) -> datetime:
    """When results are announced: as scheduled, or when the extended evaluation closes after that."""
    return max(call.schedule.announcement_at, closing)
