"""A panel member's own queue: what is to do and done, without ever opening anybody else's ballot."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
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
    states = await store.ballots.states(round_id, member_id)
    counts = Counter(states.values())
    conflicted = await store.conflicted(round_id, member_id)
    queue: dict[str, Mine] = dict.fromkeys(sorted(map(str, conflicted)), "conflicted")
    if wanted != "conflicted":
        queue = {each: own for each, own in states.items() if wanted in (None, own)}
    found = _next(queue, after, limit + 1)
    college = state.college(seat.college)
    return {
        "ballots": await _shown(state, found[:limit], store),
        "next": found[limit - 1][0] if len(found) > limit else None,
        "total": counts.total(),
        "matching": len(queue),
        "conflicted": len(conflicted),
        "progress": {each: counts[each] for each in STATES},
        "next_empty": _next_empty(states, after),
        "college": seat.college,
        "quorum": college.quorum if college else None,
        "closes_at": state.closes_at.isoformat(),
        "status": state.status,
    }


def _next(queue: Mapping[str, Mine], after: UUID | None, limit: int) -> list[tuple[str, Mine]]:
    return list(islice(((each, own) for each, own in queue.items() if after is None or each > str(after)), limit))


def _next_empty(states: Mapping[str, State], after: UUID | None) -> str | None:
    """The first empty ballot after ``after``, or else the first of all."""
    empty = [each for each, own in states.items() if own == "empty"]
    return next((each for each in empty if after is None or each > str(after)), next(iter(empty), None))


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
    queue, own = list(await store.ballots.states(round_id, member_id)), str(application_id)
    at, following = bisect_left(queue, own), bisect_right(queue, own)
    return {
        "place": at + 1,
        "before": queue[at - 1] if at else None,
        "after": queue[following] if following < len(queue) else None,
    }


async def scores(round_id: UUID, member_id: UUID, after: UUID | None, limit: int, store: Store) -> Answer:
    """The member's own ballots that have scores, as one table. Raises ``MemberUnknown``."""
    (await store.panel(round_id)).seat(member_id)
    state = await store.round(round_id)
    states = await store.ballots.states(round_id, member_id)
    cast = [each for each, own in states.items() if own == "cast"]
    found = [each for each in cast if after is None or each > str(after)]
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
        "total": len(cast),
        "next": page[-1] if len(found) > limit else None,
    }


def _points(state: Round, given: dict[str, int]) -> float:
    """What the scores come to in points of 100, by the weights and scales of the criteria."""
    total = sum(each.weight for each in state.criteria)
    reached = sum(
        each.weight * (given[each.code] - each.minimum) / max(1, each.maximum - each.minimum) for each in state.criteria
    )
    return round(100 * reached / total, 1)
