"""HTTP of messages: what the team, the mentor and the officers of an initiative write to each other."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query
from pydantic import StringConstraints

from contracts.model import Model
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.coaching import commands, handlers
from services.coaching.api.views import message_view, who
from services.coaching.domain.messages import follower
from services.coaching.store import Store

Answer = dict[str, Any]


class MarkBody(Model):
    """``place`` of the last message that was read."""

    place: Annotated[str, StringConstraints(pattern=r"^[0-9T.]{22}_[0-9a-f-]{36}$")]


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _thread(api, store, clock)

    @api.get("/unread-messages")
    async def unread(caller: Caller = allow()) -> Answer:
        """By initiative, how many messages of others the caller has not read, where they are owner, mentor or officer."""
        counts = await store.threads.unread(await store.followed(caller.person_id), caller.person_id)
        return {"items": [{"initiative_id": key, "unread": count} for key, count in sorted(counts.items())]}


def _thread(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/cycles/{initiative_id}/messages")
    async def read(
        initiative_id: UUID,
        after: Annotated[str, Query(max_length=100)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 100,
        caller: Caller = allow(),
    ) -> Answer:
        """The messages, oldest first, and how far everybody has read; ``after`` is the ``next`` of the page before."""
        follower(await store.find(initiative_id), caller.person_id, caller.has("programme_officer"))
        found = await store.threads.page(initiative_id, after, limit)
        unread = await store.threads.unread([initiative_id], caller.person_id)
        return {
            "items": [message_view(message, text) for message, text in found],
            "next": found[-1][0].place if len(found) == limit else None,
            "unread": unread.get(str(initiative_id), 0),
            "read": await store.threads.marks(initiative_id),
        }

    @api.post("/cycles/{initiative_id}/messages", status_code=201)
    async def write(
        initiative_id: UUID, body: commands.MessageBody, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.SendMessage(**who(caller, command_id, initiative_id), text=body.text)
        return await handlers.send_message(command, store, clock)

    @api.put("/cycles/{initiative_id}/messages/read")
    async def mark(initiative_id: UUID, body: MarkBody, caller: Caller = allow()) -> Answer:
        """The caller has read up to a message; a mark never goes back."""
        follower(await store.find(initiative_id), caller.person_id, caller.has("programme_officer"))
        await store.threads.mark(initiative_id, caller.person_id, body.place)
        return {"read": await store.threads.marks(initiative_id)}
