"""Reminders at most once a day, and minutes that are signed as they were read."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.evaluation.commands import GiveOpinion, Move, RemindLate, SignMinutes
from services.evaluation.domain import decision, minutes, panel, refusals, reminders
from services.evaluation.domain.rounds import Round
from tests.rounds import CALL, NOW, OFFICER, POOL, appointments, closed, opened

MEMBER, OTHER = UUID(int=21), UUID(int=22)


def remind(state: Round, at: Any, *members: UUID) -> Any:
    command = RemindLate(command_id=uuid4(), round_id=CALL, by=OFFICER, members=members)
    return reminders.remind_late(state, command, [MEMBER, OTHER], at)


def test_whoever_is_late_is_reminded_once_a_day() -> None:
    first = remind(opened(), NOW, MEMBER)
    assert first.events[0].members == (MEMBER,)
    soon = remind(first.state, NOW + timedelta(hours=23))
    assert soon.events[0].members == (OTHER,)
    assert soon.answer == {"reminded": [str(OTHER)], "reminded_lately": 1}
    nobody = remind(soon.state, NOW + timedelta(hours=23, minutes=59))
    assert (nobody.events, nobody.state) == ((), soon.state)
    assert remind(soon.state, NOW + timedelta(days=1)).events[0].members == (MEMBER,)


def test_nobody_is_reminded_once_the_round_is_over() -> None:
    with pytest.raises(refusals.RoundOver):
        remind(closed(), NOW)


def deliberated() -> Round:
    seats = panel.appoint(None, appointments((21, "experts", False, None)), opened(), lambda person, role: True).state
    moves = (Move(application_id=POOL[2], rank=1, reason="Équilibre."),)
    command = GiveOpinion(
        command_id=uuid4(), round_id=CALL, by=OFFICER, present=(MEMBER,), moves=moves, minutes="Procès-verbal."
    )
    return decision.give_opinion(closed(), command, POOL, seats, {}).state


def sign(state: Round | None, by: UUID, digest: str | None = None) -> Any:
    return minutes.sign(state, SignMinutes(command_id=uuid4(), round_id=CALL, by=by, digest=digest), NOW)


def test_minutes_are_signed_once_by_who_was_present_and_who_drew_them_up() -> None:
    state = deliberated()
    signed = sign(sign(state, MEMBER, state.minutes_digest).state, OFFICER)
    assert [each.signed_by for each in signed.state.signatures] == [MEMBER, OFFICER]
    assert signed.events[0].digest == state.minutes_digest
    with pytest.raises(refusals.MinutesSignedAlready):
        sign(signed.state, MEMBER)
    with pytest.raises(refusals.MayNotSign):
        sign(state, OTHER)
    with pytest.raises(refusals.MinutesChanged):
        sign(state, MEMBER, "0" * 64)
    with pytest.raises(refusals.OpinionMissing):
        sign(closed(), MEMBER)


def test_the_digest_is_that_of_every_word_and_of_who_was_present() -> None:
    state = deliberated()
    assert state.minutes is not None
    same = minutes.digest_of(state.minutes, [MEMBER])
    assert same == state.minutes_digest
    others = [
        minutes.digest_of(state.minutes, [OTHER]),
        minutes.digest_of(state.minutes.model_copy(update={"text": "Autre."}), [MEMBER]),
        minutes.digest_of(state.minutes.model_copy(update={"reasons": {}}), [MEMBER]),
    ]
    assert same not in others
