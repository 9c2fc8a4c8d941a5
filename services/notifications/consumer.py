"""Events of all services: whom to tell of what, and what a mail needs to know."""

from contracts.applications import ApplicationDrafted, ApplicationSubmitted, ApplicationWithdrawn
from contracts.calls import CallDeadlineExtended, CallPublished
from contracts.model import Event, Message
from contracts.people import PersonErased, RoleGranted, RoleRevoked
from services.chassis.clock import Clock
from services.chassis.consuming import Handler, Received, Subscriptions
from services.notifications import handlers
from services.notifications.commands import EraseContact
from services.notifications.domain.catalogue import Entry, by_event
from services.notifications.store import Store

OFFICER = "programme_officer"


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that notifications handles, each with its handler."""

    async def call_published(event: CallPublished, received: Received) -> None:
        await store.remember_number(event.call_id, event.number)

    async def submitted(event: ApplicationSubmitted, received: Received) -> None:
        await store.remember_number(event.application_id, event.number)
        await handlers.has_begun(event.application_id, event.call_id, event.owner_id, received.time, store)
        await handlers.tell(entries[ApplicationSubmitted], event, received.id, store, clock)

    async def drafted(event: ApplicationDrafted, received: Received) -> None:
        await handlers.has_begun(event.application_id, event.call_id, event.owner_id, received.time, store)

    async def withdrawn(event: ApplicationWithdrawn, received: Received) -> None:
        await store.candidates.withdrawn(event.application_id, event.call_id, event.owner_id)
        await handlers.tell(entries[ApplicationWithdrawn], event, received.id, store, clock)

    async def extended(event: CallDeadlineExtended, received: Received) -> None:
        await store.candidates.note_extension(received.id, event.call_id, received.time)
        await handlers.tell(entries[CallDeadlineExtended], event, received.id, store, clock)

    async def role_granted(event: RoleGranted, received: Received) -> None:
        if event.role == OFFICER:
            await store.set_officer(event.person_id, officer=True)

    async def role_revoked(event: RoleRevoked, received: Received) -> None:
        if event.role == OFFICER:
            await store.set_officer(event.person_id, officer=False)

    async def person_erased(event: PersonErased, received: Received) -> None:
        command_id = received.command_id
        await handlers.erase_contact(EraseContact(command_id=command_id, person_id=event.person_id), store, clock)

    entries = by_event()
    on: dict[type[Message], Handler] = {kind: _telling(entries[kind], store, clock) for kind in entries}
    return {
        **on,
        CallPublished: call_published,
        CallDeadlineExtended: extended,
        ApplicationDrafted: drafted,
        ApplicationSubmitted: submitted,
        ApplicationWithdrawn: withdrawn,
        RoleGranted: role_granted,
        RoleRevoked: role_revoked,
        PersonErased: person_erased,
    }


def _telling(entries: list[Entry], store: Store, clock: Clock) -> Handler:
    async def told(event: Event, received: Received) -> None:
        await handlers.tell(entries, event, received.id, store, clock)

    return told
