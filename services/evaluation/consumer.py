"""What evaluation hears: its calls' workflow, the facts of applications and persons, and places that were declined."""

from contracts.applications import (
    ApplicationAdmitted,
    ApplicationFoundEligible,
    ApplicationFoundInadmissible,
    ApplicationFoundIneligible,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    DecisionCorrected,
    SelectionDeclined,
)
from contracts.calls import CallClosed, CallPublished
from contracts.evaluation import AnnounceResults, CloseRound, ExtendRound, FreezePool, RemindMembers
from contracts.people import (
    MandateEnded,
    MandateGiven,
    PersonErased,
    PersonRegistered,
    RoleGranted,
    RoleRevoked,
)
from services.chassis.clock import Clock
from services.chassis.consuming import Received, Subscriptions
from services.evaluation.commands import OfferPlace, SetUpRound
from services.evaluation.handlers import closing, pool, results, rounds
from services.evaluation.store.store import Store


def subscriptions(store: Store, clock: Clock) -> Subscriptions:
    """The messages that evaluation handles, each with its handler."""
    return {**_workflow(store, clock), **_calls(store), **_applications(store), **_people(store)}


def _workflow(store: Store, clock: Clock) -> Subscriptions:
    async def freeze(command: FreezePool, received: Received) -> None:
        await rounds.freeze_pool(command, store)

    async def remind(command: RemindMembers, received: Received) -> None:
        await rounds.remind_members(command, store, clock)

    async def extend(command: ExtendRound, received: Received) -> None:
        await rounds.extend_round(command, store)

    async def close(command: CloseRound, received: Received) -> None:
        await closing.close_round(command, store, clock)

    async def announce(command: AnnounceResults, received: Received) -> None:
        await results.announce_results(command, store, clock)

    return {
        FreezePool: freeze,
        RemindMembers: remind,
        ExtendRound: extend,
        CloseRound: close,
        AnnounceResults: announce,
    }


def _calls(store: Store) -> Subscriptions:
    async def published(event: CallPublished, received: Received) -> None:
        if event.kind != "panel":
            return
        command = SetUpRound(
            command_id=received.command_id,
            round_id=event.call_id,
            number=event.number,
            schedule=event.schedule,
            criteria=event.criteria,
            colleges=event.colleges,
            rules=event.evaluation,
        )
        await rounds.set_up_round(command, store)

    async def closed(event: CallClosed, received: Received) -> None:
        await pool.call_closed(event.call_id, event.submitted, store)

    async def declined(event: SelectionDeclined, received: Received) -> None:
        command = OfferPlace(
            command_id=received.command_id, round_id=event.call_id, application_id=event.application_id
        )
        await results.offer_place(command, store)

    return {CallPublished: published, CallClosed: closed, SelectionDeclined: declined}


def _applications(store: Store) -> Subscriptions:
    async def submitted(event: ApplicationSubmitted, received: Received) -> None:
        await pool.submitted(event, received.sequence, store)

    async def admitted(event: ApplicationAdmitted, received: Received) -> None:
        await store.facts.instructed(event.application_id, event.call_id, event.decided_by)

    async def eligible(event: ApplicationFoundEligible, received: Received) -> None:
        await store.facts.instructed(event.application_id, event.call_id, event.decided_by)
        await pool.decided(event.application_id, event.call_id, "eligible", received.sequence, store)

    async def ineligible(event: ApplicationFoundIneligible, received: Received) -> None:
        await pool.decided(event.application_id, event.call_id, "ineligible", received.sequence, store)

    async def inadmissible(event: ApplicationFoundInadmissible, received: Received) -> None:
        await pool.decided(event.application_id, event.call_id, "inadmissible", received.sequence, store)

    async def corrected(event: DecisionCorrected, received: Received) -> None:
        await pool.decided(event.application_id, event.call_id, "undecided", received.sequence, store)

    async def withdrawn(event: ApplicationWithdrawn, received: Received) -> None:
        await pool.withdrawn(event.application_id, event.call_id, store)

    return {
        ApplicationSubmitted: submitted,
        ApplicationAdmitted: admitted,
        ApplicationFoundEligible: eligible,
        ApplicationFoundIneligible: ineligible,
        ApplicationFoundInadmissible: inadmissible,
        DecisionCorrected: corrected,
        ApplicationWithdrawn: withdrawn,
    }


def _people(store: Store) -> Subscriptions:
    async def registered(event: PersonRegistered, received: Received) -> None:
        await store.facts.registered(event, received.sequence)

    async def granted(event: RoleGranted, received: Received) -> None:
        await store.facts.role(event.person_id, event.role, True, received.sequence)

    async def revoked(event: RoleRevoked, received: Received) -> None:
        await store.facts.role(event.person_id, event.role, False, received.sequence)

    async def mandated(event: MandateGiven, received: Received) -> None:
        await store.facts.mandate(event.person_id, event.organisation_id, event.siren, received.sequence)

    async def mandate_ended(event: MandateEnded, received: Received) -> None:
        await store.facts.mandate(event.person_id, event.organisation_id, None, received.sequence)

    async def erased(event: PersonErased, received: Received) -> None:
        await store.erase(event.person_id)

    return {
        PersonRegistered: registered,
        RoleGranted: granted,
        RoleRevoked: revoked,
        MandateGiven: mandated,
        MandateEnded: mandate_ended,
        PersonErased: erased,
    }
