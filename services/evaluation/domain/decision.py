"""From the ranking to the results: the panel's opinion, the authority's signed decision, the announcement, the reserve."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.decision import Decision
from contracts.evaluation import (
    AnnounceResults,
    BallotsPublished,
    DecisionSigned,
    OpinionGiven,
    PlaceOffered,
    ReserveExhausted,
    ResultsAnnounced,
)
from contracts.model import Event
from services.evaluation.commands import DestroyBallots, GiveOpinion, Move, OfferPlace, SignDecision
from services.evaluation.domain import refusals
from services.evaluation.domain.minutes import digest_of
from services.evaluation.domain.panel import Panel
from services.evaluation.domain.rounds import Deliberation, Rank, Round, SignedDecision, known, require_closed

APPEALS = timedelta(days=62)
"""Two months to go to the administrative court (code de justice administrative, R. 421-1), counted generously."""


def ordered(ranking: Sequence[UUID], moves: Sequence[Rank | Move]) -> list[UUID]:
    """``ranking`` after the deliberation's moves, one after the other."""
    order = list(ranking)
    for move in moves:
        order.remove(move.application_id)
        order.insert(move.rank - 1, move.application_id)
    return order


def give_opinion(
    state: Round | None,
    command: GiveOpinion,
    ranking: Sequence[UUID],
    panel: Panel | None,
    conflicted: Mapping[UUID, Collection[UUID]],
) -> Decision[Round]:
    """Record the panel's opinion. ``conflicted`` gives the members whom a conflict keeps from an application's deliberation."""
    state = require_closed(state)
    if state.status != "closed":
        raise refusals.OpinionGivenAlready
    _check_moves(command.moves, ranking)
    _check_present(command.present, panel)
    moves = tuple(Rank(application_id=move.application_id, rank=move.rank) for move in command.moves)
    left = {
        str(move.application_id): tuple(
            each for each in command.present if each in conflicted.get(move.application_id, ())
        )
        for move in command.moves
    }
    minutes = Deliberation(
        text=command.minutes,
        reasons={str(move.application_id): move.reason for move in command.moves},
        left=left,
    )
    record = {"minutes": minutes, "minutes_by": command.by, "minutes_digest": digest_of(minutes, command.present)}
    given = state.model_copy(update={"status": "deliberated", "moves": moves, "present": command.present, **record})
    event = OpinionGiven(round_id=state.round_id, call_id=state.round_id, moved=len(moves), present=command.present)
    return Decision(given, (event,), {"round_id": str(state.round_id), "status": "deliberated", "moved": len(moves)})


def _check_moves(moves: Sequence[Move], ranking: Sequence[UUID]) -> None:
    ranked, moved = set(ranking), set[UUID]()
    for index, move in enumerate(moves):
        if move.application_id not in ranked or move.application_id in moved:
            raise refusals.MoveRefused(field=f"moves.{index}.application_id", allowed="a ranked application, once")
        if move.rank > len(ranking):
            raise refusals.MoveRefused(field=f"moves.{index}.rank", allowed={"minimum": 1, "maximum": len(ranking)})
        moved.add(move.application_id)


def _check_present(present: Sequence[UUID], panel: Panel | None) -> None:
    sitting = {seat.member_id for seat in panel.sitting} if panel else set()
    for index, member_id in enumerate(present):
        if member_id not in sitting:
            raise refusals.PresenceRefused(field=f"present.{index}", allowed="a sitting member of the panel")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the authority would sign as things stand; ``digest`` covers it with the minutes and the ballots it rests on."""

    selected: tuple[UUID, ...]
    reserve: tuple[UUID, ...]
    digest: str


def prepared(state: Round, ranking: Sequence[UUID], left: Collection[UUID]) -> Prepared:
    """The first of the opinion's order, and the next in reserve; those who ``left`` are passed over."""
    order = [each for each in ordered(ranking, state.moves) if each not in left]
    places, reserve = state.rules.places, state.rules.reserve
    chosen, following = tuple(order[:places]), tuple(order[places : places + reserve])
    whole = [list(map(str, chosen)), list(map(str, following)), state.minutes_digest, state.published_digest]
    return Prepared(chosen, following, hashlib.sha256(json.dumps(whole).encode()).hexdigest())


