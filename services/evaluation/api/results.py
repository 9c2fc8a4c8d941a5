"""HTTP of results: opinion, decision, and what is told of them."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.evaluation.api.bodies import DecisionBody, OpinionBody, SignatureBody
from services.evaluation.commands import GiveOpinion, SignDecision, SignMinutes
from services.evaluation.handlers import results
from services.evaluation.store.store import Store

Answer = dict[str, Any]


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _deciding(api, store, clock)
    _minutes(api, store, clock)

    @api.get("/rounds/{round_id}/results")
    async def found(round_id: UUID, caller: Caller = allow()) -> Answer:
        """All of it for officer and authority once the round is closed; for others who was selected, once it is announced."""
        insider = caller.has("programme_officer", "deciding_authority")
        return await results.results(round_id, store, insider)

    @api.get("/rounds/{round_id}/applications/{application_id}/feedback")
    async def feedback(round_id: UUID, application_id: UUID, caller: Caller = allow()) -> Answer:
        """What the application's owner, or an officer, is told of it after the announcement."""
        asker = None if caller.has("programme_officer") else caller.person_id
        return await results.feedback(round_id, application_id, asker, store)


def _deciding(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/rounds/{round_id}/opinion", status_code=201)
    async def opinion(
        round_id: UUID, body: OpinionBody, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        command = GiveOpinion(
            command_id=command_id,
            round_id=round_id,
            by=caller.person_id,
            present=body.present,
            moves=body.moves,
            minutes=body.minutes,
        )
        return await results.give_opinion(command, store)

    @api.post("/rounds/{round_id}/decision", status_code=201)
    async def decide(
        round_id: UUID, body: DecisionBody, caller: Caller = allow("deciding_authority"), *, command_id: CommandId
    ) -> Answer:
        command = SignDecision(
            command_id=command_id, round_id=round_id, by=caller.person_id, delegation=body.delegation, seen=body.seen
        )
        return await results.sign_decision(command, store, clock)


def _minutes(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/rounds/{round_id}/minutes")
    async def read(round_id: UUID, caller: Caller = allow()) -> Answer:
        """The minutes for who was present, for who drew them up, and for the programme's staff."""
        reader = None if caller.has("programme_officer", "deciding_authority") else caller.person_id
        return await results.minutes(round_id, reader, store)

    @api.post("/rounds/{round_id}/minutes/signature", status_code=201)
    async def sign(
        round_id: UUID,
        body: SignatureBody | None = None,
        caller: Caller = allow("programme_officer", "citizen_panellist", "expert"),
        *,
        command_id: CommandId,
    ) -> Answer:
        digest = body.digest if body else None
        command = SignMinutes(command_id=command_id, round_id=round_id, by=caller.person_id, digest=digest)
        return await results.sign_minutes(command, store, clock)
