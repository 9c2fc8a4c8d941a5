"""Where a tranche is on its chain, as its workflow was told. Pure.

Events of one tranche arrive in their order; a confirmation of bank details may overtake the refusal or rejection that it
mends, so that it counts when it was written later or is told later.
"""

from datetime import UTC, datetime

from contracts.coaching import CycleStopped
from contracts.funding import BankDetailsConfirmed
from contracts.model import Event
from contracts.payments import (
    PaymentAccepted,
    PaymentIssued,
    PaymentOrdered,
    PaymentRefused,
    PaymentRejected,
    PaymentSettled,
    PaymentSuspended,
    ServiceCertified,
    SuspensionLifted,
    TrancheCancelled,
    TrancheRequested,
)
from workflows.disbursement.calendar import Step
from workflows.disbursement.messages import Tranche

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class TrancheState:
    """``since`` is the season instant from which the present step is waited for."""

    def __init__(self, tranche: Tranche) -> None:
        self._before_order: Step = "order" if tranche.advance else "certification"
        self._next: Step = "request"
        self._suspended = False
        self._confirmed_at = self._unpayable_since = LONG_AGO
        self.since = tranche.opened_at
        self.rejections = 0
        self.settled = False
        self.cancelled = False
        self.stopped: CycleStopped | None = None

    @property
    def over(self) -> bool:
        return self.settled or self.cancelled

    @property
    def step(self) -> Step:
        """What the tranche waits for."""
        if self._suspended:
            return "suspension"
        if self._next == "issue" and self._unpayable_since > self._confirmed_at:
            return "bank_details"
        return self._next

    def unpayable(self, at: datetime) -> None:
        """Payment is refused for the bank details as they are at ``at``."""
        self._unpayable_since = max(self._unpayable_since, at)
        self.since = at

    def apply(self, event: Event, at: datetime) -> None:
        match event:
            case TrancheRequested():
                self._move(self._before_order, at)
            case ServiceCertified() | PaymentRefused():
                self._move("order", at)
            case PaymentOrdered():
                self._move("acceptance", at)
            case PaymentSuspended():
                self._suspended, self.since = True, at
            case SuspensionLifted():
                self._suspended, self.since = False, at
            case PaymentAccepted():
                self._move("issue", at)
            case PaymentIssued():
                self._move("settlement", at)
            case PaymentRejected():
                self.rejections += 1
                self._move("issue", at)
                self.unpayable(at)
            case BankDetailsConfirmed():
                self._confirmed_at = max(self._confirmed_at, self._unpayable_since, at)
            case PaymentSettled():
                self.settled = True
            case TrancheCancelled():
                self.cancelled = True
            case CycleStopped():
                self.stopped = event

    def _move(self, step: Step, at: datetime) -> None:
        self._next, self._suspended, self.since = step, False, at
