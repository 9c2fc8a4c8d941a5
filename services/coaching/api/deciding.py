"""HTTP of what is decided about a cycle: reviews, pauses, extensions, stops."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from contracts.programme import ReviewKind
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.coaching import commands, handlers
from services.coaching.api.views import who
from services.coaching.store import Store

Answer = dict[str, Any]


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    officer = allow("programme_officer")

    @api.post("/cycles/{initiative_id}/reviews/{review}/decision")
    async def decision(
        initiative_id: UUID,
        review: ReviewKind,
        body: commands.ReviewResult,
        caller: Caller = allow("programme_officer", "deciding_authority"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.DecideReview(**who(caller, command_id, initiative_id), review=review, result=body)
        return await handlers.decide_review(command, store, clock)

    @api.post("/cycles/{initiative_id}/pause")
    async def pause(initiative_id: UUID, caller: Caller = officer, *, command_id: CommandId) -> Answer:
        command = commands.PauseCycle(**who(caller, command_id, initiative_id))
        return await handlers.pause_cycle(command, store, clock)

    @api.post("/cycles/{initiative_id}/resume")
    async def resume(initiative_id: UUID, caller: Caller = officer, *, command_id: CommandId) -> Answer:
        command = commands.ResumeCycle(**who(caller, command_id, initiative_id))
        return await handlers.resume_cycle(command, store, clock)

    @api.post("/cycles/{initiative_id}/extend")
    async def extend(
        initiative_id: UUID, body: commands.Extension, caller: Caller = officer, *, command_id: CommandId
    ) -> Answer:
        command = commands.ExtendCycle(**who(caller, command_id, initiative_id), extension=body)
        return await handlers.extend_cycle(command, store)

    @api.post("/cycles/{initiative_id}/stop")
    async def stop(
        initiative_id: UUID, body: commands.Stop, caller: Caller = officer, *, command_id: CommandId
    ) -> Answer:
        command = commands.StopCycle(**who(caller, command_id, initiative_id), stop=body)
        return await handlers.stop_cycle(command, store, clock)
