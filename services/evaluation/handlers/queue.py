"""A panel member's own queue: what is to do and done, without ever opening anybody else's ballot."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from services.evaluation.domain.ballots import State
from services.evaluation.domain.rounds import COUNTED, Round
from services.evaluation.store.store import Store

Answer = dict[str, Any]
Mine = Literal["empty", "cast", "abstained", "conflicted"]
"""The states by which a member's own queue is filtered; ``empty`` is what is still to do."""


async def mine(
    round_id: UUID, member_id: UUID, wanted: Mine | None, after: UUID | None, limit: int, store: Store
) -> Answer:
    """A page of the member's ballots in the order of application ids, and how far they are. Raises ``MemberUnknown``.

    A conflicted application is not among the ballots unless it is asked for: its id and number are all that is shown.
    """
    seat = (await store.panel(round_id)).seat(member_id)
    state = await store.round(round_id)
    states = await store.ballots.states(round_id, member_id)
    conflicted = await store.conflicted(round_id, member_id)
    own = sorted(map(str, conflicted)) if wanted == "conflicted" else sorted(states)
    chosen = [each for each in own if wanted in (None, "conflicted") or states[each] == wanted]
    left = [each for each in chosen if after is None or each > str(after)]
    college = state.college(seat.college)
    return {
        "ballots": await _shown(state, states, left[:limit], store),
        "next": left[limit - 1] if len(left) > limit else None,
        "total": len(states),
        "matching": len(chosen),
        "conflicted": len(conflicted),
        "progress": _progress(states),
        "next_empty": _next_empty(states, after),
        "college": seat.college,
        "quorum": college.quorum if college else None,
        "closes_at": state.closes_at.isoformat(),
        "status": state.status,
    }


def _progress(states: dict[str, State]) -> dict[str, int]:
    found = Counter(states.values())
    return {"cast": found["cast"], "abstained": found["abstained"], "empty": found["empty"]}


def _next_empty(states: dict[str, State], after: UUID | None) -> str | None:
    """The first empty ballot after ``after``, or else the first of all."""
    empty = sorted(each for each, state in states.items() if state == "empty")
    return next((each for each in empty if after is None or each > str(after)), empty[0] if empty else None)


async def _shown(state: Round, states: dict[str, State], page: Sequence[str], store: Store) -> list[Answer]:
    numbers = await store.facts.numbers(map(UUID, page))
    sealed = state.status in ("sealing", *COUNTED)
    return [
        {
            "application_id": each,
            "number": numbers.get(UUID(each)),
            "state": states.get(each, "conflicted"),
            "sealed": sealed,
        }
        for each in page
    ]


async def scores(round_id: UUID, member_id: UUID, after: UUID | None, limit: int, store: Store) -> Answer:
    """The member's own ballots that have scores, as one table. Raises ``MemberUnknown``."""
    (await store.panel(round_id)).seat(member_id)
    state = await store.round(round_id)
    states = await store.ballots.states(round_id, member_id)
    cast = sorted(each for each, own in states.items() if own == "cast")
    left = [each for each in cast if after is None or each > str(after)]
    page = left[:limit]
    numbers = await store.facts.numbers(map(UUID, page))
    rows = []
    for ballot in await store.ballots.find(round_id, member_id, map(UUID, page)):
        content = await store.ballots.content(round_id, ballot)
        if content and content.scores is not None:
            own = {"application_id": str(ballot.application_id), "number": numbers.get(ballot.application_id)}
            rows.append({**own, "scores": content.scores, "points": _points(state, content.scores)})
    return {
        "criteria": [each.model_dump(mode="json") for each in state.criteria],
        "ballots": sorted(rows, key=lambda row: str(row["application_id"])),
        "total": len(cast),
        "next": page[-1] if len(left) > limit else None,
    }


def _points(state: Round, given: dict[str, int]) -> float:
    """What the scores come to in points of 100, by the weights and scales of the criteria."""
    total = sum(each.weight for each in state.criteria)
    reached = sum(
        each.weight * (given[each.code] - each.minimum) / max(1, each.maximum - each.minimum) for each in state.criteria
    )
    return round(100 * reached / total, 1)
