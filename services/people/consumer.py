"""people listens to itself for one thing: whoever is erased loses their key, whatever died on the way."""

from contracts.people import PersonErased
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from services.people.store import Store


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that people handles, each with its handler."""

    async def person_erased(event: PersonErased, received: Received) -> None:
        await store.forget(event.person_id)

    return {PersonErased: person_erased}
