"""From events and workflows' commands to handlers, one call each. The service's own events come back to it for the books."""

from typing import Any
from uuid import uuid5

from contracts.applications import InitiativePublished
from contracts.calls import CallPublished
from contracts.funding import (
    CloseAgreement,
    CommitmentReleased,
    PrepareAgreement,
    RecoveryCollected,
    RecoveryOrdered,
    ReleaseCommitment,
)
from contracts.model import Message
from contracts.payments import EscalateTranche, IssuePayment, OpenTranche, PaymentIssued, PaymentSettled, UndoStep
from contracts.people import PersonErased
from services.chassis.clock import Clock
from services.chassis.consuming import Handler, Received, Subscriptions
from services.funding.commands import OpenEnvelope
from services.funding.domain.agreement import PublicRecord
from services.funding.domain.ledger import BOOKED
from services.funding.domain.refusals import BankDetailsMissing
from services.funding.handlers import agreements, books, envelopes, payments, tranches
from services.funding.payments.files import PaymentAdapter
from services.funding.store import Store

MOVING = (CommitmentReleased, PaymentSettled, RecoveryOrdered, RecoveryCollected)
"""Events after which the envelope's figures of an agreement are other ones."""


def subscriptions(store: Store, clock: Clock, adapter: PaymentAdapter) -> Subscriptions:
    """What funding listens to, and to which handler it goes."""

    async def own(event: Any, received: Received) -> None:
        await books.book(event, received.id, received.time, store)
        if isinstance(event, MOVING):
            await envelopes.note_movements(event.agreement_id, uuid5(event.agreement_id, f"note/{received.id}"), store)
        if isinstance(event, PaymentIssued):
            await _send(event, store, adapter)

    async def call_published(event: CallPublished, received: Received) -> None:
        await envelopes.open_envelope(_opening(event), store, clock)

    async def initiative_published(event: InitiativePublished, received: Received) -> None:
        await store.keep_record(event.initiative_id, _record(event))

    async def person_erased(event: PersonErased, received: Received) -> None:
        await store.erase(event.person_id)

    events: dict[type[Message], Handler] = {
        CallPublished: call_published,
        InitiativePublished: initiative_published,
        PersonErased: person_erased,
    }
    return events | _commands(store, clock) | dict.fromkeys(BOOKED, own)


def _commands(store: Store, clock: Clock) -> dict[type[Message], Handler]:
    handlers: dict[type[Message], Any] = {
        PrepareAgreement: agreements.prepare_agreement,
        ReleaseCommitment: agreements.release_commitment,
        CloseAgreement: agreements.close_agreement,
        OpenTranche: tranches.open_tranche,
        UndoStep: tranches.undo_step,
        EscalateTranche: tranches.escalate_tranche,
        IssuePayment: payments.issue_payment,
    }

    def bound(handler: Any) -> Handler:
        async def handle(command: Any, received: Received) -> None:
            await handler(command, store, clock)

        return handle

    return {kind: bound(handler) for kind, handler in handlers.items()}


async def _send(event: PaymentIssued, store: Store, adapter: PaymentAdapter) -> None:
    try:
        await payments.send_payment(event.payment_id, store, adapter)
    except BankDetailsMissing:
        return


def _opening(event: CallPublished) -> OpenEnvelope:
    return OpenEnvelope(
        command_id=uuid5(event.call_id, "open_envelope"),
        envelope_id=event.call_id,
        number=event.number,
        months=event.programme.months,
        amount_cents=event.envelope_cents,
        funding_source=event.funding_source,
    )


def _record(event: InitiativePublished) -> PublicRecord:
    return PublicRecord(
        number=event.number,
        purpose=event.purpose or event.title,
        applicant_kind=event.applicant_kind,
        organisation_name=event.organisation_name,
        siret=event.siret,
        rna=event.rna,
    )
