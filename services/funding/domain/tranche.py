"""A tranche along its chain, each step in its turn and by the right person: opened, requested, certified, ordered, accepted.

Steps are undone in the opposite order. Paying itself is in ``payment``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from contracts.decision import Decision, NotFound
from contracts.model import Event
from contracts.payments import (
    EscalateTranche,
    OpenTranche,
    PaymentAccepted,
    PaymentOrdered,
    PaymentRefused,
    PaymentSuspended,
    ServiceCertified,
    StepUndone,
    SuspensionLifted,
    TrancheCancelled,
    TrancheOpened,
    TrancheOverdue,
    TrancheRequested,
    UndoStep,
)
from services.funding.commands import (
    AcceptPayment,
    CertifyService,
    LiftSuspension,
    OrderPayment,
    RefusePayment,
    RequestTranche,
    SuspendPayment,
)
from services.funding.domain.agreement import Agreement, known, running, tranche_id_of
from services.funding.domain.chain import Done, Tranche
from services.funding.domain.refusals import (
    AdvanceNeedsNoCertification,
    AlreadyPaid,
    OutOfTurn,
    PaymentAtTheBank,
    TrancheBeingCancelled,
    TrancheDone,
    TrancheUnknown,
)
from services.funding.domain.separation import ordering, paying

_ACTORS = ("certified_by", "ordered_by", "accepted_by", "suspended_by", "lifted_by", "refused_by")
Step = Literal["payment", "acceptance", "order", "certification", "request"]


def open_tranche(agreement: Agreement | None, command: OpenTranche, now: datetime) -> Decision[Agreement]:
    """The condition is met."""
    agreement, tranche = ready(agreement, tranche_id_of(command.agreement_id, command.code), "opening")
    event = TrancheOpened(
        **_ids(agreement, tranche),
        code=tranche.code,
        amount_cents=tranche.amount_cents,
        advance=tranche.advance,
        owner_id=agreement.owner_id,
    )
    return moved(agreement, tranche, event, now, status="open")


def request(agreement: Agreement | None, command: RequestTranche, now: datetime) -> Decision[Agreement]:
    """The beneficiary asks for the money; for anyone else there is no such tranche."""
    if agreement is None or command.by != agreement.owner_id:
        raise TrancheUnknown
    agreement, tranche = ready(agreement, command.tranche_id, "request")
    return moved(agreement, tranche, TrancheRequested(**_ids(agreement, tranche)), now, status="requested")


def certify(agreement: Agreement | None, command: CertifyService, now: datetime) -> Decision[Agreement]:
    """Service fait. Raises ``AdvanceNeedsNoCertification``."""
    if agreement is not None and agreement.tranche(command.tranche_id).advance:
        raise AdvanceNeedsNoCertification(allowed=agreement.tranche(command.tranche_id).steps)
    agreement, tranche = ready(agreement, command.tranche_id, "certification")
    agreement = ordering(agreement, command.by)
    event = ServiceCertified(**_ids(agreement, tranche), certified_by=command.by)
    return moved(agreement, tranche, event, now, status="certified")


def order(agreement: Agreement | None, command: OrderPayment, now: datetime) -> Decision[Agreement]:
    """The authorising officer settles the amount and orders its payment."""
    agreement, tranche = ready(agreement, command.tranche_id, "order")
    agreement = ordering(agreement, command.by)
    event = PaymentOrdered(**_ids(agreement, tranche), ordered_by=command.by, amount_cents=tranche.amount_cents)
    return moved(agreement, tranche, event, now, status="ordered")


def accept(agreement: Agreement | None, command: AcceptPayment, now: datetime) -> Decision[Agreement]:
    """The accountant's check is passed."""
    agreement, tranche = ready(agreement, command.tranche_id, "acceptance")
    agreement = paying(agreement, command.by)
    event = PaymentAccepted(**_ids(agreement, tranche), accepted_by=command.by)
    return moved(agreement, tranche, event, now, status="accepted")


def suspend(agreement: Agreement | None, command: SuspendPayment, now: datetime) -> Decision[Agreement]:
    agreement, tranche = ready(agreement, command.tranche_id, "suspension")
    agreement = paying(agreement, command.by)
    event = PaymentSuspended(**_ids(agreement, tranche), suspended_by=command.by, reason=command.reason)
    return moved(agreement, tranche, event, now, suspended=command.reason)


