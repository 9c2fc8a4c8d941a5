"""Agreements: signed by both, stopped, closed; bank details; reports; recoveries."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contracts.decision import NotFound, Refusal
from contracts.funding import AgreementPrepared, CloseAgreement, GrantPublished, ReleaseCommitment
from contracts.programme import TrancheRule
from services.funding import commands
from services.funding.domain import recovery, refusals, reports, signing
from tests.funding import IBAN, OTHER_IBAN, RECORD, RULES, Story


def names(events: object) -> list[str]:
    return [type(event).__name__ for event in events]  # type: ignore[attr-defined]


def release(story: Story) -> tuple[object, ...]:
    command = ReleaseCommitment(command_id=uuid4(), agreement_id=story.agreement_id, reason="committee")
    return story.take(signing.release(story.agreement, command, story.now))


def close(story: Story) -> tuple[object, ...]:
    command = CloseAgreement(command_id=uuid4(), agreement_id=story.agreement_id)
    return story.take(signing.close(story.agreement, command, story.now))


def recover(story: Story, cents: int) -> tuple[object, ...]:
    command = story.make(
        commands.OrderRecovery, by=story.officer, agreement_id=story.agreement_id, amount_cents=cents, reason="stopped"
    )
    return story.take(recovery.order_recovery(story.agreement, command, story.now))


def test_signing_by_both_commits_and_publishes_the_grant() -> None:
    story = Story()
    (prepared,) = story.prepare()
    assert isinstance(prepared, AgreementPrepared)
    assert (prepared.owner_id, prepared.amount_cents) == (story.owner, 140_000_00)
    assert names(story.sign()) == []
    assert names(story.countersign()) == []
    signed, grant = story.conclude()
    assert names([signed, grant]) == ["AgreementSigned", "GrantPublished"]
    assert isinstance(grant, GrantPublished)
    assert (grant.agreed_on, grant.payment_period) == ("2022-03-01", "2022-03-01/2022-06-01")
    assert (grant.beneficiary_name, grant.reference) == (RECORD.organisation_name, RECORD.number)
    assert grant.conditions == "80000,00 EUR à la signature; 60000,00 EUR après le comité d'accélération"
    assert story.agreement
    assert story.agreement.committed_cents == 140_000_00


def test_a_natural_person_is_not_named_in_the_public_record() -> None:
    person = RECORD.model_copy(update={"applicant_kind": "person", "organisation_name": "Ada Synthétique"})
    story = Story(person)
    story.prepare()
    story.sign()
    story.countersign()
    _, grant = story.conclude()
    assert isinstance(grant, GrantPublished)
    assert (grant.beneficiary_name, grant.beneficiary_siret, grant.beneficiary_rna) == (None, None, None)


@pytest.mark.parametrize(
    "rules",
    [(), (RULES[0], RULES[0]), (TrancheRule(code="nothing", amount_cents=0, after="agreement"),)],
    ids=["no tranche", "same code twice", "amount 0"],
)
def test_an_agreement_needs_amounts(rules: tuple[TrancheRule, ...]) -> None:
    with pytest.raises(refusals.NothingToGrant):
        Story().prepare(rules)


def test_signatures_come_in_turn() -> None:
    story = Story()
    story.prepare()
    with pytest.raises(refusals.AlreadyPrepared):
        story.prepare()
    with pytest.raises(refusals.OutOfTurn) as refused:
        story.countersign()
    assert refused.value.allowed == ("signature",)
    with pytest.raises(refusals.OutOfTurn):
        story.submit()
    story.sign()
    with pytest.raises(refusals.OutOfTurn):
        story.sign()


def test_only_the_owner_signs_and_only_another_countersigns() -> None:
    story = Story()
    story.prepare()
    stranger = story.make(commands.Sign, by=uuid4(), agreement_id=story.agreement_id, signatory="x")
    with pytest.raises(NotFound):
        signing.sign(story.agreement, stranger, RECORD, story.now)
    story.sign()
    story.officer = story.owner
    with pytest.raises(refusals.SeparationOfFunctions):
        story.countersign()


def test_a_state_service_is_told_that_its_transfer_is_not_here_yet() -> None:
    story = Story(RECORD.model_copy(update={"applicant_kind": "state_service"}))
    story.prepare()
    with pytest.raises(refusals.NotYetSupported) as refused:
        story.sign()
    assert refused.value.code == "not_yet_supported"


def test_a_refused_attempt_goes_back_and_another_may_follow() -> None:
    story = Story()
    story.prepare()
    story.sign()
    story.countersign()
    assert story.conclude(granted=False) == ()
    assert story.agreement
    assert (story.agreement.status, story.agreement.committed_cents) == ("signed_by_beneficiary", 0)
    story.countersign()
    assert story.conclude(granted=True, attempt=1) == (), "an old attempt's answer changes nothing"
    assert names(story.conclude(granted=True, attempt=2)) == ["AgreementSigned", "GrantPublished"]
    assert story.conclude(granted=True, attempt=2) == (), "once"


def test_a_stop_releases_what_is_unpaid_and_keeps_what_is_at_the_bank() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    story.issue()
    (released,) = release(story)
    assert released.amount_cents == 60_000_00  # type: ignore[attr-defined]
    rejected, late = story.bank(False)
    assert names([rejected, late]) == ["PaymentRejected", "CommitmentReleased"]
    assert story.agreement
    assert story.agreement.committed_cents == story.agreement.paid_cents == 0
    with pytest.raises(refusals.AgreementStopped):
        story.issue()


def test_a_payment_at_the_bank_may_settle_after_the_stop() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    story.issue()
    release(story)
    assert names(story.bank(True)) == ["PaymentSettled"]
    assert story.agreement
    assert story.agreement.committed_cents == story.agreement.paid_cents == 80_000_00
    (again,) = release(story)
    assert again.amount_cents == 0  # type: ignore[attr-defined]


def test_closing_waits_for_tranches_and_releases_the_rest() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    with pytest.raises(refusals.TranchesUnderWay) as refused:
        close(story)
    assert refused.value.allowed == ["start"]
    story.issue()
    story.bank(True)
    released, closed = close(story)
    assert names([released, closed]) == ["CommitmentReleased", "AgreementClosed"]
    assert closed.paid_cents == 80_000_00  # type: ignore[attr-defined]
    with pytest.raises(refusals.AgreementEnded):
        close(story)


@pytest.mark.parametrize(
    ("iban", "bic", "refusal"),
    [
        ("FR7630006000011234567890188", None, refusals.IbanInvalid),
        ("not-an-iban", None, refusals.IbanInvalid),
        ("BR1500000000000010932840814P2", None, refusals.IbanInvalid),
        (IBAN, "nonsense", refusals.BicInvalid),
        (IBAN, "DEUTDEFF", refusals.BicInvalid),
    ],
    ids=["wrong key", "no iban", "outside of SEPA", "no bic", "bic of another country"],
)
def test_wrong_bank_details_are_refused_without_repeating_them(
    iban: str, bic: str | None, refusal: type[Refusal]
) -> None:
    story = Story().signed()
    with pytest.raises(refusal) as refused:
        story.submit(iban, bic=bic)
    assert iban not in repr((refused.value, refused.value.detail, refused.value.allowed))


def test_the_holder_is_the_beneficiary_however_a_bank_prints_it() -> None:
    story = Story().signed()
    story.submit(holder="ASSOCIATION SYNTHETIQUE D ETE")
    with pytest.raises(refusals.HolderMismatch):
        story.submit(holder="Somebody Else")


def test_two_different_agents_confirm_and_new_details_start_again() -> None:
    story = Story().signed()
    assert names(story.submit()) == ["BankDetailsSubmitted"]
    story.confirm(story.officer)
    with pytest.raises(refusals.AlreadyConfirmed):
        story.confirm(story.officer)
    with pytest.raises(refusals.SeparationOfFunctions):
        story.confirm(story.owner)
    (confirmed,) = story.confirm(story.accountant, version=1)
    assert confirmed.confirmed_by == (story.officer, story.accountant)  # type: ignore[attr-defined]
    with pytest.raises(refusals.AlreadyConfirmed):
        story.confirm(story.programme_officer)
    story.submit(OTHER_IBAN)
    with pytest.raises(refusals.BankDetailsChanged) as refused:
        story.confirm(story.officer, version=1)
    assert refused.value.allowed == [2]
    story.accepted()
    with pytest.raises(refusals.BankDetailsUnconfirmed):
        story.issue()


def test_a_late_report_holds_back_the_next_payment() -> None:
    story = Story().signed()
    story.details()
    story.paid()
    story.accepted("committee")
    story.now = datetime(2023, 6, 30, 21, 59, tzinfo=UTC)
    reports.check_reports(story.agreement, story.now)  # type: ignore[arg-type]
    story.now = datetime(2023, 6, 30, 22, 0, tzinfo=UTC)
    with pytest.raises(refusals.FinancialReportOverdue) as refused:
        story.issue("committee")
    assert refused.value.allowed == [2022]
    facts = {"by": story.owner, "agreement_id": story.agreement_id, "document": "b" * 64}
    with pytest.raises(refusals.ReportRefused):
        reports.file_report(story.agreement, story.make(commands.FileReport, year=2021, **facts))
    story.take(reports.file_report(story.agreement, story.make(commands.FileReport, year=2022, **facts)))
    assert names(story.issue("committee")) == ["PaymentIssued"]


def test_recoveries_stay_within_what_was_paid_and_apart_from_it() -> None:
    story = Story().signed()
    story.details()
    with pytest.raises(refusals.RecoveryExceedsPaid):
        recover(story, 1)
    story.paid()
    (ordered,) = recover(story, 30_000_00)
    with pytest.raises(refusals.RecoveryExceedsPaid) as refused:
        recover(story, 50_000_01)
    assert refused.value.allowed == {"maximum": 50_000_00}
    command = story.make(commands.CollectRecovery, by=story.officer, recovery_id=ordered.recovery_id)  # type: ignore[attr-defined]
    with pytest.raises(refusals.SeparationOfFunctions):
        recovery.collect(story.agreement, command, story.now)
    command = command.model_copy(update={"by": story.accountant})
    assert names(story.take(recovery.collect(story.agreement, command, story.now))) == ["RecoveryCollected"]
    with pytest.raises(refusals.AlreadyCollected):
        recovery.collect(story.agreement, command, story.now)
    assert story.agreement
    assert (story.agreement.paid_cents, story.agreement.collected_cents) == (80_000_00, 30_000_00)
