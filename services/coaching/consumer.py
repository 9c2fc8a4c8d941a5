"""What coaching is asked by an acceleration cycle's workflow, and what it hears of people."""

from contracts import coaching
from contracts.people import PersonErased
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from services.coaching import handlers
from services.coaching.store import Store


class Consumer:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def open_cycle(self, command: coaching.OpenCycle, _: Received) -> None:
        await handlers.open_cycle(command, self._store)

    async def close_cycle(self, command: coaching.CloseCycle, _: Received) -> None:
        await handlers.close_cycle(command, self._store, self._clock)

    async def open_check_in(self, command: coaching.OpenCheckIn, _: Received) -> None:
        await handlers.open_check_in(command, self._store)

    async def remind_check_in(self, command: coaching.RemindCheckIn, _: Received) -> None:
        await handlers.remind_check_in(command, self._store)

    async def escalate_check_in(self, command: coaching.EscalateCheckIn, _: Received) -> None:
        await handlers.escalate_check_in(command, self._store)

    async def open_review(self, command: coaching.OpenReview, _: Received) -> None:
        await handlers.open_review(command, self._store)

    async def escalate_review(self, command: coaching.EscalateReview, _: Received) -> None:
        await handlers.escalate_review(command, self._store)

    async def person_erased(self, event: PersonErased, _: Received) -> None:
        await self._store.erase(event.person_id)


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    consumer = Consumer(store, clock)
    return {
        coaching.OpenCycle: consumer.open_cycle,
        coaching.CloseCycle: consumer.close_cycle,
        coaching.OpenCheckIn: consumer.open_check_in,
        coaching.RemindCheckIn: consumer.remind_check_in,
        coaching.EscalateCheckIn: consumer.escalate_check_in,
        coaching.OpenReview: consumer.open_review,
        coaching.EscalateReview: consumer.escalate_review,
        PersonErased: consumer.person_erased,
    }
