"""Payments: issued once per attempt to confirmed details, answered once by the bank.

A payment that was issued can still settle after a stop: its amount stays committed until the bank has answered.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from contracts.decision import Decision
from contracts.funding import CommitmentReleased
from contracts.model import Event, Model
from contracts.payments import IssuePayment, PaymentIssued, PaymentRejected, PaymentSettled
from services.funding.commands import ApplyBankAnswer
from services.funding.domain.agreement import Agreement, BankDetails
from services.funding.domain.bank_details import payable
from services.funding.domain.chain import Payment, Tranche
from services.funding.domain.refusals import (
    AmountMismatch,
    BankDetailsMissing,
    BankDetailsNotRenewed,
    PaymentAlreadyRejected,
    PaymentAlreadySettled,
    PaymentUnknown,
)
from services.funding.domain.reports import check_reports
from services.funding.domain.separation import paying
from services.funding.domain.tranche import ready


class Instruction(Model):
    """All that a payment adapter needs to pay: personal, and never logged."""

    payment_id: UUID
    issued_at: datetime
    amount_cents: int
    account: BankDetails
    reference: str


def issue(agreement: Agreement | None, command: IssuePayment, now: datetime) -> Decision[Agreement]:
    """A new attempt to pay an accepted tranche, or one that the bank rejected once its details are new and confirmed.

    Raises ``BankDetailsMissing``, ``BankDetailsUnconfirmed``, ``BankDetailsNotRenewed``, ``FinancialReportOverdue``.
    """
    agreement, tranche = ready(agreement, command.tranche_id, "issue")
    check_reports(agreement, now)
    version, details = payable(agreement)
    if tranche.payments and tranche.payments[-1].details_version == version:
        raise BankDetailsNotRenewed
    attempt = len(tranche.payments) + 1
    payment_id = uuid5(tranche.tranche_id, f"payment/{attempt}")
    payment = Payment(payment_id=payment_id, attempt=attempt, details_version=version, issued_at=now)
    issued = tranche.model_copy(update={"status": "issued", "since": now, "payments": (*tranche.payments, payment)})
    private = agreement.private
    if private is not None:
        private = private.model_copy(update={"used": {**private.used, str(payment_id): details}})
    event = PaymentIssued(
        tranche_id=tranche.tranche_id,
        agreement_id=agreement.agreement_id,
        payment_id=payment_id,
        attempt=attempt,
        amount_cents=tranche.amount_cents,
    )
    changed = agreement.with_tranche(issued).model_copy(update={"private": private})
    return Decision(changed, (event,), _answer(agreement, payment, issued))


def find(agreement: Agreement | None, payment_id: UUID) -> tuple[Agreement, Tranche, Payment]:
    """A payment and where it is. Raises ``PaymentUnknown``."""
    for tranche in agreement.tranches if agreement else ():
        for payment in tranche.payments:
            if agreement and payment.payment_id == payment_id:
                return agreement, tranche, payment
    raise PaymentUnknown


def instruction(agreement: Agreement | None, payment_id: UUID) -> Instruction:
    """What the adapter is given for a payment. Raises ``PaymentUnknown``, and ``BankDetailsMissing`` after an erasure."""
    agreement, tranche, payment = find(agreement, payment_id)
    account = agreement.private.used.get(str(payment_id)) if agreement.private else None
    if account is None or agreement.record is None:
        raise BankDetailsMissing
    return Instruction(
        payment_id=payment_id,
        issued_at=payment.issued_at,
        amount_cents=tranche.amount_cents,
        account=account,
        reference=f"{agreement.record.number} {tranche.code}",
    )


def answered(agreement: Agreement | None, command: ApplyBankAnswer, now: datetime) -> Decision[Agreement]:
    """The bank's answer to a payment; the same message again changes nothing.

    Raises ``PaymentUnknown``, ``PaymentAlreadySettled``, ``PaymentAlreadyRejected``, ``AmountMismatch``.
    """
    agreement, tranche, payment = find(agreement, command.payment_id)
    outcome = "settled" if command.settled else "rejected"
    if payment.outcome != "pending":
        if (payment.message_id, payment.outcome) == (command.message_id, outcome):
            return Decision(agreement, (), {**_answer(agreement, payment, tranche), "repeated": True})
        raise PaymentAlreadySettled if payment.outcome == "settled" else PaymentAlreadyRejected
    if command.amount_cents not in (None, tranche.amount_cents):
        raise AmountMismatch
    agreement = paying(agreement, command.by)
    changes = {
        "outcome": outcome,
        "reason": command.reason,
        "message_id": command.message_id,
        "answered_at": now,
    }
    payment = payment.model_copy(update=changes)
    changed = tranche.model_copy(
        update={"status": outcome, "since": now, "payments": (*tranche.payments[:-1], payment)}
    )
    agreement, events = _told(agreement.with_tranche(changed), changed, payment, now)
    return Decision(agreement, events, _answer(agreement, payment, changed))


def _told(
    agreement: Agreement, tranche: Tranche, payment: Payment, now: datetime
) -> tuple[Agreement, tuple[Event, ...]]:
    ids: dict[str, Any] = {
        "tranche_id": tranche.tranche_id,
        "agreement_id": agreement.agreement_id,
        "payment_id": payment.payment_id,
        "owner_id": agreement.owner_id,
    }
    if payment.outcome == "settled":
        settled = PaymentSettled(
            **ids, envelope_id=agreement.envelope_id, amount_cents=tranche.amount_cents, settled_at=now
        )
        return agreement, (settled,)
    rejected = PaymentRejected(**ids, reason=payment.reason or "unspecified")
    if agreement.status != "stopped":
        return agreement, (rejected,)
    released = CommitmentReleased(
        agreement_id=agreement.agreement_id, envelope_id=agreement.envelope_id, amount_cents=tranche.amount_cents
    )
    total = agreement.released_cents + tranche.amount_cents
    return agreement.model_copy(update={"released_cents": total}), (rejected, released)


def _answer(agreement: Agreement, payment: Payment, tranche: Tranche) -> dict[str, Any]:
    return {
        "agreement_id": str(agreement.agreement_id),
        "payment_id": str(payment.payment_id),
        "tranche_id": str(tranche.tranche_id),
        "attempt": payment.attempt,
        "outcome": payment.outcome,
    }
