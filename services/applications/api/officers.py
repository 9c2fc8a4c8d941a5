"""Routes of the officers' desk: whose file it is, and who stands in during an absence."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from services.applications import desk_commands as commands
from services.applications.api import desk_bodies as bodies
from services.applications.api import desk_views
from services.applications.domain.assignment import seen_by_officers
from services.applications.domain.officers import effective, told
from services.applications.handlers import desk
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
OFFICE = ("programme_officer", "administrator")


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _assignment(api, store, clock)
    _delegations(api, store, clock)


def _assignment(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/assignment")
    async def assign(
        application_id: UUID, body: bodies.Assigned, caller: Caller = allow(*OFFICE), *, command_id: CommandId
    ) -> Answer:
        """Give the file to an officer, to another one, or back to nobody."""
        command = commands.AssignOfficer(
            command_id=command_id,
            person_id=caller.person_id,
            application_id=application_id,
            officer_id=body.officer_id,
        )
        return await desk.assign_officer(command, store, clock)

    @api.get("/applications/{application_id}/assignment")
    async def read_assignment(application_id: UUID, caller: Caller = allow(*OFFICE)) -> Answer:
        """Whose file it is, who acts for them now, and through whose hands it went."""
        application = seen_by_officers((await store.application(application_id)).state)
        absences, now = await store.desk.absences(), clock.now()
        return desk_views.assignment(application, lambda officer_id: effective(officer_id, absences, now))

    @api.post("/calls/{call_id}/assignments")
    async def assign_many(
        call_id: UUID, body: bodies.ManyAssigned, caller: Caller = allow(*OFFICE), *, command_id: CommandId
    ) -> Answer:
        """Give up to 500 files of a call to one officer, or back to nobody."""
        return await desk.assign_many(
            call_id, body.application_ids, body.officer_id, caller.person_id, command_id, store, clock
        )


def _delegations(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/officers")
    async def list_officers(caller: Caller = allow(*OFFICE)) -> Answer:
        """The programme officers that are known here, who acts for each now, and their delegations that are not over."""
        absences, now = await store.desk.absences(), clock.now()
        return {
            "officers": [
                {
                    "officer_id": str(each),
                    "effective_officer": str(effective(each, absences, now)),
                    "delegations": [
                        told(each, item) for item in absences[each].delegations if item.until > now
                    ] if each in absences else [],
                }
                for each in await store.desk.known_officers()
            ]
        }  # fmt: skip

    @api.post("/officers/{officer_id}/delegations", status_code=201)
    async def delegate(
        officer_id: UUID, body: bodies.NewDelegation, caller: Caller = allow(*OFFICE), *, command_id: CommandId
    ) -> Answer:
        """Let a colleague stand in for the officer, from a date until another."""
        command = commands.DelegateFiles(
            command_id=command_id,
            person_id=caller.person_id,
            officer_id=officer_id,
            delegate_id=body.delegate_id,
            starts_at=body.starts_at,
            ends_at=body.ends_at,
        )
        return await desk.delegate_files(command, store, clock)

    @api.post("/officers/{officer_id}/delegations/{delegation_id}/end")
    async def end_delegation(
        officer_id: UUID, delegation_id: UUID, caller: Caller = allow(*OFFICE), *, command_id: CommandId
    ) -> Answer:
        """End a delegation now, before its date."""
        command = commands.EndDelegation(
            command_id=command_id, person_id=caller.person_id, officer_id=officer_id, delegation_id=delegation_id
        )
        return await desk.end_delegation(command, store, clock)
