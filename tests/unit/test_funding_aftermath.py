"""What goes with a payment: bank details, financial reports, recoveries."""

from datetime import UTC, datetime

import pytest

from contracts.decision import Refusal
from services.funding import commands
from services.funding.domain import recovery, refusals, reports
from tests.funding import IBAN, OTHER_IBAN, Story, names


def recover(story: Story, cents: int) -> tuple[object, ...]:
    command = story.make(
        commands.OrderRecovery, by=story.officer, agreement_id=story.agreement_id, amount_cents=cents, reason="stopped"
    )
    return story.take(recovery.order_recovery(story.agreement, command, story.now))


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