def lift(agreement: Agreement | None, command: LiftSuspension, now: datetime) -> Decision[Agreement]:
    agreement, tranche = ready(agreement, command.tranche_id, "suspension_lift")
    agreement = paying(agreement, command.by)
    event = SuspensionLifted(**_ids(agreement, tranche), lifted_by=command.by)
    return moved(agreement, tranche, event, now, suspended=None)


def refuse(agreement: Agreement | None, command: RefusePayment, now: datetime) -> Decision[Agreement]:
    """The accountant rejects the order: the tranche goes back to before it."""
    agreement, tranche = ready(agreement, command.tranche_id, "refusal")
    agreement = paying(agreement, command.by)
    event = PaymentRefused(**_ids(agreement, tranche), refused_by=command.by, reason=command.reason)
    return moved(agreement, tranche, event, now, status=_before_order(tranche), suspended=None)


def undo(agreement: Agreement | None, command: UndoStep, now: datetime) -> Decision[Agreement]:
    """Undo the last step that stands, or cancel when none is left; from the first undoing on, no step goes forward.

    Raises ``PaymentAtTheBank`` until the bank has answered, and ``AlreadyPaid``.
    """
    if agreement is None:
        raise TrancheUnknown
    tranche = agreement.tranche(command.tranche_id)
    if tranche.status == "issued":
        raise PaymentAtTheBank
    if tranche.status == "settled":
        raise AlreadyPaid
    ids = _ids(agreement, tranche)
    if tranche.status in _UNDOING:
        step, back = _UNDOING[tranche.status]
        undone = StepUndone(**ids, step=step, reason=command.reason)
        changes = {"status": back(tranche), "suspended": None, "cancelling": command.reason}
        return moved(agreement, tranche, undone, now, **changes)
    cancelled = TrancheCancelled(**ids, reason=command.reason)
    return moved(agreement, tranche, cancelled, now, status="cancelled", cancelling=command.reason)


def escalate(agreement: Agreement | None, command: EscalateTranche, now: datetime) -> Decision[Agreement]:
    """Say that a person is waited for too long. Raises ``TrancheDone`` when nobody is."""
    agreement = known(agreement)
    tranche = agreement.tranche(command.tranche_id)
    if tranche.status in ("settled", "cancelled"):
        raise TrancheDone
    event = TrancheOverdue(**_ids(agreement, tranche), step=command.step)
    return Decision(agreement, (event,), answer_of(agreement, tranche))


def ready(agreement: Agreement | None, tranche_id: UUID, step: str) -> tuple[Agreement, Tranche]:
    """The agreement and its tranche when ``step`` is in turn. Raises the refusal that says why it is not."""
    try:
        agreement = running(agreement)
    except NotFound:
        raise TrancheUnknown from None
    tranche = agreement.tranche(tranche_id)
    if tranche.cancelling:
        raise TrancheBeingCancelled
    if step not in tranche.steps:
        raise OutOfTurn(allowed=list(tranche.steps))
    return agreement, tranche


def moved(agreement: Agreement, tranche: Tranche, event: Event, now: datetime, **changes: Any) -> Decision[Agreement]:
    """The decision by which ``tranche`` takes ``changes``, told by ``event``."""
    history = (*tranche.history, _done(event, now))
    changed = tranche.model_copy(update={"since": now, "history": history, **changes})
    return Decision(agreement.with_tranche(changed), (event,), answer_of(agreement, changed))


def _done(event: Event, now: datetime) -> Done:
    told = event.model_dump(include={"reason", *_ACTORS})
    by = next((told[name] for name in _ACTORS if name in told), None)
    return Done(event=type(event).__name__, at=now, by=by, reason=told.get("reason"))


def answer_of(agreement: Agreement, tranche: Tranche) -> dict[str, Any]:
    return {
        "agreement_id": str(agreement.agreement_id),
        "tranche_id": str(tranche.tranche_id),
        "status": "suspended" if tranche.suspended else tranche.status,
        "next": list(tranche.steps),
    }


def _ids(agreement: Agreement, tranche: Tranche) -> dict[str, UUID]:
    return {"agreement_id": agreement.agreement_id, "tranche_id": tranche.tranche_id}


def _before_order(tranche: Tranche) -> str:
    return "requested" if tranche.advance else "certified"


_UNDOING: dict[str, tuple[Step, Callable[[Tranche], str]]] = {
    "rejected": ("payment", lambda _: "accepted"),
    "accepted": ("acceptance", lambda _: "ordered"),
    "ordered": ("order", _before_order),
    "certified": ("certification", lambda _: "requested"),
    "requested": ("request", lambda _: "open"),
}
