"""Recovery orders (titres de perception): what must come back, booked apart and never netted from what was paid."""

from datetime import datetime

from contracts.decision import Decision, NotFound
from contracts.funding import RecoveryCollected, RecoveryOrdered
from services.funding.commands import CollectRecovery, OrderRecovery
from services.funding.domain.agreement import Agreement, Recovery, known
from services.funding.domain.refusals import AlreadyCollected, RecoveryExceedsPaid
from services.funding.domain.separation import ordering, paying


def order_recovery(agreement: Agreement | None, command: OrderRecovery, now: datetime) -> Decision[Agreement]:
    """Ask back a part of what was paid. Raises ``RecoveryExceedsPaid`` with what may still be asked."""
    agreement = ordering(known(agreement), command.by)
    left = agreement.paid_cents - agreement.recovered_cents
    if command.amount_cents > left:
        raise RecoveryExceedsPaid(field="amount_cents", allowed={"maximum": left})
    recovery = Recovery(
        recovery_id=command.command_id,
        amount_cents=command.amount_cents,
        reason=command.reason,
        ordered_by=command.by,
        ordered_at=now,
    )
    event = RecoveryOrdered(
        recovery_id=recovery.recovery_id,
        agreement_id=agreement.agreement_id,
        envelope_id=agreement.envelope_id,
        amount_cents=recovery.amount_cents,
        reason=recovery.reason,
        ordered_by=recovery.ordered_by,
        owner_id=agreement.owner_id,
    )
    changed = agreement.model_copy(update={"recoveries": (*agreement.recoveries, recovery)})
    return Decision(changed, (event,), _answer(recovery))


def collect(agreement: Agreement | None, command: CollectRecovery, now: datetime) -> Decision[Agreement]:
    """The money is back. Raises ``AlreadyCollected``."""
    found = [each for each in agreement.recoveries if each.recovery_id == command.recovery_id] if agreement else []
    if agreement is None or not found:
        raise NotFound("There is no such recovery")
    if found[0].collected_at:
        raise AlreadyCollected
    agreement = paying(agreement, command.by)
    recovery = found[0].model_copy(update={"collected_at": now})
    event = RecoveryCollected(
        recovery_id=recovery.recovery_id,
        agreement_id=agreement.agreement_id,
        envelope_id=agreement.envelope_id,
        amount_cents=recovery.amount_cents,
    )
    recoveries = tuple(recovery if each.recovery_id == recovery.recovery_id else each for each in agreement.recoveries)
    return Decision(agreement.model_copy(update={"recoveries": recoveries}), (event,), _answer(recovery))


def _answer(recovery: Recovery) -> dict[str, object]:
    return {"recovery_id": str(recovery.recovery_id), "collected": recovery.collected_at is not None}
