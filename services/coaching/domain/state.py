"""The record of one acceleration cycle, and what its parts are."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, computed_field

from contracts.coaching import LeverOutcome, ReviewDecision, Weather
from contracts.model import Code, Departement, Id, Instant, Model, Theme, seconds
from contracts.programme import ReviewKind
from services.coaching.commands import Need

Status = Literal["open", "paused", "stopped", "closed"]


class CheckIn(Model):
    week: int
    due_at: Instant
    reminded: bool = False
    missed: bool = False
    recorded_at: Instant | None = None
    weather: Weather | None = None
    late: bool = False


class LeverRequest(Model):
    request_id: Id
    lever: Code
    administration: Code
    requested_at: Instant
    due_at: Instant
    answered_at: Instant | None = None
    outcome: LeverOutcome | None = None
    late: bool = False


class Review(Model):
    review: ReviewKind
    due_at: Instant
    overdue: bool = False
    decision: ReviewDecision | None = None
    decided_by: Id | None = None
    decided_at: Instant | None = None


class Indicator(Model):
    """Values are in thousandths of the indicator's unit."""

    code: Code
    initial_milli: int
    target_milli: int
    current_milli: int | None = None
    valued_at: Instant


class Texts(Model):
    """What people wrote, sealed under the owner's key: by week, by request, by review."""

    diagnosis: str = ""
    objectives: tuple[str, ...] = ()
    check_ins: dict[int, str] = Field(default_factory=dict)
    lever_requests: dict[Id, str] = Field(default_factory=dict)
    lever_answers: dict[Id, str] = Field(default_factory=dict)
    reviews: dict[ReviewKind, str] = Field(default_factory=dict)
    stop: str = ""


class Cycle(Model):
    """One initiative's cycle. ``waiting_since``: when the first check-in that is still missing was due, in whole seconds."""

    initiative_id: Id
    call_id: Id
    owner_id: Id
    theme: Theme
    departement: Departement
    starts_at: Instant
    ends_at: Instant
    status: Status = "open"
    mentor_id: Id | None = None
    officer_id: Id | None = None
    paused_at: Instant | None = None
    ended_at: Instant | None = None
    stop_reason: Code | None = None
    needs: tuple[Need, ...] = ()
    objectives: int = 0
    levers: tuple[Code, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    reviews: tuple[Review, ...] = ()
    lever_requests: tuple[LeverRequest, ...] = ()
    weather: Weather | None = None
    waiting_since: Instant | None = None
    private: Texts | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def next_due_at(self) -> Instant | None:
        """When the next thing is due that somebody has to do: a check-in, a review, an answer; nothing once it is over."""
        if self.ended:
            return None
        due = [item.due_at for item in self.check_ins if item.recorded_at is None]
        due += [item.due_at for item in self.reviews if item.decision is None]
        due += [item.due_at for item in self.lever_requests if item.outcome is None]
        return min(due, default=None)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def agenda(self) -> str:
        """By what cycles are sorted: their next due date, those without any last, then their id."""
        due = self.next_due_at
        return (
            f"{seconds(due.astimezone(UTC)):%Y%m%dT%H%M%S}_{self.initiative_id}" if due else f"z_{self.initiative_id}"
        )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def escalated(self) -> bool:
        """Whether an officer was told of something that is still missing."""
        missed = any(item.missed and item.recorded_at is None for item in self.check_ins)
        return not self.ended and (missed or any(item.overdue and item.decision is None for item in self.reviews))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def asked_levers(self) -> int:
        """How many requests wait for an answer."""
        return 0 if self.ended else sum(item.outcome is None for item in self.lever_requests)

    @property
    def followers(self) -> tuple[Id, ...]:
        """The people of the initiative: its owner, its mentor, its officer."""
        named = (self.owner_id, self.mentor_id, self.officer_id)
        return tuple(dict.fromkeys(each for each in named if each is not None))

    @property
    def ended(self) -> bool:
        return self.status in ("stopped", "closed")

    @property
    def texts(self) -> Texts:
        """What people wrote; empty once the owner is erased."""
        return self.private or Texts()

    def overdue(self, now: datetime) -> bool:
        """Whether a check-in is missing past its due date; never while the cycle is paused or over."""
        return self.status == "open" and self.waiting_since is not None and self.waiting_since < seconds(now)

    def with_check_ins(self, check_ins: tuple[CheckIn, ...]) -> "Cycle":
        """This record with these check-ins, and what follows from them: the last weather, and since when one is missing."""
        recorded = [item for item in check_ins if item.weather]
        waiting = [seconds(item.due_at.astimezone(UTC)) for item in check_ins if item.recorded_at is None]
        return self.model_copy(
            update={
                "check_ins": check_ins,
                "weather": max(recorded, key=lambda item: item.week).weather if recorded else None,
                "waiting_since": min(waiting, default=None),
            }
        )
