"""Events of calls, published by applications, and the commands by which a call's workflow moves it."""

from typing import ClassVar, Literal

from contracts.model import Cents, Code, Command, Event, Id, Instant, Number
from contracts.programme import (
    College,
    Criterion,
    EvaluationRules,
    Schedule,
    SupportProgramme,
)

CallKind = Literal["panel", "challenge", "consultation", "rolling"]


class _Event(Event):
    service: ClassVar[str] = "applications"


class _Command(Command):
    service: ClassVar[str] = "applications"


class CallPublished(_Event):
    type: Literal["CallPublished"] = "CallPublished"
    version: Literal[1] = 1
    call_id: Id
    number: Number
    kind: CallKind
    schedule: Schedule
    criteria: tuple[Criterion, ...]
    colleges: tuple[College, ...]
    evaluation: EvaluationRules
    programme: SupportProgramme
    envelope_cents: Cents
    funding_source: Code


class CallDeadlineExtended(_Event):
    type: Literal["CallDeadlineExtended"] = "CallDeadlineExtended"
    version: Literal[1] = 1
    call_id: Id
    closes_at: Instant
    reason: Code


class CallOpened(_Event):
    type: Literal["CallOpened"] = "CallOpened"
    version: Literal[1] = 1
    call_id: Id


class CallClosingSoon(_Event):
    """Drafts are still open this many days before the deadline; their owners are told."""

    type: Literal["CallClosingSoon"] = "CallClosingSoon"
    version: Literal[1] = 1
    call_id: Id
    closes_at: Instant
    days: int
    drafts: tuple[Id, ...]
    owners: tuple[Id, ...]


class CallClosed(_Event):
    type: Literal["CallClosed"] = "CallClosed"
    version: Literal[1] = 1
    call_id: Id
    submitted: int


class OpenCall(_Command):
    type: Literal["OpenCall"] = "OpenCall"
    version: Literal[1] = 1
    call_id: Id


class RemindDrafts(_Command):
    type: Literal["RemindDrafts"] = "RemindDrafts"
    version: Literal[1] = 1
    call_id: Id
    days: int


class CloseCall(_Command):
    type: Literal["CloseCall"] = "CloseCall"
    version: Literal[1] = 1
    call_id: Id
