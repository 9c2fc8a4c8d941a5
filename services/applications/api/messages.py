"""Routes of the messages between those of an application and the programme."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query
from pydantic import Field

from contracts.applications import Side
from contracts.model import Model
from services.applications.commands import Reason
from services.applications.domain.application import Application
from services.applications.domain.messages import Head, Thread, since
from services.applications.handlers import messages
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
After = Annotated[str, Query(max_length=80)]
Limit = Annotated[int, Query(ge=1, le=100)]


class NewMessage(Model):
    text: Reason


class ReadThrough(Model):
    """``through`` is the number of the last message that was read."""

    through: Annotated[int, Field(ge=1, le=100_000)]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _thread(api, store, clock)
    _waiting(api, store)


def _thread(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/messages", status_code=201)
    async def send_message(
        application_id: UUID, body: NewMessage, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Write to the programme, or as an officer to those of the application."""
        return await messages.send_message(command_id, application_id, caller, body.text, store, clock)

    @api.get("/applications/{application_id}/messages")
    async def read_messages(
        application_id: UUID,
        after: Annotated[int, Query(ge=0, le=100_000)] = 0,
        limit: Limit = 100,
        caller: Caller = allow(),
    ) -> Answer:
        """The messages in order, after number ``after``; reading them here marks nothing as read."""
        thread, side, found = await messages.read_messages(application_id, caller, after, limit, store)
        shown = [_message(after + index, head, text) for index, (head, text) in enumerate(found, start=1)]
        further = thread is not None and len(thread.messages) > after + len(found)
        return {
            "side": side,
            "messages": shown,
            "read": {each: thread.read.get(each, 0) if thread else 0 for each in ("applicant", "programme")},
            "unread": len(thread.unread(side)) if thread else 0,
            "next": after + len(found) if further else None,
        }

    @api.post("/applications/{application_id}/messages/read")
    async def mark_read(
        application_id: UUID, body: ReadThrough, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Note that the caller's side has read every message up to this number."""
        return await messages.mark_read(command_id, application_id, caller, body.through, store)


def _waiting(api: FastAPI, store: Store) -> None:
    @api.get("/calls/{call_id}/messages/unread")
    async def unread_in_call(
        call_id: UUID, after: After = "", limit: Limit = 100, caller: Caller = allow(messages.OFFICER)
    ) -> Answer:
        """Applications of the call whose people wrote something that no officer has read, the longest waiting first."""
        shown = await _shown("programme", *await store.threads.unread_in_call(call_id, after, limit), store)
        return {**shown, "total": await store.threads.waiting_in_call(call_id)}

    @api.get("/messages/unread")
    async def unread_mine(after: After = "", limit: Limit = 100, caller: Caller = allow()) -> Answer:
        """The caller's own applications about which the programme wrote something that nobody of theirs has read."""
        mine = await store.edited_ids(caller.person_id)
        return await _shown("applicant", *await store.threads.unread_of(mine, after, limit), store)


async def _shown(side: Side, threads: list[Thread], further: str | None, store: Store) -> Answer:
    found = await messages.described(threads, store)
    return {"applications": [_waits(side, thread, application) for thread, application in found], "next": further}


def _message(number: int, head: Head, text: str | None) -> Answer:
    kept = head.model_dump(mode="json", include={"message_id", "side", "author_id", "sent_at"})
    return {"number": number, **kept, "text": text}


def _waits(side: Side, thread: Thread, application: Application) -> Answer:
    seen = side == "applicant" or application.number is not None
    return {
        **application.model_dump(mode="json", include={"application_id", "call_id", "number", "status"}),
        "title": application.content.answers.get("title") if seen else None,
        **since(thread, side),
    }
