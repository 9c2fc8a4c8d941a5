"""A tranche along its chain: every step in its turn, by whom it belongs to, forwards and backwards."""

from uuid import uuid4

import pytest

from contracts.decision import Refusal
from contracts.payments import EscalateTranche, PaymentRejected, UndoStep
from services.funding.domain import refusals, tranche
from services.funding.domain.payment import instruction
from tests.funding import IBAN, OTHER_IBAN, Story

CHAIN = ("request", "certification", "order", "acceptance")


def names(events: object) -> list[str]:
    return [type(event).__name__ for event in events]  # type: ignore[attr-defined]


def undo(story: Story, code: str = "start") -> str:
    command = UndoStep(command_id=uuid4(), tranche_id=story.tranche_id(code), reason="stopped")
    (event,) = story.take(tranche.undo(story.agreement, command, story.now))
    return getattr(event, "step", type(event).__name__)


def test_the_whole_chain_to_the_settled_payment() -> None:
    story = Story().signed()
    story.details()
    story.paid("committee")
    told = names(story.events)[-6:]
    assert told == [
        "TrancheRequested",
        "ServiceCertified",
        "PaymentOrdered",
        "PaymentAccepted",
        "PaymentIssued",
        "PaymentSettled",
    ]
    assert story.agreement
    assert story.agreement.paid_cents == 60_000_00


def test_an_advance_is_not_certified() -> None:
    story = Story().signed()
    story.open()
    story.step("request")
    with pytest.raises(refusals.AdvanceNeedsNoCertification) as refused:
        story.step("certification")
    assert refused.value.allowed == ("order",)


@pytest.mark.parametrize("done", range(len(CHAIN) + 1))
def test_every_step_out_of_turn_is_refused_with_what_is_in_turn(done: int) -> None:
    story = Story().signed()
    story.open("committee")
    for name in CHAIN[:done]:
        story.step(name, "committee")
    for name in CHAIN[:done] + CHAIN[done + 1 :]:
        with pytest.raises(refusals.OutOfTurn) as refused:
            story.step(name, "committee")
        assert refused.value.allowed[0] == ((*CHAIN, "issue")[done])
    with pytest.raises(refusals.OutOfTurn):
        story.open("committee")


def test_nothing_moves_before_both_have_signed() -> None:
    story = Story()
    story.prepare()
    story.sign()
    with pytest.raises(refusals.AgreementNotSigned):
        story.open()


@pytest.mark.parametrize(
    ("name", "person"),
    [("order", "accountant"), ("order", "owner"), ("acceptance", "officer"), ("acceptance", "owner")],
)
def test_who_orders_does_not_pay_and_the_owner_does_neither(name: str, person: str) -> None:
    story = Story().signed()
    story.open()
    story.step("request")
    story.step("order")
    story.step("acceptance")
    story.open("committee")
    story.step("request", "committee")
    story.step("certification", "committee")
    if name == "acceptance":
        story.step("order", "committee")
    with pytest.raises(refusals.SeparationOfFunctions):
        story.step(name, "committee", by=getattr(story, person))


def test_a_stranger_knows_of_no_tranche() -> None:
    story = Story().signed()
    story.open()
    with pytest.raises(refusals.TrancheUnknown):
        story.step("request", by=uuid4())
    with pytest.raises(refusals.TrancheUnknown):
        story.step("request", "no_such_tranche")


def test_suspension_and_refusal_go_back_or_on() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    story.step("suspension", reason="document_missing")
    with pytest.raises(refusals.OutOfTurn) as refused:
        story.issue()
    assert refused.value.allowed == ["suspension_lift", "refusal"]
    story.step("suspension_lift")
    story.step("suspension", reason="document_missing")
    story.step("refusal", reason="wrong_amount")
    assert story.agreement
    assert story.agreement.tranche(story.tranche_id()).steps == ("order",)
    story.step("order")
    story.step("acceptance")
    assert names(story.issue()) == ["PaymentIssued"]


def test_a_payment_waits_for_bank_details() -> None:
    story = Story().signed()
    story.accepted()
    with pytest.raises(refusals.BankDetailsMissing):
        story.issue()
    story.submit()
    with pytest.raises(refusals.BankDetailsUnconfirmed):
        story.issue()


