"""The books: one balanced entry for every event that moves money or authorisations, and none for the others.

The chart is small and our own, its classes those of the French chart (8 off the balance sheet, 6 charges, 7 income, 5 cash,
4 third parties). Authorisations (AE) move at the signature, credits (CP) when the bank has paid; recoveries stand apart.
"""

from datetime import datetime
from uuid import UUID

from pydantic import model_validator

from contracts import funding, payments
from contracts.model import Cents, Code, Event, Id, Instant, Model
from services.funding.domain.agreement import Agreement
from services.funding.domain.paris import day_of

OPENED = "800_authorisations_opened"
AVAILABLE = "801_authorisations_available"
COMMITTED = "802_authorisations_committed"
GRANTS = "657_grants"
BENEFICIARIES = "467_beneficiaries"
IN_TRANSIT = "517_payments_in_transit"
TREASURY = "515_treasury"
RECOVERABLE = "463_recoverable"
RECOVERIES = "757_recoveries"
ACCOUNTS = (OPENED, AVAILABLE, COMMITTED, GRANTS, BENEFICIARIES, IN_TRANSIT, TREASURY, RECOVERABLE, RECOVERIES)

_RULES: dict[type[Event], tuple[str, str]] = {
    funding.EnvelopeOpened: (AVAILABLE, OPENED),
    funding.EnvelopeChanged: (AVAILABLE, OPENED),
    funding.AgreementSigned: (COMMITTED, AVAILABLE),
    funding.CommitmentReleased: (AVAILABLE, COMMITTED),
    payments.PaymentOrdered: (GRANTS, BENEFICIARIES),
    payments.PaymentRefused: (BENEFICIARIES, GRANTS),
    payments.StepUndone: (BENEFICIARIES, GRANTS),
    payments.PaymentIssued: (BENEFICIARIES, IN_TRANSIT),
    payments.PaymentRejected: (IN_TRANSIT, BENEFICIARIES),
    payments.PaymentSettled: (IN_TRANSIT, TREASURY),
    funding.RecoveryOrdered: (RECOVERABLE, RECOVERIES),
    funding.RecoveryCollected: (TREASURY, RECOVERABLE),
}
"""From an event to the accounts that it debits and credits."""
BOOKED: tuple[type[Event], ...] = tuple(_RULES)


class Line(Model):
    account: str
    debit_cents: Cents = 0
    credit_cents: Cents = 0


class Entry(Model):
    """``event_id`` names the event that the entry follows from; ``year`` is the budget's, as in Paris."""

    event_id: str
    event: str
    booked_at: Instant
    year: int
    envelope_id: Id
    agreement_id: Id | None
    reason: Code | None = None
    lines: tuple[Line, ...]

    @model_validator(mode="after")
    def _balanced(self) -> "Entry":
        debits = sum(line.debit_cents for line in self.lines)
        if debits == 0 or debits != sum(line.credit_cents for line in self.lines):
            raise ValueError("unbalanced")
        return self


def entry_of(event: Event, event_id: str, booked_at: datetime, agreement: Agreement | None) -> Entry | None:
    """The entry that follows from ``event``, or nothing when it moves nothing.

    ``agreement`` is that of the event, if any; only what never changes in it is used, so that a replay books the same.
    """
    rule = _RULES.get(type(event))
    amount = _amount(event, agreement)
    if rule is None or amount == 0:
        return None
    debit, credit = rule if amount > 0 else (rule[1], rule[0])
    envelope_id = getattr(event, "envelope_id", None) or (agreement.envelope_id if agreement else None)
    assert envelope_id is not None  # noqa: S101
    return Entry(
        event_id=event_id,
        event=type(event).__name__,
        booked_at=booked_at,
        year=day_of(booked_at).year,
        envelope_id=envelope_id,
        agreement_id=agreement.agreement_id if agreement else None,
        reason=getattr(event, "reason", None),
        lines=(Line(account=debit, debit_cents=abs(amount)), Line(account=credit, credit_cents=abs(amount))),
    )


def _amount(event: Event, agreement: Agreement | None) -> int:
    if isinstance(event, funding.EnvelopeChanged):
        return event.amount_cents - event.previous_cents
    if isinstance(event, payments.StepUndone) and event.step != "order":
        return 0
    if isinstance(event, payments.PaymentRefused | payments.PaymentRejected | payments.StepUndone):
        return _tranche_amount(agreement, event.tranche_id)
    amount: int = getattr(event, "amount_cents", 0)
    return amount


def _tranche_amount(agreement: Agreement | None, tranche_id: UUID) -> int:
    assert agreement is not None  # noqa: S101
    return agreement.tranche(tranche_id).amount_cents
