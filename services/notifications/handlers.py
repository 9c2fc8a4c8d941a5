"""One function per command, and one for whatever is to be told: load, decide, save."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.decision import Refusal
from contracts.model import Event
from services.chassis.clock import Clock
from services.notifications.commands import EraseContact, MuteReasons, PutContact, SendLink
from services.notifications.domain import contacts, notices
from services.notifications.domain.catalogue import BY_REASON, CANDIDATES, EXTENDED, INVITATION, OFFICERS, Entry
from services.notifications.domain.notices import Notice
from services.notifications.store import Store

CONCURRENT = 8
Answer = dict[str, Any]


async def tell(entries: Sequence[Entry], event: Event, event_id: str, store: Store, clock: Clock) -> None:
    """Keep a notice for everyone whom ``event`` concerns; what is known already is kept once."""
    found = []
    for entry in entries:
        if entry.when(event):
            persons = await _audience(entry, event, store)
            subject = entry.subject(event, event_id)
            about, number = str(getattr(event, entry.about)), getattr(event, "number", None)
            found += [_notice(entry, subject, person_id, about, number) for person_id in persons]
    await store.add(found, clock.now())


async def _audience(entry: Entry, event: Any, store: Store) -> Sequence[UUID]:
    if entry.to == OFFICERS:
        return await store.officers()
    return await store.candidates.of(event.call_id) if entry.to == CANDIDATES else entry.persons(event)


def _notice(entry: Entry, subject: str, person_id: UUID, about: str, number: str | None = None) -> Notice:
    return Notice(
        id=notices.identity(entry.reason, subject, person_id),
        reason=entry.reason,
        subject=subject,
        person_id=person_id,
        about=about,
        page=entry.page,
        number=number,
    )


async def has_begun(application_id: UUID, call_id: UUID, owner_id: UUID, began: datetime, store: Store) -> None:
    """Somebody has a draft or an application; they are told of the extensions that were heard of before they were."""
    await store.candidates.note(application_id, call_id, owner_id)
    entry = BY_REASON[EXTENDED]
    late = await store.candidates.extensions_since(call_id, began)
    await store.add([_notice(entry, event_id, owner_id, str(call_id)) for event_id in late], began)


async def put_contact(command: PutContact, available: Collection[str], store: Store, clock: Clock) -> Answer:
    """Set the contact, then send what waited for it; doing both again changes nothing."""
    answer = await store.contacts.decide(
        str(command.person_id), command, lambda contact: contacts.put(contact, command, available, clock.now())
    )
    await store.release(command.person_id)
    return answer


async def put_contacts(
    commands: Sequence[PutContact], available: Collection[str], store: Store, clock: Clock
) -> list[Answer | Refusal]:
    """Set each contact on its own; the answer or the refusal of each, in their order."""
    slots = asyncio.Semaphore(CONCURRENT)

    async def one(command: PutContact) -> Answer | Refusal:
        async with slots:
            try:
                return await put_contact(command, available, store, clock)
            except Refusal as refusal:
                return refusal

    return await asyncio.gather(*(one(command) for command in commands))


async def mute_reasons(command: MuteReasons, store: Store, clock: Clock) -> Answer:
    return await store.contacts.decide(
        str(command.person_id), command, lambda contact: contacts.mute(contact, command, clock.now())
    )


async def erase_contact(command: EraseContact, store: Store, clock: Clock) -> None:
    """Forget the person: the tombstone first, so that no new key is made for them, then the key."""
    await store.contacts.decide(str(command.person_id), command, lambda _: contacts.erase(command, clock.now()))
    await store.forget(command.person_id)


async def send_link(command: SendLink, store: Store, clock: Clock) -> Answer:
    """Keep the link's token, sealed, and the notice that brings it; what was told once stays as it is."""
    subject, about = str(command.invitation_id), str(command.about)
    identity = notices.identity(INVITATION, subject, command.person_id)
    notice = Notice(
        id=identity, reason=INVITATION, subject=subject, person_id=command.person_id, about=about, page="joining",
        number=command.number,
    )  # fmt: skip
    if await store.state_of(identity) is None:
        await store.links.keep(identity, command.person_id, command.token)
        await store.add([notice], clock.now())
    return {"notice_id": identity}


async def retry_notice(notice_id: str, store: Store) -> Answer:
    """Send a failed notice again. Raises ``NotFound``, ``NotFailed``."""
    notices.require_failed(await store.state_of(notice_id))
    await store.retry(notice_id)
    return {"notice_id": notice_id, "state": "pending"}
