"""Results: recorded when they are announced, places offered, accepted, declined, lapsed."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from contracts.applications import LapseSelection
from contracts.evaluation import PlaceOffered, ResultsAnnounced
from services.applications.commands import AcceptPlace, DeclinePlace, OfferPlace, RecordResult
from services.applications.domain import results
from services.applications.handlers.bulk import each
from services.applications.store import Store
from services.chassis.clock import Clock

Answer = dict[str, Any]


async def record_results(event: ResultsAnnounced, event_id: UUID, store: Store) -> None:
    """Tell every application its result; each has a command id of its own, so that half a run is simply run again."""
    call = await store.call(event.call_id)

    async def act(command: RecordResult) -> None:
        await store.applications.decide(
            str(command.application_id), command, lambda state: results.record(state, command, call)
        )

    await each(_results(event, event_id), act)


def _results(event: ResultsAnnounced, event_id: UUID) -> list[RecordResult]:
    ranked: list[tuple[UUID, dict[str, Any]]] = [
        *((each_id, {"outcome": "selected", "rank": rank}) for rank, each_id in enumerate(event.selected, start=1)),
        *((each_id, {"outcome": "reserve", "rank": rank}) for rank, each_id in enumerate(event.reserve, start=1)),
        *((each_id, {"outcome": "not_selected"}) for each_id in event.not_selected),
    ]
    return [
        RecordResult(
            command_id=uuid5(event_id, str(application_id)),
            application_id=application_id,
            announced_at=event.announced_at,
            **result,
        )
        for application_id, result in ranked
    ]


async def offer_place(event: PlaceOffered, event_id: UUID, offered_at: datetime, store: Store) -> None:
    call = await store.call(event.call_id)
    command = OfferPlace(command_id=event_id, application_id=event.application_id, offered_at=offered_at)
    await store.applications.decide(
        str(event.application_id), command, lambda state: results.offer(state, command, call)
    )


async def accept_place(command: AcceptPlace, store: Store, clock: Clock) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: results.accept(state, command, clock.now())
    )


async def decline_place(command: DeclinePlace, store: Store) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: results.decline(state, command)
    )


async def lapse_selection(command: LapseSelection, store: Store, clock: Clock) -> None:
    await store.applications.decide(
        str(command.application_id), command, lambda state: results.lapse(state, command, clock.now())
    )
