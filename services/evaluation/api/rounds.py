"""HTTP of rounds: their panel, conflicts of interest and assignment."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.chassis.identity import Caller, CommandId, allow
from services.evaluation.api.bodies import ConflictBody, MembersBody, ReasonBody
from services.evaluation.commands import (
    AppointMembers,
    AssignApplications,
    ConfirmConflict,
    DismissConflict,
    RecordConflict,
    ResignMember,
)
from services.evaluation.domain.refusals import MemberUnknown
from services.evaluation.handlers import assignment, conflicts, panel, rounds
from services.evaluation.store.store import Store

Answer = dict[str, Any]
PANEL = ("citizen_panellist", "expert")
STAFF = ("programme_officer", "deciding_authority")


def routes(api: FastAPI, store: Store) -> None:
    _rounds(api, store)
    _panel(api, store)
    _conflicts(api, store)


def _rounds(api: FastAPI, store: Store) -> None:
    @api.get("/rounds")
    async def listed(caller: Caller = allow(*STAFF, *PANEL)) -> Answer:
        """All rounds for the programme's staff; their own for members of a panel."""
        member = None if caller.has(*STAFF) else caller.person_id
        return {"rounds": await rounds.listed(member, store)}

    @api.get("/rounds/{round_id}")
    async def one(round_id: UUID, caller: Caller = allow()) -> Answer:
        return await rounds.describe(round_id, store, officer=caller.has(*STAFF))

    @api.post("/rounds/{round_id}/assignments")
    async def assign(round_id: UUID, caller: Caller = allow("programme_officer"), *, command_id: CommandId) -> Answer:
        """Assign the pool: how many readings were given, or ``under_way`` when there are too many to wait for."""
        command = AssignApplications(command_id=command_id, round_id=round_id, by=caller.person_id)
        return await assignment.ask_assignment(command, store)


def _panel(api: FastAPI, store: Store) -> None:
    @api.get("/rounds/{round_id}/members")
    async def members(round_id: UUID, caller: Caller = allow(*STAFF)) -> Answer:
        return {"members": await panel.members(round_id, store)}

    @api.get("/rounds/{round_id}/candidates")
    async def candidates(round_id: UUID, caller: Caller = allow("programme_officer")) -> Answer:
        """Who holds a college's role and has no seat on the panel: at most 500 of each college."""
        return {"candidates": await panel.candidates(round_id, store)}

    @api.post("/rounds/{round_id}/members", status_code=201)
    async def appoint(
        round_id: UUID, body: MembersBody, caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> Answer:
        command = AppointMembers(command_id=command_id, round_id=round_id, by=caller.person_id, members=body.members)
        return await panel.appoint_members(command, store)

    @api.post("/rounds/{round_id}/members/{member_id}/resignation")
    async def resign(
        round_id: UUID, member_id: UUID, caller: Caller = allow("programme_officer", *PANEL), *, command_id: CommandId
    ) -> Answer:
        if caller.person_id != member_id and not caller.has("programme_officer"):
            raise MemberUnknown
        command = ResignMember(command_id=command_id, round_id=round_id, by=caller.person_id, member_id=member_id)
        return await panel.resign_member(command, store)


def _conflicts(api: FastAPI, store: Store) -> None:
    @api.get("/rounds/{round_id}/conflicts")
    async def listed(round_id: UUID, caller: Caller = allow(*STAFF)) -> Answer:
        """Every conflict, with who confirmed or dismissed it."""
        return {"conflicts": await conflicts.conflicts_of(round_id, store)}

    @api.post("/rounds/{round_id}/conflicts", status_code=201)
    async def declare(
        round_id: UUID, body: ConflictBody, caller: Caller = allow(*PANEL), *, command_id: CommandId
    ) -> Answer:
        command = RecordConflict(
            command_id=command_id,
            round_id=round_id,
            member_id=caller.person_id,
            application_id=body.application_id,
            source="declared",
        )
        return await conflicts.declare_conflict(command, store)

    @api.post("/rounds/{round_id}/conflicts/{member_id}/{application_id}/confirmation")
    async def confirm(
        round_id: UUID,
        member_id: UUID,
        application_id: UUID,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = ConfirmConflict(
            command_id=command_id,
            round_id=round_id,
            by=caller.person_id,
            member_id=member_id,
            application_id=application_id,
        )
        return await conflicts.confirm_conflict(command, store)

    @api.post("/rounds/{round_id}/conflicts/{member_id}/{application_id}/dismissal")
    async def dismiss(
        round_id: UUID,
        member_id: UUID,
        application_id: UUID,
        body: ReasonBody,
        caller: Caller = allow("programme_officer"),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = DismissConflict(
            command_id=command_id,
            round_id=round_id,
            by=caller.person_id,
            member_id=member_id,
            application_id=application_id,
            reason=body.reason,
        )
        return await conflicts.dismiss_conflict(command, store)
