"""The story of a place in the accelerator: accepted in time, then three months of milestones in order, then settled.

One coroutine walks one timeline; events and updates only change what the timeline is made of, or what is owed meanwhile.
"""

from datetime import datetime
from functools import partial

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from workflows.asking import happens
from workflows.story import Story

with workflow.unsafe.imports_passed_through():
    from contracts.applications import LapseSelection
    from contracts.coaching import OpenCycle
    from contracts.funding import CloseAgreement, PrepareAgreement, ReleaseCommitment
    from contracts.model import CommandRefused, Event
    from contracts.payments import OpenTranche
    from workflows.acceleration_cycle import calendar, steps
    from workflows.acceleration_cycle.activities import CycleActivities
    from workflows.acceleration_cycle.calendar import Milestone
    from workflows.acceleration_cycle.messages import Extend, Pause, Resume, Selection, Stop
    from workflows.acceleration_cycle.state import CycleState

NEWS_SECONDS = 60.0
"""How long to wait (real time) for the pause or stop that a refusal spoke of, before asking again."""

NEWS = frozenset({"cycle_paused", "cycle_stopped"})
OVER = frozenset({"cycle_stopped", "cycle_closed"})
OPEN_ALREADY = frozenset({"cycle_already_open", *OVER})
TRANCHE_DONE = frozenset({"out_of_turn", "agreement_stopped", "agreement_closed"})
NOTHING_TO_RELEASE = frozenset({"not_found", "agreement_not_signed", "agreement_closed"})


@workflow.defn
class AccelerationCycle(Story):
    @workflow.init
    def __init__(self, selection: Selection) -> None:
        super().__init__(selection.initiative_id, selection.pace)
        self.selection = selection
        self.cycle = CycleState(selection)

    @workflow.run
    async def run(self, selection: Selection) -> str:
        if not await self._accepted():
            return await self.conclude("declined")
        if not await self._open():
            return await self.conclude("ended")
        await self._follow()
        if self.cycle.stopped:
            await self._release(self.cycle.stopped)
            return await self.conclude("stopped")
        await self._settle()
        return await self.conclude("completed")

    def on(self, event: Event, time: datetime) -> None:
        self.cycle.apply(event)

    @workflow.update
    def pause(self, asked: Pause) -> None:
        self.cycle.pause(asked)
        self.changes += 1

    @workflow.update
    def resume(self, asked: Resume) -> None:
        self.cycle.resume(asked)
        self.changes += 1

    @workflow.update
    def extend(self, asked: Extend) -> None:
        self.cycle.extend(asked)
        self.changes += 1

    @workflow.update
    def stop(self, asked: Stop) -> None:
        self.cycle.stop(asked)
        self.changes += 1

    @pause.validator
    def may_pause(self, asked: Pause) -> None:
        self._check(asked)

    @resume.validator
    def may_resume(self, asked: Resume) -> None:
        self._check(asked)

    @extend.validator
    def may_extend(self, asked: Extend) -> None:
        self._check(asked)

    @stop.validator
    def may_stop(self, asked: Stop) -> None:
        self._check(asked)

    def _check(self, asked: Pause | Resume | Extend | Stop) -> None:
        if code := self.cycle.refusal(asked):
            raise ApplicationError(code, type=code)

    async def _accepted(self) -> bool:
        """Whether the place was accepted; one that nobody answers in time lapses."""
        self.stage = "offered"
        if await self.time.until(self.selection.accept_by, unless=lambda: self.cycle.answered):
            await self.ask(
                CycleActivities.lapse_selection,
                "lapse",
                partial(LapseSelection, application_id=self.selection.initiative_id),
                again={"acceptance_still_open"},
                expected={"already_accepted", "already_declined"},
                unless=lambda: self.cycle.answered,
            )
            await workflow.wait_condition(lambda: self.cycle.answered)
        return not self.cycle.declined

    async def _open(self) -> bool:
        """Open the cycle's record and prepare the agreement; whether the record is not over already."""
        self.stage = "opening"
        known, plan = self.selection, self.cycle.plan
        common = known.model_dump(include={"initiative_id", "call_id", "owner_id", "theme", "departement"})
        open_cycle = partial(OpenCycle, **common, starts_at=plan.starts_at, ends_at=plan.ends_at)
        answer = await self.ask(CycleActivities.open_cycle, "open", open_cycle, expected=OPEN_ALREADY)
        if isinstance(answer, CommandRefused) and answer.code in OVER:
            return False
        if known.programme.tranches:
            prepare = partial(PrepareAgreement, **common, tranches=known.programme.tranches)
            await self.ask(CycleActivities.prepare_agreement, "prepare", prepare, expected={"already_prepared"})
        return True

    async def _follow(self) -> None:
        """Carry out the milestones in order, and open tranches in between, until the cycle is closed or stopped."""
        while not self.cycle.over:
            self.stage = "paused" if self.cycle.paused else "running"
            changed = self.changed()
            if self.cycle.owed():
                await self._open_tranches()
            elif self.cycle.paused:
                await workflow.wait_condition(changed)
            elif await self.time.until((milestone := self.cycle.next()).at, unless=changed):
                await self._carry_out(milestone)

    async def _carry_out(self, milestone: Milestone) -> None:
        if milestone.kind == "close_cycle" and not self.cycle.may_close():
            self.stage = "awaiting_engagement_committee"
            await workflow.wait_condition(self.changed())
            return
        via, command = steps.request(milestone, self.selection.initiative_id)
        answer = await self.ask(via, milestone.step, command, expected=steps.DONE_ALREADY | NEWS)
        if isinstance(answer, CommandRefused) and answer.code in NEWS:
            await happens(lambda: self.cycle.paused is not None or self.cycle.over, NEWS_SECONDS)
        else:
            self.cycle.finish(milestone)

    async def _open_tranches(self) -> None:
        agreement_id = self.selection.initiative_id
        for code in self.cycle.owed():
            command = partial(OpenTranche, agreement_id=agreement_id, code=code)
            await self.ask(CycleActivities.open_tranche, f"tranche:{code}", command, expected=TRANCHE_DONE)
            self.cycle.tranches_asked.add(code)

    async def _release(self, stop: Stop) -> None:
        """What is committed and unpaid goes back; each tranche's own workflow undoes its steps."""
        self.stage = "releasing"
        if self.selection.programme.tranches:
            command = partial(ReleaseCommitment, agreement_id=self.selection.initiative_id, reason=stop.reason)
            await self.ask(CycleActivities.release_commitment, "release", command, expected=NOTHING_TO_RELEASE)

    async def _settle(self) -> None:
        """Wait for the last payment, then close the agreement; after a year a person is told and the workflow ends."""
        self.stage = "settling"
        limit = calendar.settling_ends(self.cycle.plan)
        while self.selection.programme.tranches:
            changed = self.changed()
            if self.cycle.owed():
                await self._open_tranches()
            elif self.cycle.settled():
                command = partial(CloseAgreement, agreement_id=self.selection.initiative_id)
                again = {"tranches_under_way"}
                await self.ask(CycleActivities.close_agreement, "close", command, again=again, expected=TRANCHE_DONE)
                return
            elif await self.time.until(limit, unless=changed):
                await self.asking.waits_for("settlement")
                return
