"""Envelope and books under any interleaving: several agreements, executors that come late, twice or never, any order of steps."""

from contextlib import suppress
from typing import Any
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contracts.decision import NotYet, Refusal
from contracts.funding import CloseAgreement, EnvelopeChanged, ReleaseCommitment
from contracts.model import Event
from contracts.payments import UndoStep
from contracts.programme import TrancheRule
from services.funding import commands
from services.funding.domain import envelope, ledger, recovery, refusals, signing, tranche
from services.funding.domain.envelope import Envelope
from services.funding.domain.ledger import Entry
from tests.funding import IBAN, OTHER_IBAN, START, Story

CODES = ("start", "committee")
STEPS = ("request", "certification", "order", "acceptance", "suspension", "suspension_lift", "refusal")
ENVELOPE = 250_000_00
stories = st.integers(0, 2)
codes = st.sampled_from(CODES)
rarely = st.sampled_from([False] * 5 + [True])


class Money(RuleBasedStateMachine):
    """Three agreements race for an envelope that holds two of them at most."""

    @initialize(amounts=st.lists(st.integers(45_000_00, 75_000_00), min_size=2, max_size=2))
    def begin(self, amounts: list[int]) -> None:
        rules = (
            TrancheRule(code="start", amount_cents=amounts[0], after="agreement", advance=True),
            TrancheRule(code="committee", amount_cents=amounts[1], after="acceleration_committee"),
        )
        self.stories = [Story() for _ in range(3)]
        self.envelope_id = uuid4()
        self.entries: list[Entry] = []
        self.pending: list[tuple[int, int]] = []
        self.answers: list[tuple[int, commands.Conclude]] = []
        opening = commands.OpenEnvelope(
            command_id=uuid4(), envelope_id=self.envelope_id, number="AIC", months=3, amount_cents=ENVELOPE,
            funding_source="state_budget",
        )  # fmt: skip
        decision = envelope.open_envelope(None, opening, START)
        self.envelope: Envelope = decision.state
        self._book(decision.events, None)
        for story in self.stories:
            story.envelope_id = self.envelope_id
            story.prepare(rules)
            story.sign()

    def _book(self, events: tuple[Event, ...], story: Story | None) -> None:
        for event in events:
            agreement = story.agreement if story else None
            entry = ledger.entry_of(event, str(uuid4()), START, agreement)
            self.entries += [entry] if entry else []

    def _try(self, index: int, act: Any) -> None:
        story = self.stories[index]
        with suppress(Refusal, NotYet):
            self._book(act(story), story)

    @rule(index=stories)
    def countersign(self, index: int) -> None:
        self._try(index, Story.countersign)
        agreement = self.stories[index].agreement
        assert agreement
        if agreement.status == "committing":
            self.pending.append((index, agreement.attempt))

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), keep=st.booleans())
    def ask_the_envelope(self, data: st.DataObject, keep: bool) -> None:
        """Any executor of any attempt, which may come again later."""
        item = data.draw(st.sampled_from(self.pending))
        self.answers.append((item[0], self._ask(item)))
        if not keep:
            self.pending.remove(item)

    def _ask(self, item: tuple[int, int]) -> commands.Conclude:
        story, attempt = self.stories[item[0]], item[1]
        assert story.agreement
        facts = {"agreement_id": story.agreement_id, "attempt": attempt}
        amount = story.agreement.amount_cents
        ask = commands.Reserve(command_id=uuid4(), envelope_id=self.envelope_id, amount_cents=amount, **facts)
        decision = envelope.reserve(self.envelope, ask)
        self.envelope = decision.state
        return commands.Conclude(command_id=uuid4(), granted=decision.answer["granted"], **facts)

    def _conclude(self, index: int, conclude: commands.Conclude) -> None:
        self._try(index, lambda story: story.take(signing.conclude(story.agreement, conclude, "AIC", 3, story.now)))

    @precondition(lambda self: self.answers)
    @rule(data=st.data(), keep=st.booleans())
    def bring_the_answer_back(self, data: st.DataObject, keep: bool) -> None:
        index, conclude = item = data.draw(st.sampled_from(self.answers))
        self._conclude(index, conclude)
        if not keep:
            self.answers.remove(item)

    @rule(amount=st.integers(0, 500_000_00))
    def decide(self, amount: int) -> None:
        command = commands.DecideEnvelope(
            command_id=uuid4(), envelope_id=self.envelope_id, by=uuid4(), amount_cents=amount, decided_at=None,
            reason="budget",
        )  # fmt: skip
        with suppress(refusals.BelowCommitted):
            decision = envelope.rule(self.envelope, command, START)
            self.envelope = decision.state
            assert isinstance(decision.events[0], EnvelopeChanged)
            self._book(decision.events, None)

    @rule(index=stories, code=codes)
    def open(self, index: int, code: str) -> None:
        self._try(index, lambda story: story.open(code))

    @rule(index=stories, code=codes, steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=5))
    def people_act(self, index: int, code: str, steps: list[str]) -> None:
        for step in steps:
            reason = {"reason": "checked"} if step in ("suspension", "refusal") else {}
            self._try(index, lambda story, step=step, reason=reason: story.step(step, code, **reason))

    @rule(index=stories, code=codes, answer=st.sampled_from([None, True, False]))
    def walk(self, index: int, code: str, answer: bool | None) -> None:
        """The straight way to a payment, so that payments are reached often."""
        self.commit(index)
        steps = ("request", "order", "acceptance") if code == "start" else STEPS[:4]
        self.open(index, code)
        self.people_act(index, code, list(steps))
        self.give_details(index, IBAN)
        self.issue(index, code)
        if answer is not None:
            self.bank(index, code, answer, "M1")

    @rule(index=stories)
    def commit(self, index: int) -> None:
        """The straight way through all three steps; asking again later stays possible."""
        self.countersign(index)
        mine = [item for item in self.pending if item[0] == index]
        if mine:
            conclude = self._ask(mine[-1])
            self._conclude(index, conclude)

    @rule(index=stories, iban=st.sampled_from([IBAN, OTHER_IBAN]))
    def give_details(self, index: int, iban: str) -> None:
        def act(story: Story) -> tuple[Event, ...]:
            story.details(iban)
            return ()

        self._try(index, act)

    @rule(index=stories, code=codes)
    def issue(self, index: int, code: str) -> None:
        self._try(index, lambda story: story.issue(code))

    @rule(index=stories, code=codes, settled=st.booleans(), message=st.sampled_from(["M1", "M2"]))
    def bank(self, index: int, code: str, settled: bool, message: str) -> None:
        agreement = self.stories[index].agreement
        assert agreement
        if agreement.tranche(self.stories[index].tranche_id(code)).payments:
            self._try(index, lambda story: story.bank(settled, code, message))

    @rule(index=stories, code=codes, now=rarely)
    def undo(self, index: int, code: str, now: bool) -> None:
        agreement = self.stories[index].agreement
        assert agreement
        if not now and agreement.tranche(self.stories[index].tranche_id(code)).status != "settled":
            return
        command = UndoStep(command_id=uuid4(), tranche_id=self.stories[index].tranche_id(code), reason="stopped")
        self._try(index, lambda story: story.take(tranche.undo(story.agreement, command, story.now)))

    @rule(index=stories, now=rarely)
    def stop(self, index: int, now: bool) -> None:
        agreement = self.stories[index].agreement
        assert agreement
        if not now and not agreement.in_flight_cents:
            return
        command = ReleaseCommitment(command_id=uuid4(), agreement_id=self.stories[index].agreement_id, reason="x1")
        self._try(index, lambda story: story.take(signing.release(story.agreement, command, story.now)))

    @rule(index=stories, now=rarely)
    def close(self, index: int, now: bool) -> None:
        if not now:
            return
        command = CloseAgreement(command_id=uuid4(), agreement_id=self.stories[index].agreement_id)
        self._try(index, lambda story: story.take(signing.close(story.agreement, command, story.now)))

    @rule(index=stories, amount=st.integers(1, 200_000_00))
    def recover(self, index: int, amount: int) -> None:
        story = self.stories[index]
        command = commands.OrderRecovery(
            command_id=uuid4(), by=story.officer, agreement_id=story.agreement_id, amount_cents=amount, reason="stopped"
        )
        self._try(index, lambda story: story.take(recovery.order_recovery(story.agreement, command, story.now)))

    @rule(index=stories)
    def tell_the_envelope(self, index: int) -> None:
        agreement = self.stories[index].agreement
        assert agreement
        self.envelope = envelope.note(self.envelope, agreement).state

    @invariant()
    def what_must_always_hold(self) -> None:
        agreements = [story.agreement for story in self.stories if story.agreement]
        committed = sum(each.committed_cents for each in agreements)
        assert committed <= self.envelope.committed_cents <= self.envelope.amount_cents
        for agreement in agreements:
            assert (
                0 <= agreement.paid_cents + agreement.in_flight_cents <= agreement.committed_cents
                or not agreement.signed_at
            )
            assert agreement.recovered_cents <= agreement.paid_cents
            for each in agreement.tranches:
                assert sum(payment.outcome != "rejected" for payment in each.payments) <= 1

    @invariant()
    def the_books_say_the_same(self) -> None:
        balance: dict[str, int] = {}
        for entry in self.entries:
            for line in entry.lines:
                balance[line.account] = balance.get(line.account, 0) + line.debit_cents - line.credit_cents
        agreements = [story.agreement for story in self.stories if story.agreement]
        assert sum(balance.values()) == 0
        assert -balance.get(ledger.OPENED, 0) == self.envelope.amount_cents
        assert balance.get(ledger.COMMITTED, 0) == sum(each.committed_cents for each in agreements)
        assert -balance.get(ledger.TREASURY, 0) == sum(each.paid_cents for each in agreements)
        assert -balance.get(ledger.IN_TRANSIT, 0) == sum(each.in_flight_cents for each in agreements)
        assert balance.get(ledger.RECOVERABLE, 0) == sum(each.recovered_cents for each in agreements)
        assert balance.get(ledger.BENEFICIARIES, 0) <= 0


Money.TestCase.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)
TestMoney = Money.TestCase
