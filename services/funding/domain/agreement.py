"""The agreement (convention) with its tranches, payments, bank details and recoveries: what it is, and what follows from it."""

from typing import Literal
from uuid import UUID, uuid5

from pydantic import Field, computed_field

from contracts.applications import ApplicantKind
from contracts.decision import NotFound
from contracts.model import Cents, Code, Departement, Id, Instant, Model, Siret, Theme
from services.funding.domain.chain import Tranche
from services.funding.domain.refusals import AgreementEnded, AgreementNotSigned, AgreementStopped, TrancheUnknown

AgreementStatus = Literal["prepared", "signed_by_beneficiary", "committing", "signed", "stopped", "closed"]
CONFIRMATIONS = 2
CONFIRMING = ("programme_officer", "authorising_officer", "accountant")


_WAITING = {
    "request": ("applicant",),
    "certification": ("authorising_officer",),
    "order": ("authorising_officer",),
    "acceptance": ("accountant",),
    "suspension_lift": ("accountant",),
    "issue": ("accountant",),
}


class Recovery(Model):
    recovery_id: Id
    amount_cents: Cents
    reason: Code
    ordered_by: Id
    ordered_at: Instant
    collected_at: Instant | None = None


class BankDetails(Model):
    """Personal: sealed. ``proof`` is the digest of the document that shows the account and its holder."""

    holder: str
    iban: str
    bic: str | None
    proof: str


class Report(Model):
    """A financial report on a year, by the digest of its document."""

    year: int
    document: str


class BankCheck(Model):
    """How far the current bank details are: every new set has the next ``version`` and starts unconfirmed."""

    version: int
    submitted_at: Instant
    confirmed_by: tuple[Id, ...] = ()

    @property
    def confirmed(self) -> bool:
        return len(self.confirmed_by) >= CONFIRMATIONS


class Private(Model):
    """What is sealed under the owner's key: the beneficiary's name, the account, and the accounts of payments by their id."""

    beneficiary: str
    current: BankDetails | None = None
    used: dict[str, BankDetails] = Field(default_factory=dict)


class PublicRecord(Model):
    """The laureate's public record as applications published it."""

    number: str
    purpose: str
    applicant_kind: ApplicantKind
    organisation_name: str | None
    siret: Siret | None
    rna: str | None


class Work(Model):
    """Something that waits for a person of ``role``; the amount is that of the part, or of the agreement where it is none."""

    role: str
    step: str
    part_id: Id | None = None
    since: Instant
    amount_cents: Cents


class Agreement(Model):
    """``attempt`` counts the countersignatures; ``orderers`` and ``payers`` are who has acted on either side."""

    agreement_id: Id
    envelope_id: Id
    owner_id: Id
    theme: Theme
    departement: Departement
    amount_cents: Cents
    tranches: tuple[Tranche, ...]
    status: AgreementStatus = "prepared"
    since: Instant
    attempt: int = 0
    signed_at: Instant | None = None
    closed_at: Instant | None = None
    released_cents: Cents = 0
    record: PublicRecord | None = None
    bank: BankCheck | None = None
    recoveries: tuple[Recovery, ...] = ()
    reported_years: tuple[int, ...] = ()
    reports: tuple[Report, ...] = ()
    orderers: tuple[Id, ...] = ()
    payers: tuple[Id, ...] = ()
    private: Private | None = None

    @property
    def committed_cents(self) -> int:
        return self.amount_cents - self.released_cents if self.signed_at else 0

    @property
    def paid_cents(self) -> int:
        return sum(each.amount_cents for each in self.tranches if each.status == "settled")

    @property
    def in_flight_cents(self) -> int:
        return sum(each.amount_cents for each in self.tranches if each.status == "issued")

    @property
    def releasable_cents(self) -> int:
        """Committed, and neither paid nor at the bank."""
        return max(0, self.committed_cents - self.paid_cents - self.in_flight_cents)

    @property
    def recovered_cents(self) -> int:
        """What recovery orders ask back, collected or not."""
        return sum(each.amount_cents for each in self.recoveries)

    @property
    def collected_cents(self) -> int:
        return sum(each.amount_cents for each in self.recoveries if each.collected_at)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of everything inside, by which a store finds the agreement."""
        payments = [payment.payment_id for tranche in self.tranches for payment in tranche.payments]
        ids = [each.tranche_id for each in self.tranches] + payments + [each.recovery_id for each in self.recoveries]
        return tuple(map(str, ids))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def waits_for(self) -> tuple[str, ...]:
        """The roles that have something to do here."""
        return tuple(sorted({work.role for work in self.work}))

    @computed_field  # type: ignore[prop-decorator]
    @property
    def work(self) -> tuple[Work, ...]:
        """What waits for whom, tranche by tranche; kept, so that a store finds and sorts it."""
        found = []
        if self.status == "prepared":
            found.append(self._whole("applicant", "signature", self.since))
        if self.status == "signed_by_beneficiary":
            found.append(self._whole("authorising_officer", "countersignature", self.since))
        if self.bank and not self.bank.confirmed and self.status not in ("stopped", "closed"):
            at = self.bank.submitted_at
            found += [self._whole(role, "bank_details_confirmation", at) for role in CONFIRMING]
        if self.status == "signed":
            found += [work for tranche in self.tranches for work in _work_of(tranche)]
        return (*found, *(_collection(each) for each in self.recoveries if not each.collected_at))

    def _whole(self, role: str, step: str, since: Instant) -> Work:
        return Work(role=role, step=step, since=since, amount_cents=self.amount_cents)

    def tranche(self, tranche_id: UUID) -> Tranche:
        """The tranche of that id. Raises ``TrancheUnknown``."""
        for tranche in self.tranches:
            if tranche.tranche_id == tranche_id:
                return tranche
        raise TrancheUnknown

    def with_tranche(self, changed: Tranche) -> "Agreement":
        """The agreement with ``changed`` in the place of the tranche of its id."""
        tranches = tuple(changed if each.tranche_id == changed.tranche_id else each for each in self.tranches)
        return self.model_copy(update={"tranches": tranches})


def _work_of(tranche: Tranche) -> list[Work]:
    if not tranche.under_way or tranche.cancelling:
        return []
    step, part = tranche.steps[0], {"part_id": tranche.tranche_id, "amount_cents": tranche.amount_cents}
    return [Work(role=role, step=step, since=tranche.since, **part) for role in _WAITING.get(step, ())]


def _collection(recovery: Recovery) -> Work:
    part = {"part_id": recovery.recovery_id, "amount_cents": recovery.amount_cents}
    return Work(role="accountant", step="collection", since=recovery.ordered_at, **part)


def tranche_id_of(agreement_id: UUID, code: str) -> UUID:
    return uuid5(agreement_id, code)


def known(agreement: Agreement | None) -> Agreement:
    """The agreement. Raises ``NotFound`` for none."""
    if agreement is None:
        raise NotFound("There is no such agreement")
    return agreement


def running(agreement: Agreement | None) -> Agreement:
    """The agreement when it is signed and goes on. Raises the refusal that says why it does not."""
    agreement = known(agreement)
    if agreement.status == "stopped":
        raise AgreementStopped
    if agreement.status == "closed":
        raise AgreementEnded
    if agreement.status != "signed":
        raise AgreementNotSigned
    return agreement