def test_a_rejected_payment_is_issued_again_to_new_details_only() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    (first,) = story.issue()
    (rejected,) = story.bank(False)
    assert isinstance(rejected, PaymentRejected)
    assert rejected.reason == "ac04"
    with pytest.raises(refusals.BankDetailsNotRenewed):
        story.issue()
    story.details(OTHER_IBAN)
    (second,) = story.issue()
    assert (first.attempt, second.attempt) == (1, 2)  # type: ignore[attr-defined]
    assert first.payment_id != second.payment_id  # type: ignore[attr-defined]
    assert instruction(story.agreement, first.payment_id).account.iban == IBAN  # type: ignore[attr-defined]
    assert instruction(story.agreement, second.payment_id).account.iban == OTHER_IBAN  # type: ignore[attr-defined]
    with pytest.raises(refusals.PaymentAlreadyRejected):
        story.bank(True, payment_id=first.payment_id, message="M2")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"message": "M2"}, refusals.PaymentAlreadySettled),
        ({"message": "M2", "settled": False}, refusals.PaymentAlreadySettled),
        ({"payment_id": uuid4()}, refusals.PaymentUnknown),
    ],
    ids=["another message", "rejected after", "unknown"],
)
def test_a_settled_payment_is_answered_once(facts: dict[str, object], refusal: type[Refusal]) -> None:
    story = Story().signed()
    story.details()
    story.paid()
    assert story.bank(True) == (), "the same message again"
    with pytest.raises(refusal):
        story.bank(**{"settled": True, **facts})  # type: ignore[arg-type]


def test_the_bank_speaks_of_the_same_amount() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    story.issue()
    with pytest.raises(refusals.AmountMismatch):
        story.bank(True, amount_cents=1)


def test_after_an_erasure_nothing_can_be_paid() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    assert story.agreement
    story.agreement = story.agreement.model_copy(update={"private": None})
    with pytest.raises(refusals.BankDetailsMissing):
        story.issue()


def test_undoing_goes_back_step_by_step_and_lets_nothing_forward() -> None:
    story = Story().signed()
    story.accepted("committee")
    assert undo(story, "committee") == "acceptance"
    with pytest.raises(refusals.TrancheBeingCancelled):
        story.step("acceptance", "committee")
    undone = [undo(story, "committee") for _ in range(5)]
    assert undone == ["order", "certification", "request", "TrancheCancelled", "TrancheCancelled"]


def test_undoing_waits_for_the_bank_and_never_undoes_what_is_paid() -> None:
    story = Story().signed()
    story.details()
    story.accepted()
    story.issue()
    with pytest.raises(refusals.PaymentAtTheBank):
        undo(story)
    story.bank(False)
    assert [undo(story) for _ in range(5)] == ["payment", "acceptance", "order", "request", "TrancheCancelled"]
    paid = Story().signed()
    paid.details()
    paid.paid()
    with pytest.raises(refusals.AlreadyPaid):
        undo(paid)


def test_escalation_tells_of_a_tranche_that_waits_and_of_no_other() -> None:
    story = Story().signed()
    story.details()
    story.open()
    command = EscalateTranche(command_id=uuid4(), tranche_id=story.tranche_id(), step="request")
    assert names(tranche.escalate(story.agreement, command, story.now).events) == ["TrancheOverdue"]
    story.step("request")
    story.step("order")
    story.step("acceptance")
    story.issue()
    story.bank(True)
    with pytest.raises(refusals.TrancheDone):
        tranche.escalate(story.agreement, command, story.now)


def test_work_waits_for_the_right_person_all_along() -> None:
    story = Story().signed()
    assert story.agreement
    assert story.agreement.waits_for == ()
    seen = []
    for name in ("open", *CHAIN):
        story.open("committee") if name == "open" else story.step(name, "committee")
        seen += [(work.role, work.step) for work in story.agreement.work]
    assert seen == [
        ("applicant", "request"),
        ("authorising_officer", "certification"),
        ("authorising_officer", "order"),
        ("accountant", "acceptance"),
        ("accountant", "issue"),
    ]
