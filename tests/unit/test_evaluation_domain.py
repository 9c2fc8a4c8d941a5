"""The rules of a round: its pool, its dates, its ballots."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evaluation import CloseRound, ExtendRound, FreezePool
from services.evaluation.commands import (
    BeginClosing,
    BeginSealing,
    GiveReading,
    TakeReading,
)
from services.evaluation.domain import closing, readings, refusals, rounds
from services.evaluation.domain.ballots import Content, Tally, below_quorum, check_scores, padded
from tests.evaluation import COLLEGES, CRITERIA
from tests.rounds import CALL, NOW, OFFICER, POOL, closed, opened, planned


def test_the_digest_does_not_depend_on_the_order_of_the_pool() -> None:
    assert rounds.pool_digest(POOL) == rounds.pool_digest(POOL[::-1])
    assert rounds.pool_digest(POOL) != rounds.pool_digest(POOL[1:])
    assert rounds.draw_seed(CALL, "d", ["a", "b"]) == rounds.draw_seed(CALL, "d", ["b", "a"])


def test_a_pool_is_frozen_once_and_never_empty() -> None:
    with pytest.raises(refusals.PoolAlreadyFrozen):
        rounds.freeze(opened(), FreezePool(command_id=uuid4(), call_id=CALL), 6, "a" * 64, "a" * 64)
    with pytest.raises(refusals.PoolEmpty):
        rounds.freeze(planned(), FreezePool(command_id=uuid4(), call_id=CALL), 0, "a" * 64, "a" * 64)


def test_a_round_is_extended_once_for_a_missing_quorum_and_never_shortened() -> None:
    extend = ExtendRound(command_id=uuid4(), round_id=CALL, closes_at=NOW + timedelta(days=7))
    with pytest.raises(refusals.ExtensionNotNeeded):
        rounds.extend(opened(), extend)
    state = closing.begin_closing(opened(), BeginClosing(command_id=uuid4(), round_id=CALL), NOW).state
    missing = closing.miss_quorum(state, CloseRound(command_id=uuid4(), round_id=CALL), 3).state
    with pytest.raises(refusals.NeverShortened):
        rounds.extend(missing, extend.model_copy(update={"closes_at": NOW}))
    extended = rounds.extend(missing, extend).state
    assert extended.closes_at == extend.closes_at
    with pytest.raises(refusals.ExtensionUsed):
        rounds.extend(extended, extend)


def test_once_sealing_has_begun_there_is_no_way_back() -> None:
    state = closing.begin_closing(opened(), BeginClosing(command_id=uuid4(), round_id=CALL), NOW).state
    sealing = closing.begin_sealing(state, BeginSealing(command_id=uuid4(), round_id=CALL)).state
    with pytest.raises(refusals.RoundNotOver):
        closing.miss_quorum(sealing, CloseRound(command_id=uuid4(), round_id=CALL), 3)
    with pytest.raises(refusals.RoundNotOver):
        closing.begin_sealing(opened(), BeginSealing(command_id=uuid4(), round_id=CALL))
    with pytest.raises(refusals.RoundOver):
        closing.begin_closing(closed(), BeginClosing(command_id=uuid4(), round_id=CALL), NOW)


@given(st.lists(st.sets(st.sampled_from(POOL)), max_size=6))
def test_readings_given_and_taken_are_told_once(steps: list[set[UUID]]) -> None:
    state, told = None, set[UUID]()
    for number, ids in enumerate(steps):
        if number % 2 == 0:
            give = GiveReading(command_id=uuid4(), round_id=CALL, member_id=OFFICER, application_ids=tuple(ids))
            done = readings.give(state, give)
            named = [each for event in done.events for each in event.application_ids]  # type: ignore[attr-defined]
            assert not told & set(named)
            told |= set(named)
        else:
            take = TakeReading(command_id=uuid4(), round_id=CALL, member_id=OFFICER, application_ids=tuple(ids))
            done = readings.take(state, take)
            named = [each for event in done.events for each in event.application_ids]  # type: ignore[attr-defined]
            told -= set(named)
        state = done.state
        assert set(state.application_ids) == told


def test_many_readings_are_told_a_thousand_at_a_time() -> None:
    many = tuple(UUID(int=number) for number in range(2_500))
    command = GiveReading(command_id=uuid4(), round_id=CALL, member_id=OFFICER, application_ids=many)
    done = readings.give(None, command)
    assert [len(event.application_ids) for event in done.events] == [1000, 1000, 500]  # type: ignore[attr-defined]


def test_scores_are_all_there_and_on_their_scale() -> None:
    assert list(check_scores(CRITERIA, {"feasibility": 1, "general_interest": 5})) == [
        "general_interest",
        "feasibility",
    ]
    for wrong in ({"feasibility": 0, "general_interest": 5}, {"feasibility": 1, "general_interest": 6}):
        with pytest.raises(refusals.ScoreOffScale):
            check_scores(CRITERIA, wrong)
    for wrong in ({}, {"feasibility": 1}, {"feasibility": 1, "general_interest": 5, "charm": 1}):
        with pytest.raises(refusals.ScoresRefused) as refused:
            check_scores(CRITERIA, wrong)
        assert "charm" not in str(refused.value.problems)


@given(st.text(max_size=300))
def test_a_sealed_ballot_tells_little_by_its_length(comment: str) -> None:
    content = Content(scores={"feasibility": 1}, comment=comment)
    assert len(padded(content)) % 256 == 0
    assert Content.model_validate_json(padded(content)) == content


def test_abstentions_count_towards_the_quorum_but_do_not_make_it() -> None:
    assert Tally(readers=4, cast=1, abstained=1).reaches(50)
    assert not Tally(readers=4, cast=0, abstained=4).reaches(50)
    assert not Tally(readers=4, cast=1).reaches(50)
    tallies = {(POOL[0], college.name): Tally(2, 2) for college in COLLEGES} | {(POOL[1], "citizens"): Tally(2, 2)}
    assert below_quorum(POOL[:2], COLLEGES, tallies) == 1
