"""A panel member's own queue: what is to do and done, without ever opening anybody else's ballot."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from services.evaluation.domain.ballots import State
from services.evaluation.domain.rounds import COUNTED, Round
from services.evaluation.store.store import Store

Answer = dict[str, Any]
STATES: tuple[State, ...] = ("cast", "abstained", "empty")
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
    counts = await store.ballots.counts(round_id, member_id)
    conflicted = await store.conflicted(round_id, member_id)
    found: Sequence[tuple[str, Mine]]
    if wanted == "conflicted":
        found = [(each, "conflicted") for each in sorted(map(str, conflicted)) if after is None or each > str(after)]
    else:
        found = await store.ballots.page(round_id, member_id, wanted, after, limit + 1)
    college = state.college(seat.college)
    return {
        "ballots": await _shown(state, found[:limit], store),
        "next": found[limit - 1][0] if len(found) > limit else None,
        "total": counts.total(),
        "matching": _matching(wanted, counts, len(conflicted)),
        "conflicted": len(conflicted),
        "progress": {each: counts[each] for each in STATES},
        "next_empty": await _next_empty(round_id, member_id, after, store),
        "college": seat.college,
        "quorum": college.quorum if college else None,
        "closes_at": state.closes_at.isoformat(),
        "status": state.status,
    }


def _matching(wanted: Mine | None, counts: Counter[State], conflicted: int) -> int:
    if wanted is None:
        return counts.total()
    return conflicted if wanted == "conflicted" else counts[wanted]


async def _next_empty(round_id: UUID, member_id: UUID, after: UUID | None, store: Store) -> str | None:
    """The first empty ballot after ``after``, or else the first of all."""
    found = await store.ballots.page(round_id, member_id, "empty", after, 1)
    if not found and after is not None:
        found = await store.ballots.page(round_id, member_id, "empty", None, 1)
    return found[0][0] if found else None


async def _shown(state: Round, page: Sequence[tuple[str, Mine]], store: Store) -> list[Answer]:
    numbers = await store.facts.numbers(UUID(each) for each, _ in page)
    sealed = state.status in ("sealing", *COUNTED)
    return [
        {"application_id": each, "number": numbers.get(UUID(each)), "state": own, "sealed": sealed}
        for each, own in page
    ]


async def place(round_id: UUID, member_id: UUID, application_id: UUID, store: Store) -> Answer:
    """Where the member's ballot on an application is in their queue, from 1, and its neighbours. Raises ``MemberUnknown``."""
    (await store.panel(round_id)).seat(member_id)
    earlier, before = await store.ballots.before(round_id, member_id, application_id)
    following = await store.ballots.page(round_id, member_id, None, application_id, 1)
    return {"place": earlier + 1, "before": before, "after": following[0][0] if following else None}


async def scores(round_id: UUID, member_id: UUID, after: UUID | None, limit: int, store: Store) -> Answer:
    """The member's own ballots that have scores, as one table. Raises ``MemberUnknown``."""
    (await store.panel(round_id)).seat(member_id)
    state = await store.round(round_id)
    found = [each for each, _ in await store.ballots.page(round_id, member_id, "cast", after, limit + 1)]
    page = found[:limit]
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
        "total": (await store.ballots.counts(round_id, member_id))["cast"],
        "next": page[-1] if len(found) > limit else None,
    }


def _points(state: Round, given: dict[str, int]) -> float:
    """What the scores come to in points of 100, by the weights and scales of the criteria."""
    total = sum(each.weight for each in state.criteria)
    reached = sum(
        each.weight * (given[each.code] - each.minimum) / max(1, each.maximum - each.minimum) for each in state.criteria
    )
    return round(100 * reached / total, 1)
