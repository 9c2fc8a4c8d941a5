"""How long each step of a payment may take before a person is told: pure."""

from datetime import datetime
from typing import Literal

from workflows.working_days import WorkCalendar

Step = Literal["request", "certification", "order", "acceptance", "suspension", "issue", "settlement", "bank_details"]

WORKING_DAYS: dict[Step, int] = {
    "request": 10,
    "certification": 5,
    "order": 5,
    "acceptance": 5,
    "suspension": 10,
    "issue": 2,
    "settlement": 5,
    "bank_details": 10,
}


def overdue(step: Step, since: datetime, calendar: WorkCalendar) -> datetime:
    """When a ``step`` that is waited for since then is overdue."""
    return calendar.working_days_after(since, WORKING_DAYS[step])
