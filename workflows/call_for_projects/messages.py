"""The input of a call's workflow."""

from uuid import UUID

from contracts.programme import Schedule
from services.chassis.clock import Pace
from workflows.messages import Message
from workflows.working_days import WorkCalendar


class Call(Message):
    """A published call. The round's id is the call's; ``extension_days`` is the one extension for a missing quorum."""

    call_id: UUID
    schedule: Schedule
    extension_days: int
    calendar: WorkCalendar
    pace: Pace
