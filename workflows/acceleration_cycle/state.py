"""What a cycle's workflow knows: told by events and updates, asked by its story. Pure."""

from datetime import datetime, timedelta
from uuid import UUID

from contracts.applications import SelectionAccepted, SelectionDeclined
from contracts.coaching import CheckInRecorded, ReviewDecided
from contracts.funding import AgreementSigned
from contracts.model import Event
from contracts.payments import PaymentSettled, TrancheCancelled, TrancheOpened
from workflows.acceleration_cycle import calendar
from workflows.acceleration_cycle.calendar import Hold, Milestone, Plan
from workflows.acceleration_cycle.messages import Extend, Pause, Resume, Selection, Stop


class CycleState:
    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self.accepted_at: datetime | None = None
        self.declined = False
        self.paused: Pause | None = None
        self.stopped: Stop | None = None
        self.closed = False
        self.tranches_asked: set[str] = set()
        self._extra_weeks = 0
        self._holds: tuple[Hold, ...] = ()
        self._timeline: tuple[Milestone, ...] | None = None
        self._done: set[str] = set()
        self._recorded: set[int] = set()
        self._met: set[str] = set()
        self._decided: set[str] = set()
        self._unsettled: set[UUID] = set()

    def apply(self, event: Event) -> None:
        match event:
            case SelectionAccepted():
                self.accepted_at = event.accepted_at
            case SelectionDeclined():
                self.declined = True
            case CheckInRecorded():
                self._recorded.add(event.week)
            case ReviewDecided():
                self._decided.add(event.review)
                if event.decision == "fund":
                    self._met.add(event.review)
            case AgreementSigned():
                self._met.add("agreement")
            case TrancheOpened():
                self._unsettled.add(event.tranche_id)
            case PaymentSettled() | TrancheCancelled():
                self._unsettled.discard(event.tranche_id)

    @property
    def answered(self) -> bool:
        """Whether the place was accepted or declined."""
        return self.accepted_at is not None or self.declined

    @property
    def over(self) -> bool:
        return self.stopped is not None or self.closed

    @property
    def plan(self) -> Plan:
        """The dates as they stand. The place must have been accepted."""
        assert self.accepted_at is not None  # noqa: S101
        starts_at = calendar.kick_off(self.accepted_at, self._selection.calendar)
        return Plan(starts_at, self._selection.programme, self._selection.calendar, self._extra_weeks, self._holds)

    def next(self) -> Milestone:
        """The first milestone that is still to be done; the closing is the last and stays."""
        timeline = self._timeline = self._timeline or self.plan.timeline()
        return next((item for item in timeline if item.step not in self._done and self._needed(item)), timeline[-1])

    def finish(self, milestone: Milestone) -> None:
        self._done.add(milestone.step)
        self.closed = self.closed or milestone.kind == "close_cycle"

    def may_close(self) -> bool:
        """Whether the engagement committee, once asked, has decided."""
        review = "engagement_committee"
        return review in self._decided or f"open_review:{review}" not in self._done

    def owed(self) -> list[str]:
        """Codes of the tranches whose condition is met, and which were not asked for; none before both have signed."""
        if "agreement" not in self._met:
            return []
        rules = self._selection.programme.tranches
        return [rule.code for rule in rules if rule.after in self._met and rule.code not in self.tranches_asked]

    def settled(self) -> bool:
        """Whether the agreement is signed and no tranche is under way."""
        return "agreement" in self._met and not self._unsettled

    def pause(self, asked: Pause) -> None:
        self.paused = asked

    def resume(self, asked: Resume) -> None:
        assert self.paused is not None  # noqa: S101
        hold = Hold(self.paused.paused_at, timedelta(seconds=asked.paused_seconds))
        self._holds, self.paused, self._timeline = (*self._holds, hold), None, None

    def extend(self, asked: Extend) -> None:
        self._extra_weeks, self._timeline = self._extra_weeks + asked.weeks, None

    def stop(self, asked: Stop) -> None:
        self.stopped, self.paused = asked, None

    def refusal(self, asked: Pause | Resume | Extend | Stop) -> str | None:
        """The code of the rule that forbids ``asked``, or nothing."""
        if self.over or self.declined:
            return "cycle_over"
        if isinstance(asked, Pause) and self.paused:
            return "cycle_paused"
        if isinstance(asked, Resume) and (self.paused is None or asked.paused_seconds < 0):
            return "cycle_not_paused"
        if isinstance(asked, Extend) and asked.weeks < 1:
            return "extension_empty"
        return None

    def _needed(self, milestone: Milestone) -> bool:
        """Whether there is still something to remind of or to escalate."""
        if milestone.kind in ("remind_check_in", "escalate_check_in"):
            return milestone.week not in self._recorded
        return milestone.kind != "escalate_review" or milestone.review not in self._decided
