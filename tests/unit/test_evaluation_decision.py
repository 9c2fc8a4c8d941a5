"""The rules of the end of a round: opinion, signed decision, announcement, reserve."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.evaluation import AnnounceResults
from services.evaluation.commands import (
    GiveOpinion,
    Move,
    OfferPlace,
    SignDecision,
)
from services.evaluation.domain import decision, panel, refusals, results
from services.evaluation.domain.rounds import Round
from tests.evaluation import SCHEDULE
from tests.rounds import CALL, NOW, OFFICER, POOL, appointments, closed, opened


def opinion(*moves: tuple[UUID, int], present: UUID = OFFICER) -> GiveOpinion:
    return GiveOpinion(
        command_id=uuid4(),
        round_id=CALL,
        by=OFFICER,
        present=(present,),
        moves=tuple(Move(application_id=each, rank=rank, reason="Équilibre.") for each, rank in moves),
        minutes="Procès-verbal.",
    )


def seated() -> panel.Panel:
    return panel.appoint(None, appointments((2, "experts", False, None)), opened(), lambda person, role: True).state


def test_the_deliberation_moves_with_a_reason_and_minutes_who_left() -> None:
    done = decision.give_opinion(closed(), opinion((POOL[5], 1)), POOL, seated(), {POOL[5]: {OFFICER}})
    assert done.state.minutes is not None
    assert done.state.minutes.left == {str(POOL[5]): (OFFICER,)}
    assert decision.ordered(POOL, done.state.moves) == [POOL[5], *POOL[:5]]
    for wrong in (opinion((uuid4(), 1)), opinion((POOL[0], 7)), opinion((POOL[0], 1), (POOL[0], 2))):
        with pytest.raises(refusals.MoveRefused):
            decision.give_opinion(closed(), wrong, POOL, seated(), {})
    with pytest.raises(refusals.PresenceRefused):
        decision.give_opinion(closed(), opinion(present=uuid4()), POOL, seated(), {})
    with pytest.raises(refusals.OpinionGivenAlready):
        decision.give_opinion(done.state, opinion(), POOL, seated(), {})


def signed(left: set[UUID] | None = None) -> Round:
    given_ = decision.give_opinion(closed(), opinion(), POOL, seated(), {}).state
    command = SignDecision(command_id=uuid4(), round_id=CALL, by=OFFICER, delegation="delegation_2021")
    return decision.sign(given_, command, POOL, left or set(), NOW).state


def test_selected_comes_only_from_a_signed_decision() -> None:
    command = SignDecision(command_id=uuid4(), round_id=CALL, by=OFFICER, delegation="delegation_2021")
    with pytest.raises(refusals.OpinionMissing):
        decision.sign(closed(), command, POOL, set(), NOW)
    with pytest.raises(refusals.RoundNotClosed):
        decision.sign(opened(), command, POOL, set(), NOW)
    with pytest.raises(refusals.DecisionSignedAlready):
        decision.sign(signed(), command, POOL, set(), NOW)
    passed_over = signed({POOL[0]}).decision
    assert passed_over is not None
    assert passed_over.selected == tuple(POOL[1:3])


def test_nothing_is_announced_before_its_time_or_unsigned() -> None:
    command = AnnounceResults(command_id=uuid4(), round_id=CALL)
    at = SCHEDULE.announcement_at
    with pytest.raises(refusals.DecisionNotSigned):
        decision.announce(closed(), command, POOL, set(), at)
    with pytest.raises(refusals.Embargo):
        decision.announce(signed(), command, POOL, set(), at - timedelta(seconds=1))
    done = decision.announce(signed(), command, POOL, set(), at)
    assert [event.type for event in done.events] == ["ResultsAnnounced", "BallotsPublished"]
    with pytest.raises(refusals.AnnouncedAlready):
        decision.announce(done.state, command, POOL, set(), at)


@given(st.lists(st.sampled_from(POOL), max_size=8), st.sets(st.sampled_from(POOL[2:])))
def test_every_freed_place_is_offered_once_in_rank_order(declining: list[UUID], left: set[UUID]) -> None:
    announce = AnnounceResults(command_id=uuid4(), round_id=CALL)
    state = decision.announce(signed(), announce, POOL, set(), SCHEDULE.announcement_at).state
    offered, freed = list[UUID](), 0
    for each in declining:
        done = decision.offer(state, OfferPlace(command_id=uuid4(), round_id=CALL, application_id=each), left)
        state = done.state
        freed += len(done.events)
        offered += [event.application_id for event in done.events if event.type == "PlaceOffered"]  # type: ignore[attr-defined]
    reserve = [each for each in POOL[2:4] if each not in left]
    assert offered == reserve[: len(offered)]
    assert freed == len(set(state.freed))
    assert set(state.freed) <= {*POOL[:2], *offered}


def test_a_place_left_before_the_announcement_is_offered_with_it() -> None:
    command = AnnounceResults(command_id=uuid4(), round_id=CALL)
    done = decision.announce(signed(), command, POOL, {POOL[0]}, SCHEDULE.announcement_at)
    told: Any = done.events[0]
    assert told.selected == (POOL[1],)
    assert POOL[0] not in told.not_selected
    offer: Any = done.events[2]
    assert (offer.type, offer.application_id, offer.rank) == ("PlaceOffered", POOL[2], 1)


def test_bands_are_quarters() -> None:
    assert [results.band(rank, 8) for rank in (1, 2, 3, 8)] == [
        "first_quarter", "first_quarter", "second_quarter", "last_quarter",
    ]  # fmt: skip
