"""An evaluation round from its call's publication to the counting of its ballots. Its id is the call's."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.decision import Decision
from contracts.evaluation import (
    ExtendRound,
    FreezePool,
    PoolFrozen,
    RemindMembers,
    RoundExtended,
    RoundReminded,
)
from contracts.model import Digest, Id, Instant, Model
from contracts.programme import College, Criterion, EvaluationRules, Schedule
from services.evaluation.commands import AssignApplications, FinishAssignment, SetUpRound
from services.evaluation.domain import refusals

Status = Literal["planned", "open", "closing", "sealing", "closed", "deliberated", "decided", "announced"]
VOTING: tuple[Status, ...] = ("planned", "open")
COUNTED: tuple[Status, ...] = ("closed", "deliberated", "decided", "announced")


class Run(Model):
    """An assignment being carried out: of everything, or of a resigned member's open ballots to an alternate."""

    number: int
    resigned: Id | None = None
    alternate: Id | None = None


class Counts(Model):
    """The ballots of a round: ``expected = counted + abstained + set_aside + missing``."""

    expected: int
    counted: int
    abstained: int
    set_aside: int
    missing: int
    below_quorum: int


class Rank(Model):
    """Where the deliberation put an application."""

    application_id: Id
    rank: int


class SignedDecision(Model):
    """``selected`` and ``reserve`` are in rank order."""

    authority_id: Id
    delegation: str
    signed_at: Instant
    selected: tuple[Id, ...]
    reserve: tuple[Id, ...]


class Deliberation(Model):
    """The minutes of the panel's deliberation. ``left`` names who left it for an application, by conflict of interest."""

    text: str
    reasons: dict[str, str]
    left: dict[str, tuple[Id, ...]]


class Signature(Model):
    """Who signed the minutes, and when."""

    signed_by: Id
    signed_at: Instant


class Round(Model):
    """``minutes`` is sealed at rest under the key ``minutes_key``, drawn up by ``minutes_by`` and fixed by ``minutes_digest``.

    ``reserve_used`` counts those offered or passed over; ``reminded`` is when a member was last reminded.
    """

    round_id: Id
    number: str
    status: Status = "planned"
    schedule: Schedule
    criteria: tuple[Criterion, ...]
    colleges: tuple[College, ...]
    rules: EvaluationRules
    closes_at: Instant
    pool_size: int = 0
    pool_digest: Digest | None = None
    draw_seed: Digest | None = None
    runs: int = 0
    assigning: Run | None = None
    extended: bool = False
    below_quorum: int = 0
    counts: Counts | None = None
    published_digest: Digest | None = None
    published_ballots: int = 0
    moves: tuple[Rank, ...] = ()
    present: tuple[Id, ...] = ()
    minutes: Deliberation | None = None
    minutes_key: str
    minutes_by: Id | None = None
    minutes_digest: Digest | None = None
    signatures: tuple[Signature, ...] = ()
    reminded: dict[Id, Instant] = Field(default_factory=dict)
    decision: SignedDecision | None = None
    announced_at: Instant | None = None
    freed: tuple[Id, ...] = ()
    offered: tuple[Id, ...] = ()
    reserve_used: int = 0
    destroyed_at: Instant | None = None

    @property
    def may_be_extended(self) -> bool:
        return not self.extended and self.rules.extension_days > 0

    def college(self, name: str) -> College | None:
        return next((college for college in self.colleges if college.name == name), None)


def known(state: Round | None) -> Round:
    """``state``. Raises ``RoundUnknown`` when there is none."""
    if state is None:
        raise refusals.RoundUnknown
    return state


def require_open(state: Round | None) -> Round:
    """A round that takes assignments and ballots. Raises ``PoolNotFrozen`` or ``RoundOver``."""
    state = known(state)
    if state.status == "planned":
        raise refusals.PoolNotFrozen
    if state.status != "open":
        raise refusals.RoundOver
    return state


