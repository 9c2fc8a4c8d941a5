"""The story of a tranche: each step waited for, the payment issued until it settles; after a stop, undone step by step."""

from datetime import datetime
from functools import partial

from temporalio import workflow

from workflows.asking import happens
from workflows.story import Story

with workflow.unsafe.imports_passed_through():
    from contracts.coaching import CycleStopped
    from contracts.model import CommandRefused, Event
    from contracts.payments import EscalateTranche, IssuePayment, UndoStep
    from workflows.disbursement import calendar
    from workflows.disbursement.activities import DisbursementActivities
    from workflows.disbursement.messages import Tranche
    from workflows.disbursement.state import TrancheState

NEWS_SECONDS = 60.0
"""How long to wait (real time) for the event that a refusal spoke of, before asking again."""

BANK_DETAILS = frozenset({"bank_details_missing", "bank_details_unconfirmed", "bank_details_not_renewed"})
LATE_REPORT = frozenset({"financial_report_overdue"})
AHEAD = frozenset({"out_of_turn", "tranche_being_cancelled", "agreement_stopped"})
"""Funding knows of something that is still on its way here."""

AT_THE_BANK = frozenset({"payment_at_the_bank"})
PAID = frozenset({"already_paid"})
DONE = frozenset({"tranche_done"})


@workflow.defn
class Disbursement(Story):
    @workflow.init
    def __init__(self, tranche: Tranche) -> None:
        super().__init__(tranche.tranche_id, tranche.pace)
        self.tranche = tranche
        self.progress = TrancheState(tranche)

    @workflow.run
    async def run(self, tranche: Tranche) -> str:
        while not self.progress.over:
            if self.progress.stopped:
                await self._undo(self.progress.stopped)
            elif self.progress.step == "issue":
                await self._issue()
            else:
                await self._wait()
        return await self.conclude("settled" if self.progress.settled else "cancelled")

    def on(self, event: Event, time: datetime) -> None:
        self.progress.apply(event, time)

    async def _wait(self) -> None:
        """Until the present step is done; once it is overdue, the officer is told."""
        self.stage = step = self.progress.step
        since = self.progress.since
        limit = calendar.overdue(step, since, self.tranche.calendar)
        if not await self.time.until(limit, unless=lambda: self._moved(step, since)):
            return
        escalate = partial(EscalateTranche, tranche_id=self.tranche.tranche_id, step=step)
        name = f"escalate:{step}:{since.isoformat()}"
        await self.ask(DisbursementActivities.escalate_tranche, name, escalate, expected=DONE)
        await workflow.wait_condition(lambda: self._moved(step, since))

    def _moved(self, step: calendar.Step, since: datetime) -> bool:
        progress = self.progress
        return progress.over or progress.stopped is not None or (progress.step, progress.since) != (step, since)

    async def _issue(self) -> None:
        """Ask for the payment; one refused for its bank details is asked for again once new ones are confirmed."""
        self.stage, since, asked_at = "issue", self.progress.since, self.time.now()
        answer = await self.ask(
            DisbursementActivities.issue_payment,
            f"issue:{self.progress.rejections}",
            partial(IssuePayment, tranche_id=self.tranche.tranche_id),
            again=LATE_REPORT,
            expected=BANK_DETAILS | AHEAD,
            unless=lambda: self._moved("issue", since),
        )
        if not isinstance(answer, CommandRefused):
            return
        if answer.code in BANK_DETAILS:
            self.progress.unpayable(asked_at)
        else:
            await happens(self.changed(), NEWS_SECONDS)

    async def _undo(self, stop: CycleStopped) -> None:
        """Undo the last step that stands, until none is left; a payment at the bank is waited for first."""
        self.stage = "undoing"
        undo = partial(UndoStep, tranche_id=self.tranche.tranche_id, reason=stop.reason)
        answer = await self.ask(DisbursementActivities.undo_step, "undo", undo, expected=AT_THE_BANK | PAID)
        if isinstance(answer, CommandRefused):
            await happens(self.changed(), NEWS_SECONDS)
