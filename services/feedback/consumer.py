"""feedback hears one thing: who is erased, and forgets what they wrote."""

from contracts.people import PersonErased
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from services.feedback import handlers
from services.feedback.store import Store


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that feedback handles, each with its handler."""

    async def person_erased(event: PersonErased, received: Received) -> None:
        await handlers.forget_person(event.person_id, store, clock)

    return {PersonErased: person_erased}
