"""An agreement and its people, for tests of funding's pure domain: each step by who does it, with season time going on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.decision import Decision
from contracts.funding import PrepareAgreement
from contracts.model import Event
from contracts.payments import IssuePayment, OpenTranche
from contracts.programme import TrancheRule
from services.funding import commands
from services.funding.domain import bank_details, payment, signing, tranche
from services.funding.domain.agreement import Agreement, PublicRecord, tranche_id_of

START = datetime(2022, 3, 1, 9, 0, tzinfo=UTC)
IBAN = "FR7630006000011234567890189"
OTHER_IBAN = "FR1420041010050500013M02606"
PROOF = "a" * 64
RULES = (
    TrancheRule(code="start", amount_cents=80_000_00, after="agreement", advance=True),
    TrancheRule(code="committee", amount_cents=60_000_00, after="acceleration_committee"),
)
RECORD = PublicRecord(
    number="AIC-2021-000042",
    purpose="Objet synthétique",
    applicant_kind="association",
    organisation_name="Association Synthétique d'Été",
    siret="73282932000074",
    rna=None,
)


class Story:
    """One agreement in memory. Every method gives the events of its step; ``agreement`` is what came of it."""

    def __init__(self, record: PublicRecord = RECORD) -> None:
        self.agreement_id, self.envelope_id = uuid4(), uuid4()
        self.owner, self.officer, self.accountant, self.programme_officer = uuid4(), uuid4(), uuid4(), uuid4()
        self.record, self.now = record, START
        self.agreement: Agreement | None = None
        self.events: list[Event] = []

    def take(self, decision: Decision[Agreement]) -> tuple[Event, ...]:
        self.agreement = decision.state
        self.events += decision.events
        self.now += timedelta(hours=1)
        return decision.events

    def prepare(self, rules: tuple[TrancheRule, ...] = RULES) -> tuple[Event, ...]:
        command = PrepareAgreement(
            command_id=uuid4(),
            initiative_id=self.agreement_id,
            call_id=self.envelope_id,
            owner_id=self.owner,
            theme="health",
            departement="75",
            tranches=rules,
        )
        return self.take(signing.prepare(self.agreement, command, self.now))

    def sign(self) -> tuple[Event, ...]:
        command = self.make(commands.Sign, by=self.owner, agreement_id=self.agreement_id, signatory="Ada Synthétique")
        return self.take(signing.sign(self.agreement, command, self.record, self.now))

    def countersign(self) -> tuple[Event, ...]:
        command = self.make(commands.Countersign, by=self.officer, agreement_id=self.agreement_id)
        return self.take(signing.countersign(self.agreement, command, self.now))

    def conclude(self, granted: bool = True, attempt: int = 1) -> tuple[Event, ...]:
        command = self.make(commands.Conclude, agreement_id=self.agreement_id, attempt=attempt, granted=granted)
        return self.take(signing.conclude(self.agreement, command, "AIC-2021", 3, self.now))

    def signed(self) -> "Story":
        self.prepare()
        self.sign()
        self.countersign()
        self.conclude()
        return self

    def submit(self, iban: str = IBAN, holder: str | None = None, bic: str | None = None) -> tuple[Event, ...]:
        facts = {"holder": holder or self.record.organisation_name or "Ada Synthétique", "iban": iban, "bic": bic}
        command = self.make(
            commands.SubmitBankDetails, by=self.owner, agreement_id=self.agreement_id, proof=PROOF, **facts
        )
        return self.take(bank_details.submit(self.agreement, command, self.now))

    def confirm(self, by: UUID, version: int | None = None) -> tuple[Event, ...]:
        command = self.make(commands.ConfirmBankDetails, by=by, agreement_id=self.agreement_id, details_version=version)
        return self.take(bank_details.confirm(self.agreement, command))

    def details(self, iban: str = IBAN) -> None:
        self.submit(iban)
        self.confirm(self.programme_officer)
        self.confirm(self.accountant)

    def tranche_id(self, code: str = "start") -> UUID:
        return tranche_id_of(self.agreement_id, code)

    def step(self, name: str, code: str = "start", by: UUID | None = None, **facts: Any) -> tuple[Event, ...]:
        """A step of the chain by whoever it belongs to, or by ``by``."""
        function, kind, person = _STEPS[name]
        facts = {"by": by or getattr(self, person), "tranche_id": self.tranche_id(code), **facts}
        return self.take(function(self.agreement, self.make(kind, **facts), self.now))

    def open(self, code: str = "start") -> tuple[Event, ...]:
        command = OpenTranche(command_id=uuid4(), agreement_id=self.agreement_id, code=code)
        return self.take(tranche.open_tranche(self.agreement, command, self.now))

    def accepted(self, code: str = "start") -> "Story":
        self.open(code)
        advance = code == "start"
        for name in ("request", *(() if advance else ("certification",)), "order", "acceptance"):
            self.step(name, code)
        return self

    def issue(self, code: str = "start") -> tuple[Event, ...]:
        command = IssuePayment(command_id=uuid4(), tranche_id=self.tranche_id(code))
        return self.take(payment.issue(self.agreement, command, self.now))

    def bank(self, settled: bool, code: str = "start", message: str = "M1", **facts: Any) -> tuple[Event, ...]:
        """The bank answers the tranche's last payment."""
        assert self.agreement is not None
        last = self.agreement.tranche(self.tranche_id(code)).payments[-1].payment_id
        facts = {"payment_id": last, "settled": settled, "reason": None if settled else "ac04", **facts}
        command = self.make(commands.ApplyBankAnswer, by=self.accountant, message_id=message, **facts)
        return self.take(payment.answered(self.agreement, command, self.now))

    def paid(self, code: str = "start") -> "Story":
        self.accepted(code)
        self.issue(code)
        self.bank(True, code)
        return self

    @staticmethod
    def make(kind: Any, **facts: Any) -> Any:
        return kind(command_id=uuid4(), **facts)


_STEPS: dict[str, tuple[Any, Any, str]] = {
    "request": (tranche.request, commands.RequestTranche, "owner"),
    "certification": (tranche.certify, commands.CertifyService, "officer"),
    "order": (tranche.order, commands.OrderPayment, "officer"),
    "acceptance": (tranche.accept, commands.AcceptPayment, "accountant"),
    "suspension": (tranche.suspend, commands.SuspendPayment, "accountant"),
    "suspension_lift": (tranche.lift, commands.LiftSuspension, "accountant"),
    "refusal": (tranche.refuse, commands.RefusePayment, "accountant"),
}


def names(events: tuple[object, ...]) -> list[str]:
    """What happened, by the events' own names."""
    return [type(event).__name__ for event in events]
