"""The rules of a round: panel, conflicts, quorum, opinion, decision, reserve."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.decision import Refusal
from contracts.evaluation import AnnounceResults, CloseRound, ExtendRound, FreezePool
from services.evaluation.commands import (
    AppointMembers,
    Appointment,
    BeginClosing,
    BeginSealing,
    DismissConflict,
    GiveOpinion,
    GiveReading,
    Move,
    OfferPlace,
    RecordConflict,
    ResignMember,
    SetUpRound,
    SignDecision,
    TakeReading,
)
from services.evaluation.domain import closing, conflicts, decision, panel, readings, refusals, results, rounds
from services.evaluation.domain.ballots import Content, Tally, below_quorum, check_scores, padded
from services.evaluation.domain.conflicts import Candidate, Person
from services.evaluation.domain.rounds import Counts, Round
from tests.evaluation import COLLEGES, CRITERIA, SCHEDULE, published

CALL, OFFICER = UUID(int=1), UUID(int=2)
POOL = [UUID(int=100 + number) for number in range(6)]
NOW = SCHEDULE.evaluation_closes_at


def planned(**rules: Any) -> Round:
    event = published(CALL, **rules)
    command = SetUpRound(
        command_id=uuid4(), round_id=CALL, number=event.number, schedule=event.schedule,
        criteria=event.criteria, colleges=event.colleges, rules=event.evaluation,
    )  # fmt: skip
    return rounds.set_up(None, command).state


def opened(**rules: Any) -> Round:
    digest = rounds.pool_digest(POOL)
    return rounds.freeze(planned(**rules), FreezePool(command_id=uuid4(), call_id=CALL), 6, digest, digest).state


def closed(**rules: Any) -> Round:
    state = closing.begin_closing(opened(**rules), BeginClosing(command_id=uuid4(), round_id=CALL), NOW).state
    state = closing.begin_sealing(state, BeginSealing(command_id=uuid4(), round_id=CALL)).state
    counts = Counts(expected=1, counted=1, abstained=0, set_aside=0, missing=0, below_quorum=0)
    return closing.close(state, CloseRound(command_id=uuid4(), round_id=CALL), counts, ("a" * 64, 1)).state


def code(refusal: pytest.ExceptionInfo[Refusal]) -> str:
    return refusal.value.code


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


def appointments(*members: tuple[int, str, bool, str | None]) -> AppointMembers:
    return AppointMembers(
        command_id=uuid4(),
        round_id=CALL,
        by=OFFICER,
        members=tuple(
            Appointment(member_id=UUID(int=number), college=college, alternate=alternate, stratum=stratum)  # type: ignore[arg-type]
            for number, college, alternate, stratum in members
        ),
    )


def test_nobody_is_appointed_when_one_cannot_be() -> None:
    command = appointments((1, "citizens", False, None), (1, "citizens", False, None), (2, "experts", False, None))
    with pytest.raises(refusals.PanelRefused) as refused:
        panel.appoint(None, command, opened(), lambda person, role: role == "citizen_panellist")
    assert [(each["field"], each["code"]) for each in refused.value.problems] == [
        ("members.1", "already_member"),
        ("members.2", "role_missing"),
    ]
    full = appointments(*((number, "citizens", False, None) for number in range(16)))
    with pytest.raises(refusals.PanelRefused) as refused:
        panel.appoint(None, full, opened(), lambda person, role: True)
    assert [each["code"] for each in refused.value.problems] == ["seats_exceeded"]


def test_an_alternate_of_the_same_stratum_stands_in() -> None:
    command = appointments(
        (1, "citizens", False, "west"), (2, "citizens", True, "east"), (3, "citizens", True, "west"),
        (4, "experts", True, "west"), (5, "citizens", False, "north"),
    )  # fmt: skip
    made = panel.appoint(None, command, opened(), lambda person, role: True).state
    leave = ResignMember(command_id=uuid4(), round_id=CALL, by=OFFICER, member_id=UUID(int=1))
    done = panel.resign(made, leave, replace=True)
    assert done.answer["replaced_by"] == str(UUID(int=3))
    assert {seat.member_id.int for seat in done.state.sitting} == {3, 5}
    alone = panel.resign(made, leave.model_copy(update={"member_id": UUID(int=5)}), replace=True)
    assert alone.answer["replaced_by"] is None
    with pytest.raises(refusals.MemberUnknown):
        panel.resign(done.state, leave, replace=True)


def test_conflicts_follow_from_what_is_known() -> None:
    one, two = UUID(int=1), UUID(int=2)
    members = [Person(one, frozenset({"552100554"}), "a" * 64, "35238"), Person(two)]
    candidates = [
        Candidate(POOL[0], owner_id=uuid4(), siren="552100554", mail_domain="a" * 64),
        Candidate(POOL[1], owner_id=uuid4(), mail_domain="a" * 64),
        Candidate(POOL[2], owner_id=uuid4(), commune="35238", territorial=True),
        Candidate(POOL[3], owner_id=uuid4(), commune="35238"),
        Candidate(POOL[4], owner_id=two, officers=frozenset({one})),
    ]
    assert list(conflicts.derive(members, candidates)) == [
        (one, POOL[0], "same_siren"),
        (one, POOL[1], "same_mail_domain"),
        (one, POOL[2], "same_commune"),
        (two, POOL[4], "own_application"),
        (one, POOL[4], "same_officer"),
    ]


def test_a_declared_conflict_is_final_and_a_derived_one_is_not() -> None:
    derived = RecordConflict(
        command_id=uuid4(), round_id=CALL, member_id=OFFICER, application_id=POOL[0], source="same_siren"
    )
    dismissal = DismissConflict(
        command_id=uuid4(), round_id=CALL, by=OFFICER, member_id=OFFICER, application_id=POOL[0], reason="Homonyme"
    )
    found = conflicts.record(None, derived).state
    dismissed = conflicts.dismiss(found, dismissal)
    assert [event.type for event in dismissed.events] == ["ConflictDismissed"]
    assert conflicts.record(dismissed.state, derived).state.status == "dismissed"
    declared = conflicts.record(dismissed.state, derived.model_copy(update={"source": "declared"}))
    assert declared.state.status == "blocking"
    with pytest.raises(refusals.ConflictDeclared):
        conflicts.dismiss(declared.state, dismissal)
    with pytest.raises(refusals.ConflictUnknown):
        conflicts.dismiss(None, dismissal)


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
