"""How agreements, envelopes and the books look to those who may read them."""

from typing import Any
from uuid import UUID

from contracts.decision import NotFound
from services.chassis.identity import Caller
from services.funding.domain import ledger
from services.funding.domain.agreement import CONFIRMING, Agreement, Work
from services.funding.domain.chain import Tranche
from services.funding.domain.envelope import Envelope
from services.funding.domain.reports import due_at, paid_years

STAFF = ("programme_officer", "deciding_authority", "authorising_officer", "accountant", "administrator", "operator")


def may_read(agreement: Agreement, caller: Caller) -> bool:
    """Its owner and staff may."""
    return caller.person_id == agreement.owner_id or caller.has(*STAFF)


def readable(agreement: Agreement, caller: Caller) -> Agreement:
    """The agreement, when ``caller`` may read it. Raises ``NotFound``."""
    if not may_read(agreement, caller):
        raise NotFound("There is no such agreement")
    return agreement


def agreement_view(agreement: Agreement, caller: Caller) -> dict[str, Any]:
    """The agreement; the account in full for its owner and for those who confirm it."""
    shown = agreement.model_dump(
        mode="json",
        include={"agreement_id", "envelope_id", "owner_id", "theme", "departement", "amount_cents", "status", "since"}
        | {"signed_at", "closed_at", "released_cents", "recoveries", "reported_years"},
    )
    full = caller.person_id == agreement.owner_id or caller.has(*CONFIRMING)
    record, staff = agreement.record, caller.has(*STAFF)
    return shown | {
        "number": record.number if record else None,
        "purpose": record.purpose if record else None,
        "committed_cents": agreement.committed_cents,
        "paid_cents": agreement.paid_cents,
        "recovered_cents": agreement.recovered_cents,
        "collected_cents": agreement.collected_cents,
        "beneficiary": agreement.private.beneficiary if agreement.private else None,
        "bank_details": _bank_view(agreement, full),
        "reports_due": {str(year): due_at(year).isoformat() for year in sorted(paid_years(agreement))},
        "tranches": [tranche_view(agreement, tranche, staff) for tranche in agreement.tranches],
    }


def document_view(agreement: Agreement, document: dict[str, Any]) -> dict[str, Any]:
    """A document with what it was sent as: the report on a year, the proof of an account, or something that is neither now."""
    digest, private = document["digest"], agreement.private
    accounts = (private.current, *private.used.values()) if private else ()
    year = next((each.year for each in reversed(agreement.reports) if each.document == digest), None)
    proves = any(each is not None and each.proof == digest for each in accounts)
    kind = "financial_report" if year else "bank_statement" if proves else "other"
    return {**document, "kind": kind, "year": year}


def tranche_view(agreement: Agreement, tranche: Tranche, staff: bool) -> dict[str, Any]:
    """The tranche, whose it is, the steps that may come next, its payments; who did which step is for ``staff``."""
    shown = tranche.model_dump(mode="json", exclude=None if staff else {"history"})
    whose = {name: brief(agreement)[name] for name in ("agreement_id", "number", "beneficiary")}
    return shown | whose | {"next": list(tranche.steps)}


def tranche_of(agreement: Agreement | None, tranche_id: UUID, caller: Caller) -> dict[str, Any]:
    """The tranche as ``caller`` may see it. Raises ``NotFound``."""
    if agreement is None:
        raise NotFound("There is no such tranche")
    return tranche_view(readable(agreement, caller), agreement.tranche(tranche_id), caller.has(*STAFF))


def _bank_view(agreement: Agreement, full: bool) -> dict[str, Any] | None:
    bank, private = agreement.bank, agreement.private
    if bank is None:
        return None
    details = private.current if private else None
    shown = {
        "version": bank.version,
        "submitted_at": bank.submitted_at.isoformat(),
        "confirmed_by": [str(person) for person in bank.confirmed_by],
        "confirmed": bank.confirmed,
    }
    if details is None:
        return shown
    iban = details.iban if full else f"…{details.iban[-4:]}"
    return (
        shown
        | {"iban": iban}
        | ({"holder": details.holder, "bic": details.bic, "proof": details.proof} if full else {})
    )


def envelope_view(envelope: Envelope) -> dict[str, Any]:
    shares = envelope.shares.values()
    return {
        "envelope_id": str(envelope.envelope_id),
        "number": envelope.number,
        "funding_source": envelope.funding_source,
        "amount_cents": envelope.amount_cents,
        "committed_cents": envelope.committed_cents,
        "available_cents": envelope.amount_cents - envelope.committed_cents,
        "paid_cents": envelope.paid_cents,
        "recovered_cents": sum(share.recovered_cents for share in shares),
        "collected_cents": sum(share.collected_cents for share in shares),
        "decisions": [ruling.model_dump(mode="json") for ruling in envelope.rulings],
    }


def brief(agreement: Agreement) -> dict[str, Any]:
    """By what staff knows an agreement in a list."""
    record = agreement.record
    return {
        "agreement_id": str(agreement.agreement_id),
        "envelope_id": str(agreement.envelope_id),
        "number": record.number if record else None,
        "beneficiary": agreement.private.beneficiary if agreement.private else None,
        "siret": record.siret if record else None,
        "departement": agreement.departement,
        "theme": agreement.theme,
    }


def work_view(agreement: Agreement, work: Work) -> dict[str, Any]:
    """What waits, with what it rests on: the tranche or recovery, whole, and who has acted on either side.

    Who has acted on either side may not on the other.
    """
    shown = work.model_dump(mode="json", include={"step", "part_id", "since", "amount_cents"})
    tranche = next((each for each in agreement.tranches if each.tranche_id == work.part_id), None)
    recovery = next((each for each in agreement.recoveries if each.recovery_id == work.part_id), None)
    return {
        **brief(agreement),
        **shown,
        **({"tranche": tranche_view(agreement, tranche, staff=True)} if tranche else {}),
        **({"recovery": recovery.model_dump(mode="json")} if recovery else {}),
        "bank_confirmed": bool(agreement.bank and agreement.bank.confirmed),
        "orderers": [str(each) for each in agreement.orderers],
        "payers": [str(each) for each in agreement.payers],
        "reported_years": list(agreement.reported_years),
    }


def years_view(years: dict[int, dict[str, tuple[int, int]]]) -> list[dict[str, int]]:
    """Commitments (AE, net of releases), payments (CP) and recoveries of each budget year, in cents."""

    def figures(accounts: dict[str, tuple[int, int]]) -> dict[str, int]:
        committed, released = accounts.get(ledger.COMMITTED, (0, 0))
        collected, paid = accounts.get(ledger.TREASURY, (0, 0))
        recovered, _ = accounts.get(ledger.RECOVERABLE, (0, 0))
        return {
            "ae_committed_cents": committed - released,
            "cp_paid_cents": paid,
            "recovered_cents": recovered,
            "collected_cents": collected,
        }

    return [{"year": year, **figures(accounts)} for year, accounts in sorted(years.items())]
