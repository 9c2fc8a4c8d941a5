"""Opinions: given once, answered once, and without words once their time is over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.decision import NotFound, Refusal
from contracts.feedback import OpinionAnswered, OpinionGiven
from services.feedback.commands import AnswerOpinion, ForgetWords, GiveOpinion, MarkRead
from services.feedback.domain import opinions, refusals
from services.feedback.domain.opinions import Opinion

NOW = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)
KEPT = timedelta(days=365)
OPINION, OFFICER, PERSON = (UUID(int=number) for number in range(1, 4))


def opinion(**values: Any) -> GiveOpinion:
    given = {"step": "cycle", "satisfaction": 5, "source": "person", "person_id": PERSON, "words": "canary", **values}
    return GiveOpinion(command_id=uuid4(), opinion_id=OPINION, **given)


def told(**values: Any) -> Opinion:
    return opinions.give(None, opinion(**values), NOW, KEPT).state


def answer() -> AnswerOpinion:
    return AnswerOpinion(command_id=uuid4(), opinion_id=OPINION, by=OFFICER, words="canary too")


def test_the_event_tells_numbers_and_neither_words_nor_who() -> None:
    decision = opinions.give(None, opinion(clarity=4, help=5, initiative_id=OFFICER), NOW, KEPT)
    (event,) = decision.events
    assert isinstance(event, OpinionGiven)
    assert (event.satisfaction, event.clarity, event.help, event.source) == (5, 4, 5, "person")
    assert "canary" not in event.model_dump_json()
    assert str(PERSON) not in event.model_dump_json()
    assert "canary" not in str(decision.answer)


def test_there_is_one_opinion_of_a_subject() -> None:
    with pytest.raises(refusals.OpinionGivenAlready):
        opinions.give(told(), opinion(satisfaction=10), NOW, KEPT)


@pytest.mark.parametrize("values", [{"satisfaction": 7}, {"clarity": 0}, {"help": 6}, {"words": "x" * 2_001}])
def test_what_is_no_grade_is_no_opinion(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        opinion(**values)
    assert "xxx" not in str(refused.value)


@given(*[st.tuples(st.sampled_from(["site", "cycle"]), st.none() | st.uuids(), st.none() | st.uuids(), st.text())] * 2)
def test_subjects_are_the_same_only_for_the_same(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert (opinions.subject(*one) == opinions.subject(*other)) == (one == other)


def test_who_reads_first_is_kept_and_an_answer_reads_too() -> None:
    first = opinions.mark_read(told(), MarkRead(command_id=uuid4(), opinion_id=OPINION, by=OFFICER), NOW).state
    again = opinions.mark_read(
        first, MarkRead(command_id=uuid4(), opinion_id=OPINION, by=PERSON), NOW + timedelta(days=1)
    )
    assert (again.state.read_by, again.state.read_at) == (OFFICER, NOW)
    decision = opinions.answer(told(), answer(), NOW)
    assert (decision.state.read_by, decision.state.answer) == (OFFICER, "canary too")
    assert decision.events == (OpinionAnswered(opinion_id=OPINION, owner_id=PERSON, answered_at=NOW),)
    with pytest.raises(refusals.AnsweredAlready):
        opinions.answer(decision.state, answer(), NOW)


def test_forgetting_leaves_numbers_and_dates() -> None:
    answered = opinions.answer(told(), answer(), NOW).state
    command = ForgetWords(command_id=uuid4(), opinion_id=OPINION)
    forgotten = opinions.forget(answered, command, NOW + KEPT).state
    assert (forgotten.words, forgotten.answer, forgotten.person_id, forgotten.words_until) == (None, None, None, None)
    assert (forgotten.satisfaction, forgotten.forgotten_at) == (5, NOW + KEPT)
    with pytest.raises(refusals.WordsForgotten):
        opinions.answer(forgotten, answer(), NOW)
    assert opinions.forget(forgotten, command, NOW + 2 * KEPT).state.forgotten_at == NOW + KEPT


@pytest.mark.parametrize(
    ("decide", "command"),
    [
        (opinions.mark_read, MarkRead(command_id=uuid4(), opinion_id=OPINION, by=OFFICER)),
        (opinions.answer, answer()),
        (opinions.forget, ForgetWords(command_id=uuid4(), opinion_id=OPINION)),
    ],
)
def test_what_was_never_given_is_not_found(decide: Any, command: Any) -> None:
    with pytest.raises(NotFound) as refused:
        decide(None, command, NOW)
    assert isinstance(refused.value, Refusal)