def require_closed(state: Round | None) -> Round:
    """A round whose ballots are counted. Raises ``RoundNotClosed``."""
    state = known(state)
    if state.status not in COUNTED:
        raise refusals.RoundNotClosed
    return state


def pool_digest(applications: Iterable[UUID]) -> str:
    """SHA-256 of the sorted application ids, one a line."""
    return _sha256("\n".join(sorted(map(str, applications))))


def draw_seed(round_id: UUID, digest: str, labels: Iterable[str]) -> str:
    """The seed of a round's draw: SHA-256 over the round's id, the pool's digest and that of the sorted labels, one a line."""
    return _sha256(f"{round_id}\n{digest}\n{_sha256(chr(10).join(sorted(labels)))}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def set_up(state: Round | None, command: SetUpRound) -> Decision[Round]:
    """The round of a call that was published; it is set up once."""
    return Decision(
        state
        or Round(
            round_id=command.round_id,
            number=command.number,
            schedule=command.schedule,
            criteria=command.criteria,
            colleges=command.colleges,
            rules=command.rules,
            closes_at=command.schedule.evaluation_closes_at,
            minutes_key=f"minutes:{command.round_id}",
        )
    )


def freeze(state: Round | None, command: FreezePool, applications: int, digest: str, seed: str) -> Decision[Round]:
    """Open the round on a pool of so many ``applications``, whose ``digest`` and draw ``seed`` are told from now on."""
    state = known(state)
    if state.status != "planned":
        raise refusals.PoolAlreadyFrozen
    if applications == 0:
        raise refusals.PoolEmpty
    opened = state.model_copy(
        update={"status": "open", "pool_size": applications, "pool_digest": digest, "draw_seed": seed}
    )
    event = PoolFrozen(
        round_id=state.round_id, call_id=state.round_id, applications=applications, digest=digest, draw_seed=seed
    )
    return Decision(opened, (event,))


def remind(state: Round | None, command: RemindMembers, members: Iterable[UUID], now: datetime) -> Decision[Round]:
    """Tell that these ``members`` still have empty ballots."""
    state, late = require_open(state), tuple(members)
    event = RoundReminded(round_id=state.round_id, call_id=state.round_id, closes_at=state.closes_at, members=late)
    reminded = state.reminded | dict.fromkeys(late, now)
    return Decision(state.model_copy(update={"reminded": reminded}), (event,))


def extend(state: Round | None, command: ExtendRound) -> Decision[Round]:
    """Extend the round, once, because a quorum is missing."""
    state = require_open(state)
    if not state.may_be_extended:
        raise refusals.ExtensionUsed
    if not state.below_quorum:
        raise refusals.ExtensionNotNeeded
    if command.closes_at <= state.closes_at:
        raise refusals.NeverShortened(field="closes_at", allowed=f"later than {state.closes_at.isoformat()}")
    extended = state.model_copy(update={"extended": True, "closes_at": command.closes_at})
    event = RoundExtended(
        round_id=state.round_id,
        call_id=state.round_id,
        closes_at=command.closes_at,
        below_quorum=state.below_quorum,
    )
    return Decision(extended, (event,))


def begin_assignment(state: Round | None, command: AssignApplications) -> Decision[Round]:
    """Open an assignment; only one at a time. Raises ``Underway`` while another is being carried out."""
    state = require_open(state)
    if state.assigning is not None:
        raise refusals.Underway
    run = Run(number=state.runs + 1, resigned=command.resigned, alternate=command.alternate)
    return Decision(state.model_copy(update={"assigning": run}), (), {"run": run.number})


def finish_assignment(state: Round | None, command: FinishAssignment) -> Decision[Round]:
    """Everything that the assignment planned is given."""
    state = known(state)
    if state.assigning is None or state.assigning.number != command.run:
        return Decision(state)
    return Decision(state.model_copy(update={"assigning": None, "runs": command.run}))
