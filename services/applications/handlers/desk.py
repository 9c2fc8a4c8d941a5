"""The officers' desk: files assigned, one or many; absences; notes; what came on paper."""

from typing import Any
from uuid import UUID, uuid5

from contracts.decision import Refusal
from services.applications import desk_commands as commands
from services.applications.domain import assignment, notes, officers, paper
from services.applications.domain.desk_refusals import OfficerUnknown
from services.applications.domain.refusals import ApplicationExists
from services.applications.handlers.bulk import each
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.database import Taken

Answer = dict[str, Any]


async def _known(person_id: UUID | None, field: str, store: Store) -> None:
    if person_id and not await store.desk.is_officer(person_id):
        raise OfficerUnknown(field=field)


async def assign_officer(command: commands.AssignOfficer, store: Store, clock: Clock) -> Answer:
    await _known(command.officer_id, "officer_id", store)
    return await _assign(command, store, clock)


async def _assign(command: commands.AssignOfficer, store: Store, clock: Clock) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: assignment.assign(state, command, clock.now())
    )


async def assign_many(
    call_id: UUID, application_ids: tuple[UUID, ...], officer_id: UUID | None, person_id: UUID, command_id: UUID,
    store: Store, clock: Clock,
) -> Answer:  # fmt: skip
    """Assign many files of a call to one officer; those that cannot be are told, each with its code."""
    await _known(officer_id, "officer_id", store)

    async def act(application_id: UUID) -> str | None:
        command = commands.AssignOfficer(
            command_id=uuid5(command_id, str(application_id)),
            person_id=person_id,
            application_id=application_id,
            officer_id=officer_id,
        )
        try:
            if (await store.call_of(application_id)).call_id != call_id:
                return "not_found"
            await _assign(command, store, clock)
        except Refusal as refusal:
            return refusal.code
        return None

    distinct = list(dict.fromkeys(application_ids))
    codes = zip(distinct, await each(distinct, act), strict=True)
    refused = [{"application_id": str(application), "code": code} for application, code in codes if code]
    return {"call_id": str(call_id), "assigned": len(distinct) - len(refused), "refused": refused}


async def delegate_files(command: commands.DelegateFiles, store: Store, clock: Clock) -> Answer:
    await _known(command.officer_id, "officer_id", store)
    await _known(command.delegate_id, "delegate_id", store)
    return await store.desk.officers.decide(
        str(command.officer_id), command, lambda state: officers.delegate(state, command, clock.now())
    )


async def end_delegation(command: commands.EndDelegation, store: Store, clock: Clock) -> Answer:
    return await store.desk.officers.decide(
        str(command.officer_id), command, lambda state: officers.end(state, command, clock.now())
    )


async def write_note(command: commands.WriteNote, store: Store, clock: Clock) -> Answer:
    application = (await store.application(command.application_id)).state
    return await store.desk.notes.decide(
        str(command.command_id), command, lambda state: notes.write(state, command, application, clock.now())
    )


async def delete_note(command: commands.DeleteNote, store: Store, clock: Clock) -> Answer:
    application = (await store.application(command.application_id)).state
    notes.readable(application, command.person_id)
    return await store.desk.notes.decide(
        str(command.note_id), command, lambda state: notes.delete(state, command, clock.now())
    )


async def enter_application(command: commands.EnterApplication, store: Store, clock: Clock) -> Answer:
    call = await store.call(command.call_id, clock.now())
    try:
        return await store.applications.decide(
            str(command.application_id), command, lambda state: paper.enter(state, command, call, clock.now())
        )
    except Taken:
        raise ApplicationExists from None


async def take_over_entry(command: commands.TakeOverEntry, store: Store) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: paper.take_over(state, command)
    )


async def confirm_application(command: commands.ConfirmApplication, store: Store, clock: Clock) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: paper.confirm(state, command, clock.now())
    )
