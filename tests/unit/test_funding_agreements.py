"""Agreements: signed by both, stopped, closed."""

from uuid import uuid4

import pytest

from contracts.decision import NotFound
from contracts.funding import AgreementPrepared, CloseAgreement, GrantPublished, ReleaseCommitment
from contracts.programme import TrancheRule
from services.funding import commands
from services.funding.domain import refusals, signing
from tests.funding import RECORD, RULES, Story, names


def release(story: Story) -> tuple[object, ...]:
    command = ReleaseCommitment(command_id=uuid4(), agreement_id=story.agreement_id, reason="committee")
    return story.take(signing.release(story.agreement, command, story.now))


def close(story: Story) -> tuple[object, ...]:
    command = CloseAgreement(command_id=uuid4(), agreement_id=story.agreement_id)
    return story.take(signing.close(story.agreement, command, story.now))


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
