"""Routes of instruction, for programme officers."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.applications import commands
from services.applications.api import bodies
from services.applications.handlers import instruction
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/correction-requests", status_code=201)
    async def request_correction(
        application_id: UUID,
        body: bodies.CorrectionAsked,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Ask for missing pieces, with the delay that is the same for all."""
        command = commands.RequestCorrection(
            command_id=command_id, application_id=application_id, person_id=caller.person_id, fields=body.fields
        )
        return await instruction.request_correction(command, store, clock)

    @api.post("/applications/{application_id}/instruction")
    async def instruct(
        application_id: UUID, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        """Decide by the call's rules: admissibility, then eligibility."""
        command = commands.InstructApplication(
            command_id=command_id, application_id=application_id, person_id=caller.person_id
        )
        return await instruction.instruct_application(command, store, clock)

    @api.post("/applications/{application_id}/decisions", status_code=201)
    async def decide(
        application_id: UUID,
        body: bodies.Decided,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Decide one step, naming rule and reason."""
        command = commands.DecideApplication(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            outcome=body.decision,
            rule=body.rule,
            reason=body.reason,
        )
        return await instruction.decide_application(command, store, clock)

    @api.post("/applications/{application_id}/decisions/{decision}/correction", status_code=201)
    async def replace_decision(
        application_id: UUID,
        decision: int,
        body: bodies.Decided,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Replace a mistaken decision (counted from 1); the old one stays on record."""
        command = commands.ReplaceDecision(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            decision=decision,
            outcome=body.decision,
            rule=body.rule,
            reason=body.reason,
        )
        return await instruction.replace_decision(command, store, clock)
