"""The observatory hears of everything, and notes what its table of facts keeps, and for what readers hold their role."""

from typing import Any

from contracts.model import Event
from contracts.people import PersonErased, RoleGranted, RoleRevoked
from services.chassis.consuming import Received, Subscriptions
from services.observatory.domain.facts import KEPT
from services.observatory.handlers import noting
from services.observatory.store.store import Store


def subscriptions(store: Store) -> Subscriptions:
    async def noted(event: Event, received: Received) -> None:
        await noting.note_event(event, received, store)

    async def role(event: RoleGranted | RoleRevoked, received: Received) -> None:
        await noting.note_role(event, received, store)

    async def erased(event: PersonErased, received: Received) -> None:
        await noting.forget_reader(event.person_id, store)

    on: dict[type[Any], Any] = dict.fromkeys(KEPT, noted)
    return {**on, RoleGranted: role, RoleRevoked: role, PersonErased: erased}
