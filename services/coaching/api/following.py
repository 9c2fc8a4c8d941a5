"""HTTP of what a cycle's people write down: mentor and officer, diagnosis, roadmap, check-ins, requests for levers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Path

from contracts.model import Code
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.coaching import commands, handlers
from services.coaching.api.views import who
from services.coaching.settings import Settings
from services.coaching.store import Store

Answer = dict[str, Any]
Week = Annotated[int, Path(ge=1, le=200, description="the week of the cycle, from 1")]


def routes(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    _naming(api, store)
    _recording(api, store, clock, settings)
    _levers(api, store, clock, settings)


def _naming(api: FastAPI, store: Store) -> None:
    @api.post("/cycles/{initiative_id}/mentor")
    async def mentor(
        initiative_id: UUID,
        body: commands.Mentor,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.AssignMentor(**who(caller, command_id, initiative_id), mentor=body)
        return await handlers.assign_mentor(command, store)

    @api.post("/cycles/{initiative_id}/officer")
    async def officer(
        initiative_id: UUID,
        body: commands.Officer,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        """Who follows the initiative for the programme, and is written to by its team."""
        command = commands.AssignOfficer(**who(caller, command_id, initiative_id), officer_id=body.officer_id)
        return await handlers.assign_officer(command, store)


def _recording(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.post("/cycles/{initiative_id}/diagnosis")
    async def diagnosis(
        initiative_id: UUID, body: commands.Diagnosis, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.RecordDiagnosis(**who(caller, command_id, initiative_id), diagnosis=body)
        return await handlers.record_diagnosis(command, store)

    @api.post("/cycles/{initiative_id}/roadmap")
    async def roadmap(
        initiative_id: UUID, body: commands.Roadmap, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.SetRoadmap(**who(caller, command_id, initiative_id), roadmap=body)
        return await handlers.set_roadmap(command, store, clock, settings.levers)

    @api.post("/cycles/{initiative_id}/indicators/{code}/values", status_code=201)
    async def indicator(
        initiative_id: UUID,
        code: Code,
        body: commands.IndicatorReading,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.RecordIndicator(**who(caller, command_id, initiative_id), code=code, reading=body)
        return await handlers.record_indicator(command, store, clock)

    @api.put("/cycles/{initiative_id}/check-ins/{week}")
    async def check_in(
        initiative_id: UUID,
        week: Week,
        body: commands.CheckInReport,
        caller: Caller = allow(),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.RecordCheckIn(**who(caller, command_id, initiative_id), week=week, report=body)
        return await handlers.record_check_in(command, store, clock)


def _levers(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.post("/cycles/{initiative_id}/lever-requests", status_code=201)
    async def lever_request(
        initiative_id: UUID, body: commands.LeverAsk, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.RequestLever(**who(caller, command_id, initiative_id), ask=body)
        return await handlers.request_lever(command, store, clock, settings.levers)

    @api.post("/cycles/{initiative_id}/lever-requests/{request_id}/answer")
    async def lever_answer(
        initiative_id: UUID,
        request_id: UUID,
        body: commands.LeverReply,
        caller: Caller = allow("mentor", "programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        asker = who(caller, command_id, initiative_id)
        command = commands.AnswerLever(**asker, request_id=request_id, reply=body)
        return await handlers.answer_lever(command, store, clock)
