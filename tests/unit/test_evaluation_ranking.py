"""The ranking: what holds whatever the ballots are."""

import json
import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from deploy.local.cli import app
from services.evaluation.domain.publication import Mismatch, document, ranking_of, recompute, verify
from services.evaluation.domain.ranking import POINT, SMALL, Place, Scale, Vote, draw, means, rank, small_cells, total
from services.evaluation.domain.rounds import draw_seed, pool_digest
from services.evaluation.recompute import main

CRITERIA = [Scale("general_interest", 60, 0, 5), Scale("feasibility", 40, 1, 4)]
WEIGHTS = {"citizens": 50, "experts": 50}
LABELS = [f"{number:016x}" for number in range(1, 8)]
READERS = {"citizens": ["c1", "c2", "c3", "c4"], "experts": ["e1", "e2", "e3"]}
SEED = "5eed"

scores = st.tuples(st.integers(0, 5), st.integers(1, 4))
pairs = [(college, label, reader) for college, readers in READERS.items() for label in LABELS for reader in readers]
panels = st.dictionaries(st.sampled_from(pairs), scores, max_size=len(pairs)).map(
    lambda given_: [Vote(college, label, reader, own) for (college, label, reader), own in given_.items()]
)
full_panels = st.lists(scores, min_size=len(pairs), max_size=len(pairs)).map(
    lambda given_: [Vote(*pair, own) for pair, own in zip(pairs, given_, strict=True)]
)


def ranked(votes: list[Vote], corrected: bool = True, seed: str = SEED) -> list[Place]:
    return rank(LABELS, means(votes, CRITERIA, corrected), WEIGHTS, seed)


def ranks(votes: list[Vote], corrected: bool = True) -> dict[str, int]:
    return {place.application: place.rank for place in ranked(votes, corrected)}


def test_a_total_is_a_share_of_the_scales() -> None:
    assert total((0, 1), CRITERIA) == 0
    assert total((5, 4), CRITERIA) == 100 * POINT
    assert total((5, 1), CRITERIA) == 60 * POINT
    assert total((0, 2), CRITERIA) == 40 * POINT // 3


@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_matter(votes: list[Vote], chance: random.Random) -> None:
    shuffled = list(votes)
    chance.shuffle(shuffled)
    assert ranked(shuffled) == ranked(votes)


@given(panels, st.permutations(READERS["citizens"]))
def test_the_names_of_readers_do_not_matter(votes: list[Vote], names: list[str]) -> None:
    renamed = dict(zip(READERS["citizens"], names, strict=True))
    other = [vote._replace(reader=renamed.get(vote.reader, vote.reader)) for vote in votes]
    assert ranked(other) == ranked(votes)


@given(panels, st.permutations(LABELS))
def test_the_names_of_applications_matter_to_the_draw_only(votes: list[Vote], names: list[str]) -> None:
    renamed = dict(zip(LABELS, names, strict=True))
    other = [vote._replace(application=renamed[vote.application]) for vote in votes]
    before = {renamed[place.application]: place.score for place in ranked(votes)}
    assert {place.application: place.score for place in ranked(other)} == before
    assert [place.score for place in ranked(other)] == [place.score for place in ranked(votes)]


@given(panels, st.text(max_size=8))
def test_only_ties_are_drawn(votes: list[Vote], seed: str) -> None:
    places = ranked(votes, seed=seed)
    keys = [Fraction(-1) if place.score is None else place.score for place in places]
    assert keys == sorted(keys, reverse=True)
    for first, second in pairwise(places):
        if first.score == second.score:
            assert draw(seed, first.application) < draw(seed, second.application)
    assert [place.rank for place in places] == list(range(1, len(LABELS) + 1))


@given(panels.filter(bool), st.data())
def test_without_correction_a_better_score_never_lowers_the_rank(votes: list[Vote], data: Any) -> None:
    index = data.draw(st.integers(0, len(votes) - 1))
    vote = votes[index]
    better = (data.draw(st.integers(vote.scores[0], 5)), data.draw(st.integers(vote.scores[1], 4)))
    raised = [*votes[:index], vote._replace(scores=better), *votes[index + 1 :]]
    assert ranks(raised, corrected=False)[vote.application] <= ranks(votes, corrected=False)[vote.application]


