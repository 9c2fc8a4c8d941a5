"""The envelope: how much there is, who decided it, and what each agreement takes of it.

It answers every attempt of an agreement once and keeps the answer, so that whoever asks again, late or twice, hears the same.
"""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.decision import Decision, NotFound
from contracts.funding import EnvelopeChanged, EnvelopeOpened
from contracts.model import Cents, Code, Id, Instant, Model
from services.funding.commands import DecideEnvelope, OpenEnvelope, Reserve
from services.funding.domain.agreement import Agreement
from services.funding.domain.refusals import BelowCommitted, DecisionInFuture


class Share(Model):
    """What one agreement takes: its last attempt and the answer, and what the agreement says was released and paid since."""

    attempt: int
    granted: bool
    amount_cents: Cents
    released_cents: Cents = 0
    paid_cents: Cents = 0
    recovered_cents: Cents = 0
    collected_cents: Cents = 0

    @property
    def committed_cents(self) -> int:
        return self.amount_cents - self.released_cents if self.granted else 0


class Ruling(Model):
    """A decision on the amount, by whom and when."""

    amount_cents: Cents
    decided_by: Id | None
    decided_at: Instant
    reason: Code


class Envelope(Model):
    """``months`` is how long the support lasts, ``number`` that of the call: both go into the public record of a grant."""

    envelope_id: Id
    number: str
    months: int
    funding_source: Code
    rulings: tuple[Ruling, ...]
    shares: dict[UUID, Share] = Field(default_factory=dict)

    @property
    def amount_cents(self) -> int:
        return self.rulings[-1].amount_cents

    @property
    def committed_cents(self) -> int:
        return sum(share.committed_cents for share in self.shares.values())

    @property
    def paid_cents(self) -> int:
        return sum(share.paid_cents for share in self.shares.values())


def open_envelope(envelope: Envelope | None, command: OpenEnvelope, now: datetime) -> Decision[Envelope]:
    """The envelope of a call, opened once with the call's amount."""
    if envelope is not None:
        return Decision(envelope)
    first = Ruling(amount_cents=command.amount_cents, decided_by=None, decided_at=now, reason="call_published")
    opened = Envelope(
        envelope_id=command.envelope_id,
        number=command.number,
        months=command.months,
        funding_source=command.funding_source,
        rulings=(first,),
    )
    event = EnvelopeOpened(
        envelope_id=command.envelope_id, amount_cents=command.amount_cents, funding_source=command.funding_source
    )
    return Decision(opened, (event,))


def rule(envelope: Envelope | None, command: DecideEnvelope, now: datetime) -> Decision[Envelope]:
    """Change the amount. Raises ``DecisionInFuture``, and ``BelowCommitted`` with the least amount that is allowed."""
    envelope = _known(envelope)
    decided_at = command.decided_at or now
    if decided_at > now:
        raise DecisionInFuture(field="decided_at")
    if command.amount_cents < envelope.committed_cents:
        raise BelowCommitted(field="amount_cents", allowed={"minimum": envelope.committed_cents})
    ruling = Ruling(
        amount_cents=command.amount_cents, decided_by=command.by, decided_at=decided_at, reason=command.reason
    )
    event = EnvelopeChanged(
        envelope_id=envelope.envelope_id,
        previous_cents=envelope.amount_cents,
        amount_cents=command.amount_cents,
        decided_at=decided_at,
    )
    changed = envelope.model_copy(update={"rulings": (*envelope.rulings, ruling)})
    return Decision(changed, (event,), {"envelope_id": str(envelope.envelope_id), "amount_cents": command.amount_cents})


def reserve(envelope: Envelope | None, command: Reserve) -> Decision[Envelope]:
    """Grant or refuse an agreement's amount. A granted one is committed from here on; an attempt has one answer for ever."""
    envelope = _known(envelope)
    share = envelope.shares.get(command.agreement_id)
    if share is None or command.attempt > share.attempt:
        left = envelope.amount_cents - envelope.committed_cents
        granted = command.amount_cents <= left
        share = Share(attempt=command.attempt, granted=granted, amount_cents=command.amount_cents)
        envelope = _with(envelope, command.agreement_id, share)
    granted = share.granted and share.attempt == command.attempt
    return Decision(envelope, (), {"granted": granted, "number": envelope.number, "months": envelope.months})


def note(envelope: Envelope | None, agreement: Agreement) -> Decision[Envelope]:
    """Take over what the agreement says was released, paid and recovered; figures only grow, so older news change nothing."""
    envelope = _known(envelope)
    share = envelope.shares.get(agreement.agreement_id)
    if share is None:
        return Decision(envelope)
    figures = {
        "released_cents": agreement.released_cents,
        "paid_cents": agreement.paid_cents,
        "recovered_cents": agreement.recovered_cents,
        "collected_cents": agreement.collected_cents,
    }
    grown = {name: max(value, getattr(share, name)) for name, value in figures.items()}
    return Decision(_with(envelope, agreement.agreement_id, share.model_copy(update=grown)))


def _with(envelope: Envelope, agreement_id: UUID, share: Share) -> Envelope:
    return envelope.model_copy(update={"shares": {**envelope.shares, agreement_id: share}})


def _known(envelope: Envelope | None) -> Envelope:
    if envelope is None:
        raise NotFound("There is no such envelope")
    return envelope
