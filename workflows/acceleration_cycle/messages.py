"""The input and the updates of a cycle's workflow."""

from uuid import UUID

from pydantic import AwareDatetime

from contracts.model import Code, Departement, Theme
from contracts.programme import SupportProgramme
from services.chassis.clock import Pace
from workflows.messages import Message
from workflows.working_days import WorkCalendar


class Selection(Message):
    """A place that was offered. The agreement's id is the initiative's."""

    initiative_id: UUID
    call_id: UUID
    owner_id: UUID
    theme: Theme
    departement: Departement
    accept_by: AwareDatetime
    programme: SupportProgramme
    calendar: WorkCalendar
    pace: Pace


class Pause(Message):
    paused_at: AwareDatetime


class Resume(Message):
    """``paused_seconds`` is how long the pause lasted, in season time."""

    resumed_at: AwareDatetime
    paused_seconds: int


class Extend(Message):
    weeks: int


class Stop(Message):
    reason: Code
    stopped_at: AwareDatetime
