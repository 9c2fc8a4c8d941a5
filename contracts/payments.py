"""Events of tranches and payments, published by funding, and the commands of a disbursement. Amounts in euro cents."""

from typing import ClassVar, Literal

from contracts.model import Cents, Code, Command, Event, Id, Instant


class _Event(Event):
    service: ClassVar[str] = "funding"


class _Command(Command):
    service: ClassVar[str] = "funding"


class _Tranche(_Event):
    tranche_id: Id
    agreement_id: Id


class TrancheOpened(_Tranche):
    """The condition is met; starts the tranche's disbursement."""

    type: Literal["TrancheOpened"] = "TrancheOpened"
    version: Literal[1] = 1
    code: Code
    amount_cents: Cents
    advance: bool
    owner_id: Id


class TrancheRequested(_Tranche):
    type: Literal["TrancheRequested"] = "TrancheRequested"
    version: Literal[1] = 1


class ServiceCertified(_Tranche):
    """Service fait, certified by the authorising officer's side."""

    type: Literal["ServiceCertified"] = "ServiceCertified"
    version: Literal[1] = 1
    certified_by: Id


class PaymentOrdered(_Tranche):
    type: Literal["PaymentOrdered"] = "PaymentOrdered"
    version: Literal[1] = 1
    ordered_by: Id
    amount_cents: Cents


class PaymentSuspended(_Tranche):
    type: Literal["PaymentSuspended"] = "PaymentSuspended"
    version: Literal[1] = 1
    suspended_by: Id
    reason: Code


class SuspensionLifted(_Tranche):
    type: Literal["SuspensionLifted"] = "SuspensionLifted"
    version: Literal[1] = 1
    lifted_by: Id


class PaymentRefused(_Tranche):
    """The accountant rejects the order; the tranche goes back to before the order."""

    type: Literal["PaymentRefused"] = "PaymentRefused"
    version: Literal[1] = 1
    refused_by: Id
    reason: Code


class PaymentAccepted(_Tranche):
    """The accountant's check is passed (visa): the payment may be issued."""

    type: Literal["PaymentAccepted"] = "PaymentAccepted"
    version: Literal[1] = 1
    accepted_by: Id


class PaymentIssued(_Tranche):
    type: Literal["PaymentIssued"] = "PaymentIssued"
    version: Literal[1] = 1
    payment_id: Id
    attempt: int
    amount_cents: Cents


class PaymentSettled(_Tranche):
    type: Literal["PaymentSettled"] = "PaymentSettled"
    version: Literal[1] = 1
    envelope_id: Id
    payment_id: Id
    amount_cents: Cents
    settled_at: Instant
    owner_id: Id


class PaymentRejected(_Tranche):
    """Rejected by the bank, with the ISO 20022 reason code in lower case (``ac04``: account closed)."""

    type: Literal["PaymentRejected"] = "PaymentRejected"
    version: Literal[1] = 1
    payment_id: Id
    reason: Code
    owner_id: Id


class StepUndone(_Tranche):
    """One step of the chain was undone because the tranche is cancelled."""

    type: Literal["StepUndone"] = "StepUndone"
    version: Literal[1] = 1
    step: Literal["payment", "acceptance", "order", "certification", "request"]
    reason: Code


class TrancheCancelled(_Tranche):
    type: Literal["TrancheCancelled"] = "TrancheCancelled"
    version: Literal[1] = 1
    reason: Code


class TrancheOverdue(_Tranche):
    """A person has been waited for too long at this step: the officer is told."""

    type: Literal["TrancheOverdue"] = "TrancheOverdue"
    version: Literal[1] = 1
    step: Code


class OpenTranche(_Command):
    """The tranche's condition is met. Its id is uuid5(agreement id, tranche code)."""

    type: Literal["OpenTranche"] = "OpenTranche"
    version: Literal[1] = 1
    agreement_id: Id
    code: Code


class IssuePayment(_Command):
    type: Literal["IssuePayment"] = "IssuePayment"
    version: Literal[1] = 1
    tranche_id: Id


class UndoStep(_Command):
    """Undo the last step of the chain that stands; answered by StepUndone, or by TrancheCancelled when none is left."""

    type: Literal["UndoStep"] = "UndoStep"
    version: Literal[1] = 1
    tranche_id: Id
    reason: Code


class EscalateTranche(_Command):
    type: Literal["EscalateTranche"] = "EscalateTranche"
    version: Literal[1] = 1
    tranche_id: Id
    step: Code
