"""The books follow from the service's own events, and are checked against what agreements and envelopes say."""

from datetime import datetime

from contracts.model import Event
from services.funding.domain import ledger
from services.funding.domain.agreement import Agreement
from services.funding.domain.envelope import Envelope
from services.funding.store import Store


async def book(event: Event, event_id: str, booked_at: datetime, store: Store) -> None:
    """Book what ``event`` moves, once, however often it comes."""
    agreement_id = getattr(event, "agreement_id", None)
    agreement = await store.agreement(agreement_id) if agreement_id else None
    entry = ledger.entry_of(event, event_id, booked_at, agreement)
    if entry is not None:
        await store.book(entry)


async def invariants(store: Store) -> dict[str, bool]:
    """What must always hold, by name; ``books_agree`` once the service has consumed all its own events.

    Agreements are read before their envelopes, which commit first.
    """
    agreements = [agreement async for agreement in store.all_agreements()]
    envelopes = await store.all_envelopes()
    balance = await store.balance()
    booked = sum(debit - credit for debit, credit in balance.values())
    return {
        "committed_within_envelope": all(_within(each, agreements) for each in envelopes),
        "paid_within_committed": all(
            each.paid_cents + each.in_flight_cents <= each.committed_cents for each in agreements
        ),
        "no_payment_twice": all(_paid_once(each) for each in agreements),
        "recovered_within_paid": all(each.recovered_cents <= each.paid_cents for each in agreements),
        "debits_equal_credits": booked == 0,
        "books_agree": _books_agree(balance, envelopes, agreements),
    }


def _within(envelope: Envelope, agreements: list[Agreement]) -> bool:
    committed = sum(each.committed_cents for each in agreements if each.envelope_id == envelope.envelope_id)
    return max(committed, envelope.committed_cents) <= envelope.amount_cents


def _paid_once(agreement: Agreement) -> bool:
    outcomes = [[payment.outcome for payment in tranche.payments] for tranche in agreement.tranches]
    return all(sum(outcome != "rejected" for outcome in each) <= 1 for each in outcomes)


def _books_agree(balance: dict[str, tuple[int, int]], envelopes: list[Envelope], agreements: list[Agreement]) -> bool:
    def debit_of(account: str) -> int:
        debit, credit = balance.get(account, (0, 0))
        return debit - credit

    paid = sum(each.paid_cents for each in agreements)
    collected = sum(each.collected_cents for each in agreements)
    expected = {
        ledger.OPENED: -sum(each.amount_cents for each in envelopes),
        ledger.COMMITTED: sum(each.committed_cents for each in agreements),
        ledger.TREASURY: collected - paid,
        ledger.IN_TRANSIT: -sum(each.in_flight_cents for each in agreements),
        ledger.RECOVERABLE: sum(each.recovered_cents for each in agreements) - collected,
    }
    return all(debit_of(account) == cents for account, cents in expected.items())
