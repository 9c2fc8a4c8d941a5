"""HTTP of a round's progress: how far it is, and reminding who is late."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.evaluation.api.bodies import ReminderBody
from services.evaluation.commands import RemindLate
from services.evaluation.handlers import progress
from services.evaluation.store.store import Store

Answer = dict[str, Any]


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/rounds/{round_id}/progress")
    async def far(
        round_id: UUID,
        below_quorum: bool = False,
        caller: Caller = allow("programme_officer", "deciding_authority"),
    ) -> Answer:
        """Loads and quorums without contents; ``below_quorum`` leaves the applications that lack theirs."""
        return await progress.progress(round_id, below_quorum, store)

    @api.post("/rounds/{round_id}/reminders")
    async def remind(
        round_id: UUID,
        body: ReminderBody | None = None,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Have those who are late told of it; who was reminded within a day is not told again."""
        members = body.members if body else ()
        command = RemindLate(command_id=command_id, round_id=round_id, by=caller.person_id, members=members)
        return await progress.remind_late(command, store, clock)
