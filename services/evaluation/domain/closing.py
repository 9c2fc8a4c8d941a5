"""Closing a round, in steps that can be repeated: stop assigning, look at the quorum, seal every ballot, and only then count."""

from datetime import datetime
from typing import NoReturn

from contracts.decision import Decision
from contracts.evaluation import CloseRound, QuorumMissing, RoundClosed
from services.evaluation.commands import BeginClosing, BeginSealing
from services.evaluation.domain import refusals
from services.evaluation.domain.rounds import COUNTED, Counts, Round, known, require_open


def begin_closing(state: Round | None, command: BeginClosing, now: datetime) -> Decision[Round]:
    """Stop assigning. Raises ``RoundNotOver`` before the round's time: it can be extended, never shortened."""
    state = known(state)
    if state.status in ("closing", "sealing"):
        return Decision(state)
    state = require_open(state)
    if now < state.closes_at:
        raise refusals.RoundNotOver(allowed=f"from {state.closes_at.isoformat()}")
    return Decision(state.model_copy(update={"status": "closing"}))


def miss_quorum(state: Round | None, command: CloseRound, below_quorum: int) -> Decision[Round]:
    """Leave the ballots unsealed for the extension; ``below_quorum`` applications wait for readers."""
    state = known(state)
    if state.status != "closing":
        _not_closing(state)
    reopened = state.model_copy(update={"status": "open", "below_quorum": below_quorum})
    event = QuorumMissing(round_id=state.round_id, call_id=state.round_id, below_quorum=below_quorum)
    return Decision(reopened, (event,))


def begin_sealing(state: Round | None, command: BeginSealing) -> Decision[Round]:
    """From here on there is no way back: every ballot is sealed, then counted."""
    state = known(state)
    if state.status not in ("closing", "sealing"):
        _not_closing(state)
    return Decision(state.model_copy(update={"status": "sealing"}))


def close(state: Round | None, command: CloseRound, counts: Counts, published: tuple[str, int]) -> Decision[Round]:
    """Record what was counted; ``published`` is the digest of the document to publish, and how many ballots it holds."""
    state = known(state)
    if state.status != "sealing" or state.draw_seed is None:
        _not_closing(state)
    digest, ballots = published
    closed = state.model_copy(
        update={
            "status": "closed",
            "counts": counts,
            "below_quorum": counts.below_quorum,
            "published_digest": digest,
            "published_ballots": ballots,
        }
    )
    event = RoundClosed(
        round_id=state.round_id, call_id=state.round_id, draw_seed=state.draw_seed, **counts.model_dump()
    )
    return Decision(closed, (event,))


def _not_closing(state: Round) -> NoReturn:
    raise refusals.RoundOver if state.status in COUNTED else refusals.RoundNotOver
