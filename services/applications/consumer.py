"""What applications hears: its calls' workflow, evaluation's news, and who is to be forgotten."""

from contracts.applications import LapseSelection
from contracts.calls import CloseCall, OpenCall, RemindDrafts
from contracts.evaluation import (
    ApplicationsAssigned,
    ApplicationsUnassigned,
    PlaceOffered,
    PoolFrozen,
    ResultsAnnounced,
)
from contracts.people import PersonErased, RoleGranted, RoleRevoked
from services.applications.commands import FreezeCall
from services.applications.handlers import calls, invitations, results
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions

OFFICER = "programme_officer"


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that applications handles, each with its handler."""

    async def open_call(command: OpenCall, received: Received) -> None:
        await calls.open_call(command, store, clock)

    async def remind_drafts(command: RemindDrafts, received: Received) -> None:
        await calls.remind_drafts(command, store)

    async def close_call(command: CloseCall, received: Received) -> None:
        await calls.close_call(command, store, clock)

    async def lapse_selection(command: LapseSelection, received: Received) -> None:
        await results.lapse_selection(command, store, clock)

    async def pool_frozen(event: PoolFrozen, received: Received) -> None:
        command = FreezeCall(command_id=received.command_id, call_id=event.call_id)
        await calls.freeze_pool(command, store, clock)

    async def results_announced(event: ResultsAnnounced, received: Received) -> None:
        await results.record_results(event, received.command_id, store)

    async def place_offered(event: PlaceOffered, received: Received) -> None:
        await results.offer_place(event, received.command_id, received.time, store)

    async def assigned(event: ApplicationsAssigned, received: Received) -> None:
        await store.assign(event.member_id, event.application_ids, received.sequence, given=True)

    async def unassigned(event: ApplicationsUnassigned, received: Received) -> None:
        await store.assign(event.member_id, event.application_ids, received.sequence, given=False)

    async def role_granted(event: RoleGranted, received: Received) -> None:
        if event.role == OFFICER:
            await store.desk.note_role(event.person_id, True, received.sequence)

    async def role_revoked(event: RoleRevoked, received: Received) -> None:
        if event.role == OFFICER:
            await store.desk.note_role(event.person_id, False, received.sequence)

    async def person_erased(event: PersonErased, received: Received) -> None:
        await invitations.forget_editor(received.command_id, event.person_id, store)
        await store.forget(event.person_id)

    return {
        OpenCall: open_call,
        RemindDrafts: remind_drafts,
        CloseCall: close_call,
        LapseSelection: lapse_selection,
        PoolFrozen: pool_frozen,
        ResultsAnnounced: results_announced,
        PlaceOffered: place_offered,
        ApplicationsAssigned: assigned,
        ApplicationsUnassigned: unassigned,
        RoleGranted: role_granted,
        RoleRevoked: role_revoked,
        PersonErased: person_erased,
    }