def sign(
    state: Round | None, command: SignDecision, ranking: Sequence[UUID], left: Collection[UUID], now: datetime
) -> Decision[Round]:
    """The authority signs the prepared decision. Raises ``DecisionSignedAlready``, ``OpinionMissing``, ``DecisionChanged``."""
    state = require_closed(state)
    if state.decision is not None:
        raise refusals.DecisionSignedAlready
    if state.status != "deliberated":
        raise refusals.OpinionMissing
    ready = prepared(state, ranking, left)
    if command.seen not in (None, ready.digest):
        raise refusals.DecisionChanged(field="seen")
    decision = SignedDecision(
        authority_id=command.by,
        delegation=command.delegation,
        signed_at=now,
        selected=ready.selected,
        reserve=ready.reserve,
    )
    event = DecisionSigned(
        round_id=state.round_id,
        call_id=state.round_id,
        authority_id=command.by,
        delegation=command.delegation,
        signed_at=now,
    )
    answer = {"round_id": str(state.round_id), "status": "decided", "signed_at": now.isoformat()}
    return Decision(state.model_copy(update={"status": "decided", "decision": decision}), (event,), answer)


def announce(
    state: Round | None, command: AnnounceResults, pool: Collection[UUID], left: Collection[UUID], now: datetime
) -> Decision[Round]:
    """Lift the embargo. A place of somebody who ``left`` since the decision is offered to the reserve at once."""
    state = known(state)
    if state.status == "announced":
        raise refusals.AnnouncedAlready
    if state.decision is None:
        raise refusals.DecisionNotSigned
    if now < state.schedule.announcement_at:
        raise refusals.Embargo(allowed=f"from {state.schedule.announcement_at.isoformat()}")
    selected = tuple(each for each in state.decision.selected if each not in left)
    reserve = tuple(each for each in state.decision.reserve if each not in left)
    named = {*state.decision.selected, *state.decision.reserve, *left}
    events: list[Event] = [
        ResultsAnnounced(
            round_id=state.round_id,
            call_id=state.round_id,
            selected=selected,
            reserve=reserve,
            not_selected=tuple(sorted(set(pool) - named)),
            announced_at=now,
        ),
        BallotsPublished(
            round_id=state.round_id,
            call_id=state.round_id,
            ballots=state.published_ballots,
            digest=state.published_digest or "",
        ),
    ]
    freed = tuple(each for each in state.decision.selected if each in left)
    announced = state.model_copy(update={"status": "announced", "announced_at": now, "freed": freed})
    for _ in freed:
        announced, offer = _next(announced, left)
        events.append(offer)
    return Decision(announced, tuple(events))


def offer(state: Round | None, command: OfferPlace, left: Collection[UUID]) -> Decision[Round]:
    """A place was declined: offer it to the next of the reserve, once per place."""
    state = known(state)
    if state.decision is None or state.status != "announced":
        raise refusals.DecisionNotSigned
    holders = {*state.decision.selected, *state.offered}
    if command.application_id not in holders or command.application_id in state.freed:
        return Decision(state)
    freed = state.model_copy(update={"freed": (*state.freed, command.application_id)})
    offered, event = _next(freed, left)
    return Decision(offered, (event,))


def _next(state: Round, left: Collection[UUID]) -> tuple[Round, PlaceOffered | ReserveExhausted]:
    reserve = state.decision.reserve if state.decision else ()
    for index in range(state.reserve_used, len(reserve)):
        if reserve[index] not in left:
            event = PlaceOffered(
                round_id=state.round_id, call_id=state.round_id, application_id=reserve[index], rank=index + 1
            )
            offered = (*state.offered, reserve[index])
            return state.model_copy(update={"offered": offered, "reserve_used": index + 1}), event
    exhausted = ReserveExhausted(round_id=state.round_id, call_id=state.round_id)
    return state.model_copy(update={"reserve_used": len(reserve)}), exhausted


def destroy(state: Round | None, command: DestroyBallots, now: datetime) -> Decision[Round]:
    """Let the sealed ballots be destroyed, once appeals have lapsed."""
    state = known(state)
    if state.announced_at is None or now < state.announced_at + APPEALS:
        lapse = state.announced_at and (state.announced_at + APPEALS).isoformat()
        raise refusals.AppealsRunning(allowed=f"from {lapse}" if lapse else None)
    destroyed_at = state.destroyed_at or now
    answer = {"round_id": str(state.round_id), "destroyed_at": destroyed_at.isoformat()}
    return Decision(state.model_copy(update={"destroyed_at": destroyed_at}), (), answer)
