"""Money as its facts tell it, in euro cents: envelope, committed, paid, and what must come back, booked apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.observatory.domain.facts import Entry, Fact

_TRANCHE_STATES = {
    "TrancheOpened": "open",
    "TrancheRequested": "requested",
    "ServiceCertified": "certified",
    "PaymentOrdered": "ordered",
    "PaymentSuspended": "suspended",
    "SuspensionLifted": "ordered",
    "PaymentRefused": "refused",
    "PaymentAccepted": "accepted",
    "PaymentIssued": "issued",
    "PaymentSettled": "settled",
    "PaymentRejected": "rejected",
    "StepUndone": "being_undone",
    "TrancheCancelled": "cancelled",
}


@dataclass(frozen=True, slots=True)
class Grant:
    key: str
    call_id: str | None
    theme: str | None
    departement: str | None
    signed_at: str | None
    committed_cents: int
    paid_cents: int
    recovery_ordered_cents: int
    recovered_cents: int
    tranches: tuple[dict[str, Any], ...]
    published: dict[str, Any] | None


def grant(fact: Fact) -> Grant:
    signed, published = fact.last("AgreementSigned"), fact.last("GrantPublished")
    return Grant(
        key=fact.key,
        call_id=fact.call_id,
        theme=signed.data["theme"] if signed else None,
        departement=signed.data["departement"] if signed else None,
        signed_at=signed.data["signed_at"] if signed else None,
        committed_cents=_sum(fact, "AgreementSigned") - _sum(fact, "CommitmentReleased"),
        paid_cents=_sum(fact, "PaymentSettled"),
        recovery_ordered_cents=_sum(fact, "RecoveryOrdered"),
        recovered_cents=_sum(fact, "RecoveryCollected"),
        tranches=tuple(_tranches(fact)),
        published=published.data if published else None,
    )


def _sum(fact: Fact, kind: str) -> int:
    return sum(entry.data["amount_cents"] for entry in fact.all(kind))


def _tranches(fact: Fact) -> Iterable[dict[str, Any]]:
    known: dict[str, dict[str, Any]] = {}
    for entry in fact.all(*_TRANCHE_STATES):
        tranche = known.setdefault(entry.data["tranche_id"], {"code": None, "amount_cents": None, "settled_at": None})
        tranche["state"] = _TRANCHE_STATES[entry.kind]
        if entry.kind == "TrancheOpened":
            tranche |= {"code": entry.data["code"], "amount_cents": entry.data["amount_cents"]}
        elif entry.kind == "PaymentSettled":
            tranche["settled_at"] = entry.data["settled_at"]
    return known.values()


def envelope_cents(envelope: Fact | None, call: Fact | None) -> int:
    """The envelope's amount after its last dated decision; before it is opened, what the call announced."""
    opened = envelope.last("EnvelopeOpened", "EnvelopeChanged") if envelope else None
    announced: Entry | None = call.last("CallPublished") if call else None
    if opened:
        return int(opened.data["amount_cents"])
    return int(announced.data["envelope_cents"]) if announced else 0


def totals(grants: Iterable[Grant]) -> dict[str, int]:
    every = list(grants)
    return {
        "agreements": sum(item.signed_at is not None for item in every),
        "tranches_paid": sum(tranche["state"] == "settled" for item in every for tranche in item.tranches),
        "committed_cents": sum(item.committed_cents for item in every),
        "paid_cents": sum(item.paid_cents for item in every),
        "recovery_ordered_cents": sum(item.recovery_ordered_cents for item in every),
        "recovered_cents": sum(item.recovered_cents for item in every),
    }
