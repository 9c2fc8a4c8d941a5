"""What persons ask of funding over HTTP, and what funding asks of its own aggregates. Workflows' commands are in contracts."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.model import Cents, Code, Command, Digest, Id, Instant

Amount = Annotated[int, Field(strict=True, gt=0, le=10**13, description="euro cents")]


class _Command(Command):
    service: ClassVar[str] = "funding"
    version: Literal[1] = 1


class OpenEnvelope(_Command):
    type: Literal["OpenEnvelope"] = "OpenEnvelope"
    envelope_id: Id
    number: str
    months: int
    amount_cents: Cents
    funding_source: Code


class DecideEnvelope(_Command):
    type: Literal["DecideEnvelope"] = "DecideEnvelope"
    envelope_id: Id
    by: Id
    amount_cents: Cents
    decided_at: Instant | None
    reason: Code


class Reserve(_Command):
    """Ask the envelope for an agreement's amount; each ``attempt`` is answered once and for all."""

    type: Literal["Reserve"] = "Reserve"
    envelope_id: Id
    agreement_id: Id
    attempt: int
    amount_cents: Cents


class NoteMovements(_Command):
    """Bring the envelope's figures of one agreement up to date."""

    type: Literal["NoteMovements"] = "NoteMovements"
    envelope_id: Id
    agreement_id: Id


class _ByPerson(_Command):
    by: Id


class Sign(_ByPerson):
    type: Literal["Sign"] = "Sign"
    agreement_id: Id
    signatory: str


class Countersign(_ByPerson):
    type: Literal["Countersign"] = "Countersign"
    agreement_id: Id


class Conclude(_Command):
    """The envelope's answer to a countersignature comes back to the agreement."""

    type: Literal["Conclude"] = "Conclude"
    agreement_id: Id
    attempt: int
    granted: bool


class SubmitBankDetails(_ByPerson):
    type: Literal["SubmitBankDetails"] = "SubmitBankDetails"
    agreement_id: Id
    holder: str
    iban: str
    bic: str | None
    proof: Digest


class ConfirmBankDetails(_ByPerson):
    type: Literal["ConfirmBankDetails"] = "ConfirmBankDetails"
    agreement_id: Id
    details_version: int | None


class FileReport(_ByPerson):
    type: Literal["FileReport"] = "FileReport"
    agreement_id: Id
    year: int
    document: Digest


class _OnTranche(_ByPerson):
    tranche_id: Id


class RequestTranche(_OnTranche):
    type: Literal["RequestTranche"] = "RequestTranche"


class CertifyService(_OnTranche):
    type: Literal["CertifyService"] = "CertifyService"


class OrderPayment(_OnTranche):
    type: Literal["OrderPayment"] = "OrderPayment"


class AcceptPayment(_OnTranche):
    type: Literal["AcceptPayment"] = "AcceptPayment"


class SuspendPayment(_OnTranche):
    type: Literal["SuspendPayment"] = "SuspendPayment"
    reason: Code


class LiftSuspension(_OnTranche):
    type: Literal["LiftSuspension"] = "LiftSuspension"


class RefusePayment(_OnTranche):
    type: Literal["RefusePayment"] = "RefusePayment"
    reason: Code


class TakeStatement(_ByPerson):
    """A report of the bank is about to be applied; ``digest`` is its SHA-256."""

    type: Literal["TakeStatement"] = "TakeStatement"
    digest: Digest


class ApplyBankAnswer(_ByPerson):
    """One transaction of a pain.002: ``reason`` is there when the bank rejected it, ``amount_cents`` when it repeats it."""

    type: Literal["ApplyBankAnswer"] = "ApplyBankAnswer"
    payment_id: Id
    message_id: str
    settled: bool
    reason: Code | None = None
    amount_cents: Cents | None = None


class OrderRecovery(_ByPerson):
    type: Literal["OrderRecovery"] = "OrderRecovery"
    agreement_id: Id
    amount_cents: Amount
    reason: Code


class CollectRecovery(_ByPerson):
    type: Literal["CollectRecovery"] = "CollectRecovery"
    recovery_id: Id
