"""The input of a tranche's workflow, and what it is told beside events."""

from uuid import UUID

from pydantic import AwareDatetime

from services.chassis.clock import Pace
from workflows.messages import Message
from workflows.working_days import WorkCalendar


class Tranche(Message):
    """A tranche whose condition is met. An advance needs no certification."""

    tranche_id: UUID
    agreement_id: UUID
    advance: bool
    opened_at: AwareDatetime
    calendar: WorkCalendar
    pace: Pace
