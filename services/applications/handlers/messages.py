"""Messages about an application: kept sealed first, then sent; read; listed where they wait."""

from typing import Any
from uuid import UUID

from contracts.applications import Side
from contracts.decision import Refusal
from services.applications.domain import messages
from services.applications.domain.application import Application
from services.applications.domain.messages import Head, Thread
from services.applications.domain.refusals import PersonErased
from services.applications.exchange_commands import MarkRead, SendMessage
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller
from services.chassis.stored import Stored

Answer = dict[str, Any]
OFFICER = "programme_officer"


async def _seen(application_id: UUID, caller: Caller, store: Store) -> tuple[Application, Stored[Thread] | None, Side]:
    application = (await store.application(application_id)).state
    stored = await store.threads.load(application_id)
    thread = stored.state if stored else None
    side = messages.side_of(application, caller.person_id, officer=caller.has(OFFICER), thread=thread)
    return application, stored, side


async def send_message(
    command_id: UUID, application_id: UUID, caller: Caller, text: str, store: Store, clock: Clock
) -> Answer:
    """Keep the text before the thread speaks of it, and drop it when the message is refused."""
    application, stored, side = await _seen(application_id, caller, store)
    command = SendMessage(
        command_id=command_id,
        application_id=application_id,
        person_id=caller.person_id,
        side=side,
        text=text,
        text_key=store.threads.text_key(command_id, text),
    )
    if stored and (first := stored.answered(command)) is not None:
        return first
    subject = messages.sealed_for(side, caller.person_id, application.owner_id)
    if not await store.threads.keep_text(command.text_key, subject, application.owner_id, text):
        raise PersonErased
    try:
        return await store.threads.threads.decide(
            str(application_id), command, lambda state: messages.send(state, command, application, clock.now())
        )
    except Refusal:
        await store.threads.drop_text(command.text_key)
        raise


async def mark_read(command_id: UUID, application_id: UUID, caller: Caller, through: int, store: Store) -> Answer:
    _, _, side = await _seen(application_id, caller, store)
    command = MarkRead(
        command_id=command_id, application_id=application_id, person_id=caller.person_id, side=side, through=through
    )
    return await store.threads.threads.decide(
        str(application_id), command, lambda state: messages.mark_read(state, command)
    )


async def read_messages(
    application_id: UUID, caller: Caller, after: int, limit: int, store: Store
) -> tuple[Thread | None, Side, list[tuple[Head, str | None]]]:
    """The thread, the caller's side, and its messages after number ``after`` with their texts."""
    _, stored, side = await _seen(application_id, caller, store)
    if stored is None:
        return None, side, []
    thread = stored.state
    heads = thread.messages[after : after + limit]
    return thread, side, list(zip(heads, await store.threads.texts(thread, heads), strict=True))


async def described(threads: list[Thread], store: Store) -> list[tuple[Thread, Application]]:
    """Each thread with its application."""
    found = {each.application_id: each for each in await store.by_ids([each.application_id for each in threads])}
    return [(each, found[each.application_id]) for each in threads]
