"""What becomes of applications: each event is noted, the pool is frozen with the last of them, and who leaves it is set aside."""

from uuid import UUID

from contracts.applications import ApplicationSubmitted
from services.evaluation.handlers.assignment import take
from services.evaluation.handlers.rounds import freeze_when_decided
from services.evaluation.store.facts import Outcome
from services.evaluation.store.store import Store


async def submitted(event: ApplicationSubmitted, position: int, store: Store) -> None:
    await store.facts.submitted(event, position)
    await freeze_when_decided(event.call_id, store)


async def call_closed(call_id: UUID, applications: int, store: Store) -> None:
    """``applications`` were submitted in time: the pool waits for all of them."""
    await store.facts.call_closed(call_id, applications)
    await freeze_when_decided(call_id, store)


async def decided(application_id: UUID, call_id: UUID, outcome: Outcome, position: int, store: Store) -> None:
    """Admissibility or eligibility was decided, or a decision is being corrected and the outcome open again."""
    await store.facts.decided(application_id, call_id, outcome, position)
    if outcome in ("ineligible", "inadmissible"):
        await _leave(application_id, call_id, store)
    await freeze_when_decided(call_id, store)


async def withdrawn(application_id: UUID, call_id: UUID, store: Store) -> None:
    await store.facts.withdrawn(application_id, call_id)
    await _leave(application_id, call_id, store)
    await freeze_when_decided(call_id, store)


async def _leave(application_id: UUID, call_id: UUID, store: Store) -> None:
    if application_id in await store.pools.pool(call_id) and await store.facts.has_left(application_id):
        seats = (await store.panel(call_id)).seats
        await take(call_id, {(seat.member_id, application_id) for seat in seats}, store)
