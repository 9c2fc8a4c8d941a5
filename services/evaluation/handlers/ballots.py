"""Ballots: one write to the database when all is well; why not is looked up only when nothing was written.

They publish no events and keep no times: when somebody voted, and who did, is nobody's business.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from contracts.decision import Refusal
from services.chassis.clock import Clock
from services.evaluation.domain import refusals
from services.evaluation.domain.ballots import Content, State, check_scores
from services.evaluation.domain.rounds import Round
from services.evaluation.store.ballots import Ballot
from services.evaluation.store.store import Store


async def cast(
    place: tuple[UUID, UUID, UUID], scores: Mapping[str, int], comment: str | None, store: Store, clock: Clock
) -> None:
    """Put scores into the ballot at ``place``: round, member, application."""
    running = await _running(place[0], store, clock)
    checked = check_scores(running.criteria, scores)
    await _write(place, "cast", Content(scores=checked, comment=comment), store)


async def abstain(place: tuple[UUID, UUID, UUID], reason: str, store: Store, clock: Clock) -> None:
    await _running(place[0], store, clock)
    await _write(place, "abstained", Content(reason=reason), store)


async def _running(round_id: UUID, store: Store, clock: Clock) -> Round:
    known = await store.round_known(round_id)
    if clock.now() >= known.closes_at:
        known = await store.round(round_id)
        if clock.now() >= known.closes_at:
            raise refusals.RoundOver
    return known


async def _write(place: tuple[UUID, UUID, UUID], state: State, content: Content, store: Store) -> None:
    if not await store.ballots.write(*place, state, content):
        raise await _why_not(place, store)


async def _why_not(place: tuple[UUID, UUID, UUID], store: Store) -> Refusal:
    conflict = await store.conflict(*place)
    if conflict and conflict.status == "blocking":
        return refusals.Conflicted()
    found = await store.ballots.find(place[0], place[1], place[2:])
    if not found:
        return refusals.BallotUnknown()
    if found[0].sealed:
        return refusals.RoundOver()
    return refusals.BallotSetAside() if found[0].set_aside else refusals.Underway()


async def ballot(place: tuple[UUID, UUID, UUID], store: Store) -> dict[str, Any]:
    """The member's own ballot with what it says. Raises ``BallotUnknown`` or ``Conflicted``."""
    round_id, member_id, application_id = place
    found = await store.ballots.find(round_id, member_id, [application_id])
    if not found or found[0].set_aside:
        raise await _why_not(place, store)
    content = await store.ballots.content(round_id, found[0])
    return {**_shown(found[0]), **(content.model_dump(exclude_none=True) if content else {})}


def _shown(found: Ballot) -> dict[str, Any]:
    return {"application_id": str(found.application_id), "state": found.state, "sealed": found.sealed}
