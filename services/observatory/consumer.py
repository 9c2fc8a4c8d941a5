"""The observatory hears of everything, and notes what its table of facts keeps."""

from typing import Any

from contracts.model import Event
from services.chassis.consuming import Received, Subscriptions
from services.observatory import handlers
from services.observatory.domain.facts import KEPT
from services.observatory.store import Store


def subscriptions(store: Store) -> Subscriptions:
    async def noted(event: Event, received: Received) -> None:
        await handlers.note_event(event, received, store)

    on: dict[type[Any], Any] = dict.fromkeys(KEPT, noted)
    return on
