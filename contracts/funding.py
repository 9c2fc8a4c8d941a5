"""Events of envelopes, agreements and recoveries, and the commands that a cycle's workflow sends. Amounts in euro cents."""

from typing import ClassVar, Literal

from contracts.model import (
    Cents,
    Code,
    Command,
    Departement,
    Event,
    Id,
    Instant,
    Siret,
    Theme,
)
from contracts.model import CommandRefused as _CommandRefused
from contracts.programme import TrancheRule


class _Event(Event):
    service: ClassVar[str] = "funding"


class _Command(Command):
    service: ClassVar[str] = "funding"


class EnvelopeOpened(_Event):
    """The envelope's id is the call's."""

    type: Literal["EnvelopeOpened"] = "EnvelopeOpened"
    version: Literal[1] = 1
    envelope_id: Id
    amount_cents: Cents
    funding_source: Code


class EnvelopeChanged(_Event):
    """A dated decision changed the amount from ``previous_cents``."""

    type: Literal["EnvelopeChanged"] = "EnvelopeChanged"
    version: Literal[1] = 1
    envelope_id: Id
    previous_cents: Cents
    amount_cents: Cents
    decided_at: Instant


class AgreementPrepared(_Event):
    """The agreement's id is the initiative's."""

    type: Literal["AgreementPrepared"] = "AgreementPrepared"
    version: Literal[1] = 1
    agreement_id: Id
    envelope_id: Id
    owner_id: Id
    amount_cents: Cents


class AgreementSigned(_Event):
    """Both have signed: ``amount_cents`` of the envelope is committed (engagement juridique)."""

    type: Literal["AgreementSigned"] = "AgreementSigned"
    version: Literal[1] = 1
    agreement_id: Id
    envelope_id: Id
    amount_cents: Cents
    signed_at: Instant
    theme: Theme
    departement: Departement


class CommitmentReleased(_Event):
    type: Literal["CommitmentReleased"] = "CommitmentReleased"
    version: Literal[1] = 1
    agreement_id: Id
    envelope_id: Id
    amount_cents: Cents


class AgreementClosed(_Event):
    type: Literal["AgreementClosed"] = "AgreementClosed"
    version: Literal[1] = 1
    agreement_id: Id
    paid_cents: Cents
    owners: tuple[Id, ...] = ()


class BankDetailsSubmitted(_Event):
    """New bank details: payments of the agreement wait until two agents have confirmed them."""

    type: Literal["BankDetailsSubmitted"] = "BankDetailsSubmitted"
    version: Literal[1] = 1
    agreement_id: Id


class BankDetailsConfirmed(_Event):
    type: Literal["BankDetailsConfirmed"] = "BankDetailsConfirmed"
    version: Literal[1] = 1
    agreement_id: Id
    confirmed_by: tuple[Id, ...]


class RecoveryOrdered(_Event):
    """Titre de perception: booked apart, never netted from what was paid."""

    type: Literal["RecoveryOrdered"] = "RecoveryOrdered"
    version: Literal[1] = 1
    recovery_id: Id
    agreement_id: Id
    envelope_id: Id
    amount_cents: Cents
    reason: Code
    ordered_by: Id
    owner_id: Id


class RecoveryCollected(_Event):
    type: Literal["RecoveryCollected"] = "RecoveryCollected"
    version: Literal[1] = 1
    recovery_id: Id
    agreement_id: Id
    envelope_id: Id
    amount_cents: Cents


class GrantPublished(_Event):
    """The public record of a grant (scdl/subventions 2.1.1). On the allow-list: purpose and a legal person's name."""

    type: Literal["GrantPublished"] = "GrantPublished"
    version: Literal[1] = 1
    agreement_id: Id
    call_id: Id
    agreed_on: str
    reference: str
    beneficiary_name: str | None
    beneficiary_siret: Siret | None
    beneficiary_rna: str | None
    purpose: str
    amount_cents: Cents
    nature: Literal["aide en numéraire", "aide en nature", "aide en numéraire;aide en nature"]
    conditions: str
    payment_period: str
    eu_notification: bool
    share: float
    scheme: str


class FundingCommandRefused(_CommandRefused):
    service: ClassVar[str] = "funding"
    type: Literal["FundingCommandRefused"] = "FundingCommandRefused"
    version: Literal[1] = 1


class PrepareAgreement(_Command):
    type: Literal["PrepareAgreement"] = "PrepareAgreement"
    version: Literal[1] = 1
    initiative_id: Id
    call_id: Id
    owner_id: Id
    theme: Theme
    departement: Departement
    tranches: tuple[TrancheRule, ...]


class ReleaseCommitment(_Command):
    """The cycle was stopped: what is committed and unpaid goes back to the envelope."""

    type: Literal["ReleaseCommitment"] = "ReleaseCommitment"
    version: Literal[1] = 1
    agreement_id: Id
    reason: Code


class CloseAgreement(_Command):
    type: Literal["CloseAgreement"] = "CloseAgreement"
    version: Literal[1] = 1
    agreement_id: Id
