"""From events to Temporal: which event starts which workflow, and to which open ones it is told.

Only this module starts and signals. Everything here may be repeated: starts are unique by id, workflows skip events that
they have seen, and updates carry the event's id.
"""

from typing import Any

from contracts import applications, calls, coaching, evaluation, funding, payments
from contracts.decision import NotYet
from contracts.model import CommandRefused, Event
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from workflows import starts
from workflows.acceleration_cycle.messages import Extend, Pause, Resume, Stop
from workflows.engine import Engine, Missing
from workflows.messages import Message, Told
from workflows.starts import CALL, CYCLE, TRANCHE, Beginning, group_of
from workflows.store import Store
from workflows.turns import Turns

STARTS: dict[type[Event], Beginning] = {
    calls.CallPublished: starts.call,
    applications.ApplicationSelected: starts.cycle,
    payments.TrancheOpened: starts.tranche,
}

TELLS: dict[type[Event], tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        (
            *(calls.CallDeadlineExtended, calls.CallOpened, calls.CallClosingSoon, calls.CallClosed),
            *(evaluation.PoolFrozen, evaluation.RoundReminded, evaluation.QuorumMissing, evaluation.RoundExtended),
            *(evaluation.RoundClosed, evaluation.DecisionSigned, evaluation.ResultsAnnounced),
        ),
        ((CALL, "call_id"),),
    ),
    **dict.fromkeys(
        (
            *(applications.SelectionAccepted, applications.SelectionDeclined, coaching.CycleOpened),
            *(coaching.CheckInOpened, coaching.CheckInRecorded, coaching.CheckInReminded, coaching.CheckInMissed),
            *(coaching.ReviewOpened, coaching.ReviewDecided, coaching.ReviewOverdue, coaching.CycleClosed),
        ),
        ((CYCLE, "initiative_id"),),
    ),
    **dict.fromkeys(
        (
            *(funding.AgreementPrepared, funding.AgreementSigned, funding.CommitmentReleased, funding.AgreementClosed),
            payments.TrancheOpened,
        ),
        ((CYCLE, "agreement_id"),),
    ),
    **dict.fromkeys(
        (
            *(payments.TrancheRequested, payments.ServiceCertified, payments.PaymentOrdered, payments.PaymentSuspended),
            *(payments.SuspensionLifted, payments.PaymentRefused, payments.PaymentAccepted, payments.PaymentIssued),
            *(payments.PaymentRejected, payments.StepUndone, payments.TrancheOverdue),
        ),
        ((TRANCHE, "tranche_id"),),
    ),
    **dict.fromkeys(
        (payments.PaymentSettled, payments.TrancheCancelled),
        ((TRANCHE, "tranche_id"), (CYCLE, "agreement_id")),
    ),
}
"""From an event to the workflows that are told of it: the first part of their id, and the field with the second."""

UPDATES: dict[type[Event], tuple[str, type[Message]]] = {
    coaching.CyclePaused: ("pause", Pause),
    coaching.CycleResumed: ("resume", Resume),
    coaching.CycleExtended: ("extend", Extend),
    coaching.CycleStopped: ("stop", Stop),
}
"""From an event to the validated update of its cycle's workflow; the update's fields are among the event's."""

REFUSALS: tuple[type[CommandRefused], ...] = (
    applications.ApplicationsCommandRefused,
    evaluation.EvaluationCommandRefused,
    coaching.CoachingCommandRefused,
    funding.FundingCommandRefused,
)


class Gateway:
    """``turns`` keep a workflow from being started with the clock's old pace while all are told a new one."""

    def __init__(self, engine: Engine, store: Store, clock: Clock) -> None:
        self._engine, self._store, self._clock = engine, store, clock
        self.turns = Turns()

    def subscriptions(self) -> Subscriptions:
        kinds: set[type[Event]] = {*STARTS, *TELLS, *UPDATES, *REFUSALS, funding.BankDetailsConfirmed}
        return dict.fromkeys(kinds, self.receive)

    async def receive(self, event: Event, received: Received) -> None:
        """Pass one event on. Raises ``NotYet`` when a workflow that it is for is not there yet, ``UpdateRejected``."""
        told = Told.of(event, received.id, received.time, received.causation)
        kind = type(event)
        if isinstance(event, coaching.CycleStopped):
            await self._stop(event, told)
        if isinstance(event, funding.BankDetailsConfirmed):
            await self._tell_group(group_of(str(event.agreement_id)), told)
        if isinstance(event, CommandRefused):
            await self._tell(event.requester, told)
        if beginning := STARTS.get(kind):
            await self._start(beginning, event, told)
        if kind in UPDATES:
            await self._update(event, told)
        for prefix, name in TELLS.get(kind, ()):
            await self._tell(f"{prefix}-{getattr(event, name)}", told)

    async def _start(self, beginning: Beginning, event: Event, told: Told) -> None:
        async with self.turns.starting():
            pace = self._clock.pace()
            start = beginning(event, told, pace)
            if await self._store.begin(start.workflow_id, start.group) == "closed":
                return
            await self._engine.start(start.workflow, start.workflow_id, start.argument, pace)
            await self._store.opened(start.workflow_id)
        if start.group and (stopped := await self._store.stop_of(start.group)):
            await self._tell(start.workflow_id, stopped)

    async def _stop(self, event: coaching.CycleStopped, told: Told) -> None:
        """Written before the agreement's disbursements are looked up, as those are before the stop is: one sees the other."""
        group = group_of(str(event.initiative_id))
        await self._store.stop(group, told)
        await self._tell_group(group, told)

    async def _update(self, event: Event, told: Told) -> None:
        name, kind = UPDATES[type(event)]
        fields: dict[str, Any] = event.model_dump()
        workflow_id = f"{CYCLE}-{fields['initiative_id']}"
        try:
            await self._engine.update(workflow_id, name, kind.model_validate(fields), told.id)
        except Missing:
            await self._missing(workflow_id)

    async def _tell_group(self, group: str, told: Told) -> None:
        for entry in await self._store.together(group):
            await self._tell(entry.workflow_id, told)

    async def _tell(self, workflow_id: str, told: Told) -> None:
        try:
            await self._engine.signal(workflow_id, "told", told)
        except Missing:
            await self._missing(workflow_id)

    async def _missing(self, workflow_id: str) -> None:
        """A workflow that was open is closed now; one that was never started may still be."""
        entry = await self._store.find(workflow_id)
        if entry is None or entry.state == "starting":
            raise NotYet
        await self._store.closed(workflow_id)
