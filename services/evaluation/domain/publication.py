"""The ballots as published: random labels for applications and readers, in the order of these labels, without comments, times
or conflicts; votes of small cells give way to their mean. Anyone recomputes the ranking from it. Standard library only.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.evaluation.domain.ranking import PRIOR, SMALL, Cell, Place, Scale, Vote, means, rank, small_cells

FORMAT = "tremplin-ballots/1"


class Mismatch(ValueError):
    """The document does not say what it claims; the text names the part."""


def document(
    identity: Mapping[str, str],
    criteria: Sequence[Scale],
    weights: Mapping[str, int],
    labels: Mapping[str, bool],
    votes: Sequence[Vote],
    places: Iterable[Place],
) -> dict[str, Any]:
    """What is published of a round.

    A ballot's scores are in the order of the criteria. ``identity`` gives ``round_id``, ``pool_digest`` and ``draw_seed``;
    ``labels`` every label of the frozen pool, and whether it stayed to the end; ``votes`` and ``places`` are in labels.
    """
    small = small_cells(votes)
    cells = means(votes, criteria)
    return {
        "format": FORMAT,
        **identity,
        "criteria": [
            {"code": scale.code, "weight": scale.weight, "minimum": scale.minimum, "maximum": scale.maximum}
            for scale in criteria
        ],
        "colleges": dict(sorted(weights.items())),
        "severity": {"prior_ballots": PRIOR},
        "small_cells_below": SMALL,
        "applications": sorted(labels),
        "left": sorted(label for label, stayed in labels.items() if not stayed),
        "ballots": [
            {
                "college": vote.college,
                "application": vote.application,
                "reader": vote.reader,
                "scores": list(vote.scores),
            }
            for vote in sorted(votes, key=lambda vote: (vote.application, vote.reader))
            if (vote.college, vote.application) not in small
        ],
        "small_cells": [{"college": cell[0], "application": cell[1], "mean": cells[cell]} for cell in sorted(small)],
        "ranking": ranking_of(places),
    }


def ranking_of(places: Iterable[Place]) -> list[list[Any]]:
    """Rank, label and exact score of every place."""
    return [[place.rank, place.application, None if place.score is None else str(place.score)] for place in places]


def recompute(published: Mapping[str, Any]) -> list[list[Any]]:
    """The ranking, from the published ballots alone. Raises ``Mismatch`` when the draw's seed was not fixed by pool and labels."""
    if published["format"] != FORMAT:
        raise Mismatch("format")
    if seed_of(published) != published["draw_seed"]:
        raise Mismatch("draw_seed")
    criteria = [Scale(item["code"], item["weight"], item["minimum"], item["maximum"]) for item in published["criteria"]]
    votes = [_vote(item) for item in published["ballots"]]
    cells: dict[Cell, int] = means(votes, criteria)
    cells |= {(item["college"], item["application"]): item["mean"] for item in published["small_cells"]}
    left = set(published["left"])
    stayed = [label for label in published["applications"] if label not in left]
    return ranking_of(rank(stayed, cells, published["colleges"], published["draw_seed"]))


def _vote(item: Mapping[str, Any]) -> Vote:
    return Vote(item["college"], item["application"], item["reader"], tuple(item["scores"]))


def verify(published: Mapping[str, Any]) -> list[list[Any]]:
    """The recomputed ranking. Raises ``Mismatch`` when it is not the published one."""
    found = recompute(published)
    if found != published["ranking"]:
        raise Mismatch("ranking")
    return found


def seed_of(published: Mapping[str, Any]) -> str:
    """The seed that follows from the round's id, its pool's digest and its labels."""
    labels = hashlib.sha256("\n".join(sorted(published["applications"])).encode()).hexdigest()
    return hashlib.sha256(f"{published['round_id']}\n{published['pool_digest']}\n{labels}".encode()).hexdigest()


def as_csv(published: Mapping[str, Any]) -> str:
    """The published ballots, one a line, with a column per criterion."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["college", "application", "reader", *(item["code"] for item in published["criteria"])])
    writer.writerows([*vote[:3], *vote.scores] for vote in map(_vote, published["ballots"]))
    return text.getvalue()
