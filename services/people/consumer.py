"""people listens to itself: whoever is erased loses their key, whoever has joined the account that they had before, whatever
died on the way; and every change comes to the trail."""

from uuid import UUID

from contracts.people import (
    LoginUnlinked,
    MandateEnded,
    MandateGiven,
    PersonErased,
    PersonInvited,
    PersonJoined,
    PersonRegistered,
    RoleGranted,
    RoleRevoked,
)
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from services.people import joining
from services.people.store import Store

Changed = PersonRegistered | RoleGranted | RoleRevoked | MandateGiven | MandateEnded | PersonInvited | LoginUnlinked


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that people handles, each with its handler."""

    async def note(person_id: UUID) -> None:
        person = await store.person(person_id)
        if person is not None:
            await store.directory.note(person)

    async def changed(event: Changed, received: Received) -> None:
        await note(event.person_id)

    async def joined(event: PersonJoined, received: Received) -> None:
        await joining.give_up(event.person_id, event.login_id, store, clock)
        await note(event.person_id)

    async def person_erased(event: PersonErased, received: Received) -> None:
        await store.forget(event.person_id)
        await note(event.person_id)

    changes = (PersonRegistered, RoleGranted, RoleRevoked, MandateGiven, MandateEnded, PersonInvited, LoginUnlinked)
    return {PersonErased: person_erased, PersonJoined: joined, **dict.fromkeys(changes, changed)}
