"""The story of a call: open, remind, close; freeze the pool; let the panel judge, once longer if needed; announce."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from temporalio import workflow

from workflows.story import Story

with workflow.unsafe.imports_passed_through():
    from contracts.calls import CallDeadlineExtended, CloseCall, OpenCall, RemindDrafts
    from contracts.evaluation import (
        AnnounceResults,
        CloseRound,
        DecisionSigned,
        ExtendRound,
        FreezePool,
        QuorumMissing,
        RemindMembers,
    )
    from contracts.model import CommandRefused, Event
    from workflows.call_for_projects import calendar
    from workflows.call_for_projects.activities import CallActivities
    from workflows.call_for_projects.messages import Call

UNDECIDED = frozenset({"pool_undecided", "pool_empty", "round_unknown"})
"""Officers are still instructing, or their decisions are still on their way."""

FROZEN = frozenset({"pool_already_frozen"})

TOO_EARLY = frozenset({"deadline_not_reached", "round_not_over", "embargo"})
"""The service's clock is behind ours, or the deadline has just been extended there."""

UNSIGNED = frozenset({"decision_not_signed"})
CLOSED = frozenset({"round_closed"})
ANNOUNCED = frozenset({"already_announced"})


@workflow.defn
class CallForProjects(Story):
    @workflow.init
    def __init__(self, call: Call) -> None:
        super().__init__(call.call_id, call.pace)
        self.call = call
        self.closes_at = call.schedule.closes_at
        self.known_since = call.schedule.opens_at
        self.signed = False

    @workflow.run
    async def run(self, call: Call) -> str:
        await self._open()
        await self._collect()
        closing = await self._evaluate()
        await self._announce(closing)
        return await self.conclude("announced")

    def on(self, event: Event, time: datetime) -> None:
        match event:
            case CallDeadlineExtended():
                self.closes_at = max(self.closes_at, event.closes_at)
                self.known_since = max(self.known_since, time)
            case DecisionSigned():
                self.signed = True

    async def _open(self) -> None:
        self.stage = "published"
        await self.time.until(self.call.schedule.opens_at)
        command = partial(OpenCall, call_id=self.call.call_id)
        await self.ask(CallActivities.open_call, "open", command, expected={"call_already_opened"})

    async def _collect(self) -> None:
        """Until the call is closed; an extended deadline has reminders of its own."""
        self.stage = "open"
        while True:
            closes_at = self.closes_at
            if not await self._remind(closes_at) or not await self._come(closes_at):
                continue
            extended = self._extended(closes_at)
            command = partial(CloseCall, call_id=self.call.call_id)
            answer = await self.ask(
                *(CallActivities.close_call, "close", command),
                again=TOO_EARLY,
                expected={"call_already_closed"},
                unless=extended,
            )
            if not isinstance(answer, CommandRefused) or not extended():
                return

    async def _remind(self, closes_at: datetime) -> bool:
        for days, at in calendar.draft_reminders(self.call, closes_at, self.known_since):
            if not await self._come(closes_at, at):
                return False
            remind = partial(RemindDrafts, call_id=self.call.call_id, days=days)
            await self.ask(CallActivities.remind_drafts, f"remind:{closes_at.isoformat()}:{days}", remind)
        return True

    async def _come(self, closes_at: datetime, at: datetime | None = None) -> bool:
        """Wait for ``at`` (by default the deadline itself); whether the deadline is still ``closes_at`` then."""
        return await self.time.until(at or closes_at, unless=self._extended(closes_at))

    def _extended(self, closes_at: datetime) -> Callable[[], bool]:
        return lambda: self.closes_at != closes_at

    async def _evaluate(self) -> datetime:
        """Freeze the pool and close the round, after one extension when a quorum is missing; when it closed."""
        freezing = calendar.freezing(self.call, self.closes_at)
        closing = calendar.first_closing(self.call, self.closes_at)
        self.stage = "instruction"
        await self.time.until(freezing)
        freeze = partial(FreezePool, call_id=self.call.call_id)
        await self.ask(CallActivities.freeze_pool, "freeze", freeze, again=UNDECIDED, expected=FROZEN)
        self.stage = "evaluation"
        answer = await self._close_round(freezing, closing, final=False)
        if not isinstance(answer, QuorumMissing):
            return closing
        longer = calendar.second_closing(self.call, closing)
        extend = partial(ExtendRound, round_id=self.call.call_id, closes_at=longer)
        await self.ask(CallActivities.extend_round, "extend", extend)
        self.stage = "evaluation_extended"
        await self._close_round(closing, longer, final=True)
        return longer

    async def _close_round(self, since: datetime, closing: datetime, final: bool) -> Event:
        round_id, which = self.call.call_id, "final" if final else "first"
        remind_at = calendar.members_reminder(self.call, since, closing)
        if remind_at is not None:
            await self.time.until(remind_at)
            remind = partial(RemindMembers, round_id=round_id)
            await self.ask(CallActivities.remind_members, f"remind_members:{which}", remind)
        await self.time.until(closing)
        close = partial(CloseRound, round_id=round_id, final=final)
        return await self.ask(
            CallActivities.close_round, f"close_round:{which}", close, again=TOO_EARLY, expected=CLOSED
        )

    async def _announce(self, closing: datetime) -> None:
        """At the announced instant, or as soon as the late decision is signed."""
        self.stage = "deliberation"
        await self.time.until(calendar.announcement(self.call, closing))
        if not self.signed:
            await self.asking.waits_for("DecisionSigned")
            await workflow.wait_condition(lambda: self.signed)
        announce = partial(AnnounceResults, round_id=self.call.call_id)
        again = UNSIGNED | TOO_EARLY
        await self.ask(CallActivities.announce_results, "announce", announce, again=again, expected=ANNOUNCED)
