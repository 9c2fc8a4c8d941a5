"""From the event that begins a story to the workflow's id, group and input. Pure but for the holidays that it looks up."""

from dataclasses import dataclass
from typing import Any, Protocol

from contracts.applications import ApplicationSelected
from contracts.calls import CallPublished
from contracts.payments import TrancheOpened
from services.chassis.clock import Pace
from workflows.acceleration_cycle.messages import Selection
from workflows.call_for_projects.messages import Call
from workflows.disbursement.messages import Tranche
from workflows.messages import Message, Told
from workflows.territories import calendar_of

CALL, CYCLE, TRANCHE = "call", "acceleration", "disbursement"
ADMINISTRATION_ZONE = "Europe/Paris"
"""Where the people are who certify, order and pay."""


@dataclass(frozen=True, slots=True)
class Start:
    """A workflow to be started: its type, id, group and input."""

    workflow: str
    workflow_id: str
    argument: Message
    group: str | None = None


class Beginning(Protocol):
    def __call__(self, event: Any, told: Told, pace: Pace, /) -> Start: ...


def call(event: CallPublished, told: Told, pace: Pace) -> Start:
    calendar = calendar_of(event.schedule.zone, None, event.schedule.opens_at)
    argument = Call(
        call_id=event.call_id,
        schedule=event.schedule,
        extension_days=event.evaluation.extension_days,
        calendar=calendar,
        pace=pace,
    )
    return Start("CallForProjects", f"{CALL}-{event.call_id}", argument)


def cycle(event: ApplicationSelected, told: Told, pace: Pace) -> Start:
    argument = Selection(
        initiative_id=event.initiative_id,
        call_id=event.call_id,
        owner_id=event.owner_id,
        theme=event.theme,
        departement=event.departement,
        accept_by=event.accept_by,
        programme=event.programme,
        calendar=calendar_of(event.zone, event.departement, told.time),
        pace=pace,
    )
    return Start("AccelerationCycle", f"{CYCLE}-{event.initiative_id}", argument)


def tranche(event: TrancheOpened, told: Told, pace: Pace) -> Start:
    argument = Tranche(
        tranche_id=event.tranche_id,
        agreement_id=event.agreement_id,
        advance=event.advance,
        opened_at=told.time,
        calendar=calendar_of(ADMINISTRATION_ZONE, None, told.time),
        pace=pace,
    )
    return Start("Disbursement", f"{TRANCHE}-{event.tranche_id}", argument, group_of(str(event.agreement_id)))


def group_of(agreement_id: str) -> str:
    """The group of an agreement's disbursements."""
    return f"agreement-{agreement_id}"
