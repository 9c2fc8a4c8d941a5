"""What the observatory does with an event: note it; and its operators' rebuild."""

from datetime import datetime
from typing import Any

from contracts.model import Event, Id
from contracts.people import RoleGranted, RoleRevoked
from services.chassis.consuming import Received
from services.observatory.domain import readers
from services.observatory.domain.facts import note
from services.observatory.store.store import Store


async def note_event(event: Event, received: Received, store: Store) -> None:
    await store.note(note(event, received.time, received.sequence), received.id)


async def note_role(event: RoleGranted | RoleRevoked, received: Received, store: Store) -> None:
    """Note what a reader's role is held for; roles of others pass by."""
    if entry := readers.entry(event, received.sequence):
        await store.readers.note(event.person_id, received.id, entry)


async def forget_reader(person_id: Id, store: Store) -> None:
    await store.readers.erase(person_id)


async def reset(now: datetime, store: Store) -> dict[str, Any]:
    """Empty the projections; a replay of every source then fills them again."""
    store.memo.forget()
    return await store.reset(now)


async def digest(store: Store) -> dict[str, Any]:
    found = await store.digest()
    rebuild = await store.rebuild(found["entries"])
    return {**found, "rebuilding": rebuild is not None and not rebuild["done"], "rebuild": rebuild}