@given(full_panels, st.sampled_from(READERS["citizens"]))
def test_correction_keeps_the_order_in_which_a_reader_put_applications(votes: list[Vote], reader: str) -> None:
    """Seen through a reader who votes alone where all others agree."""
    flat = [vote if vote.reader == reader else vote._replace(scores=(3, 2)) for vote in votes]
    cells = means(flat, CRITERIA)
    own = {vote.application: total(vote.scores, CRITERIA) for vote in flat if vote.reader == reader}
    for first in LABELS:
        for second in LABELS:
            if own[first] >= own[second]:
                assert cells["citizens", first] >= cells["citizens", second] - 1


def test_an_application_without_votes_comes_last_and_a_silent_college_is_left_out() -> None:
    votes = [Vote("citizens", LABELS[0], reader, (0, 1)) for reader in READERS["citizens"]]
    places = ranked(votes)
    assert places[0].application == LABELS[0]
    assert [place.score for place in places[1:]] == [None] * 6


def test_a_severe_reader_s_best_comes_before_a_lenient_reader_s_worst() -> None:
    """Raw scores say the opposite: the readers use different halves of the scale, on applications drawn alike."""
    votes = [
        Vote("citizens", f"{kind}{number}", f"{kind}{reader}", (top - number % 2, 1))
        for kind, top in (("lenient", 5), ("severe", 2))
        for number in range(20)
        for reader in range(3)
    ]
    raw, corrected = means(votes, CRITERIA, corrected=False), means(votes, CRITERIA)
    best, worst = ("citizens", "severe0"), ("citizens", "lenient1")
    assert raw[best] < raw[worst]
    assert corrected[best] > corrected[worst]


def published(votes: list[Vote], left: frozenset[str] = frozenset()) -> dict[str, Any]:
    labels = {label: label not in left for label in LABELS}
    digest = pool_digest([])
    identity = {"round_id": "r", "pool_digest": digest, "draw_seed": draw_seed("r", digest, labels)}  # type: ignore[arg-type]
    stayed = [label for label, stays in labels.items() if stays]
    places = rank(stayed, means(votes, CRITERIA), WEIGHTS, identity["draw_seed"])
    found: dict[str, Any] = json.loads(json.dumps(document(identity, CRITERIA, WEIGHTS, labels, votes, places)))
    assert found["ranking"] == json.loads(json.dumps(ranking_of(places)))
    return found


@given(panels)
def test_anyone_recomputes_the_ranking_from_what_is_published(votes: list[Vote]) -> None:
    ballots = published(votes)
    assert recompute(ballots) == ballots["ranking"]
    small = small_cells(votes)
    assert len(ballots["ballots"]) == sum((vote.college, vote.application) not in small for vote in votes)
    assert len(ballots["small_cells"]) == len(small)


def test_a_cell_of_two_votes_gives_its_mean_and_names_no_reader() -> None:
    votes = [Vote("citizens", LABELS[0], reader, (5, 4)) for reader in READERS["citizens"][: SMALL - 1]]
    ballots = published(votes)
    assert ballots["ballots"] == []
    assert ballots["small_cells"] == [{"college": "citizens", "application": LABELS[0], "mean": 100 * POINT}]
    assert '"reader"' not in json.dumps(ballots)


def test_a_forged_document_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    votes = [Vote(college, label, reader, (3, 2)) for college, label, reader in pairs]
    ballots = published(votes)
    true = tmp_path / "ballots.json"
    true.write_text(json.dumps(ballots), encoding="utf-8")
    assert main([str(true)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(LABELS)
    ballots["ballots"][0]["scores"] = [5, 4]
    with pytest.raises(Mismatch, match="ranking"):
        verify(ballots)
    ballots["draw_seed"] = "0" * 64
    with pytest.raises(Mismatch, match="draw_seed"):
        verify(ballots)
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(ballots), encoding="utf-8")
    assert main([str(forged)]) == 1
    assert [CliRunner().invoke(app, ["recompute", str(each)]).exit_code for each in (true, forged)] == [0, 1]
    assert main([str(tmp_path / "nothing.json")]) == 2
    assert main([]) == 2
