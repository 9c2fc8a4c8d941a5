"""Results: the opinion, the signed decision, the announcement, the reserve, and what an applicant is told."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from contracts.decision import NotFound, NotYet
from contracts.evaluation import AnnounceResults
from services.chassis.clock import Clock
from services.evaluation.commands import DestroyBallots, GiveOpinion, OfferPlace, SignDecision, SignMinutes
from services.evaluation.domain import decision, publication, refusals
from services.evaluation.domain import minutes as deliberation
from services.evaluation.domain.results import Results, band
from services.evaluation.domain.rounds import Round, require_closed
from services.evaluation.store.store import Store

Answer = dict[str, Any]
_MOMENT_SECONDS = 3.0
"""By how much a workflow's timer may be ahead of the clock."""


async def give_opinion(command: GiveOpinion, store: Store) -> Answer:
    results = await _results(command.round_id, store)
    panel = await store.panel(command.round_id)
    conflicted: dict[UUID, set[UUID]] = {}
    for conflict in await store.conflicts_of(command.round_id):
        if conflict.status == "blocking":
            conflicted.setdefault(conflict.application_id, set()).add(conflict.member_id)
    return await store.decide(
        command.round_id,
        command,
        lambda state: decision.give_opinion(state, command, results.order, panel, conflicted),
    )


async def sign_decision(command: SignDecision, store: Store, clock: Clock) -> Answer:
    results = await _results(command.round_id, store)
    left = await store.facts.left(command.round_id)
    return await store.decide(
        command.round_id, command, lambda state: decision.sign(state, command, results.order, left, clock.now())
    )


async def minutes(round_id: UUID, reader: UUID | None, store: Store) -> Answer:
    """The minutes with their signatures, for ``reader`` or, without one, for staff. Raises ``NotFound``, ``OpinionMissing``."""
    state = await store.round(round_id)
    if reader is not None and not deliberation.may_read(state, reader):
        raise NotFound
    if state.minutes is None:
        raise refusals.OpinionMissing
    record = {"present", "moves", "minutes_by", "minutes_digest", "signatures"}
    return {**state.model_dump(mode="json", include=record), **state.minutes.model_dump(mode="json")}


async def sign_minutes(command: SignMinutes, store: Store, clock: Clock) -> Answer:
    return await store.decide(command.round_id, command, lambda state: deliberation.sign(state, command, clock.now()))


async def announce_results(command: AnnounceResults, store: Store, clock: Clock) -> Answer:
    pool = await store.pools.pool(command.round_id)
    left = await store.facts.left(command.round_id)
    try:
        return await store.decide(
            command.round_id, command, lambda state: decision.announce(state, command, pool, left, clock.now())
        )
    except refusals.Embargo as refusal:
        announcement = (await store.round(command.round_id)).schedule.announcement_at
        if (announcement - clock.now()).total_seconds() / clock.pace().rate > _MOMENT_SECONDS:
            raise
        raise NotYet from refusal


async def offer_place(command: OfferPlace, store: Store) -> Answer:
    left = await store.facts.left(command.round_id)
    return await store.decide(command.round_id, command, lambda state: decision.offer(state, command, left))


async def destroy_ballots(command: DestroyBallots, store: Store, clock: Clock) -> Answer:
    answer = await store.decide(command.round_id, command, lambda state: decision.destroy(state, command, clock.now()))
    panel = await store.panel(command.round_id)
    await store.ballots.destroy(command.round_id, [seat.member_id for seat in panel.seats])
    return answer


async def results(round_id: UUID, store: Store, insider: bool) -> Answer:
    """The ranking, who ``left`` since and what was made of it, for officer and authority; for others, later, who was selected."""
    state = await store.round(round_id)
    if not insider:
        announced = _announced(state)
        return {"round_id": str(round_id), **announced}
    found, left = await _results(round_id, store), await store.facts.left(round_id)
    return {
        "round_id": str(round_id),
        "status": state.status,
        "counts": state.counts.model_dump() if state.counts else None,
        "draw_seed": state.draw_seed,
        "ranking": [place.model_dump(mode="json") for place in found.ranking],
        "order": [str(each) for each in decision.ordered(found.order, state.moves)],
        "left": [str(each) for each in found.order if each in left],
        "decision": state.decision.model_dump(mode="json") if state.decision else None,
        "prepared": _prepared(state, found, left),
        "minutes": state.minutes.model_dump(mode="json") if state.minutes else None,
        **state.model_dump(
            mode="json", include={"published_digest", "pool_digest", "announced_at", "freed", "offered"}
        ),
        **state.rules.model_dump(include={"places", "reserve"}),
    }


def _prepared(state: Round, found: Results, left: Collection[UUID]) -> Answer | None:
    """What waits for the authority's signature; nothing before the opinion, and nothing once it is signed."""
    if state.status != "deliberated":
        return None
    ready = decision.prepared(state, found.order, left)
    chosen, reserve = list(map(str, ready.selected)), list(map(str, ready.reserve))
    return {"selected": chosen, "reserve": reserve, "digest": ready.digest}


def _announced(state: Round) -> Answer:
    if state.status != "announced" or state.decision is None:
        raise refusals.Embargo
    shown: Answer = state.decision.model_dump(mode="json")
    return {**shown, "announced_at": state.announced_at.isoformat() if state.announced_at else None}


async def feedback(round_id: UUID, application_id: UUID, asker: UUID | None, store: Store) -> Answer:
    """What the owner, ``asker``, is told of their application after the announcement; an officer asks as None."""
    owner = await store.facts.owner(application_id)
    if owner is None or asker not in (None, owner) or application_id not in await store.pools.pool(round_id):
        raise NotFound
    state = await store.round(round_id)
    _announced(state)
    found = await _results(round_id, store)
    place = next((each for each in found.ranking if each.application_id == application_id), None)
    if place is None:
        raise NotFound
    return {
        "application_id": str(application_id),
        "outcome": _outcome(state, application_id),
        "band": band(place.rank, len(found.ranking)),
        "criteria": found.feedback.get(str(application_id), {}),
        "reasons": _reasons(state, application_id),
    }


def _outcome(state: Round, application_id: UUID) -> str:
    if state.decision and application_id in state.decision.selected:
        return "selected"
    return "reserve" if state.decision and application_id in state.decision.reserve else "not_selected"


def _reasons(state: Round, application_id: UUID) -> list[dict[str, str]]:
    reasons = [{"code": f"ranked_{_outcome(state, application_id)}"}]
    moved = state.minutes.reasons.get(str(application_id)) if state.minutes else None
    return [*reasons, {"code": "moved_by_the_panel", "detail": moved}] if moved else reasons


async def published(round_id: UUID, store: Store, table: bool) -> bytes:
    """The published ballots: JSON byte for byte as its digest was told, or the ballots alone as CSV."""
    _announced(await store.round(round_id))
    document = await store.pools.published(round_id)
    if document is None:
        raise NotFound
    return publication.as_csv(from_json(document)).encode() if table else document


async def _results(round_id: UUID, store: Store) -> Results:
    require_closed(await store.round(round_id))
    found = await store.pools.results(round_id)
    if found is None:
        raise refusals.RoundNotClosed
    return found
