"""What a round found: the ranking in applications, and what each applicant is told by criterion."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.model import Id
from contracts.programme import Criterion
from services.evaluation.domain import publication
from services.evaluation.domain.ranking import SMALL, Place, Scale, Vote, means, rank
from services.evaluation.domain.rounds import Round

Means = dict[str, dict[str, str | None]]
"""By college and criterion, a mean score with two decimals, or nothing where fewer than three voted."""


class Ranked(BaseModel):
    """``score`` is an exact fraction, absent when nobody voted; ``colleges`` the corrected mean in each, in points of 100."""

    model_config = ConfigDict(frozen=True)

    application_id: Id
    rank: int
    score: str | None
    colleges: dict[str, str]


class Results(BaseModel):
    """``feedback`` by application."""

    model_config = ConfigDict(frozen=True)

    ranking: tuple[Ranked, ...]
    feedback: dict[str, Means]

    @property
    def order(self) -> list[UUID]:
        return [place.application_id for place in self.ranking]


def conclude(
    closing: Round, labels: Mapping[str, str], left: Iterable[UUID], votes: Sequence[Vote]
) -> tuple[Results, dict[str, Any]]:
    """The results of a round and the document to publish.

    ``labels`` gives each application of the frozen pool its label; applications that ``left`` since are not ranked; ``votes``
    are in labels.
    """
    criteria = scales(closing.criteria)
    weights: dict[str, int] = {college.name: college.weight for college in closing.colleges}
    gone = {str(each) for each in left}
    stayed = {label: application for application, label in labels.items() if application not in gone}
    seed = closing.draw_seed or ""
    places = rank(stayed, means(votes, criteria), weights, seed)
    identity = {
        "round_id": str(closing.round_id),
        "pool_digest": closing.pool_digest or "",
        "draw_seed": seed,
    }
    document = publication.document(
        identity, criteria, weights, {label: label in stayed for label in labels.values()}, votes, places
    )
    told = feedback(criteria, votes)
    results = Results(
        ranking=tuple(_ranked(place, stayed) for place in places),
        feedback={stayed[label]: own for label, own in told.items() if label in stayed},
    )
    return results, document


def scales(criteria: Iterable[Criterion]) -> list[Scale]:
    return [Scale(item.code, item.weight, item.minimum, item.maximum) for item in criteria]


def _ranked(place: Place, applications: Mapping[str, str]) -> Ranked:
    return Ranked(
        application_id=UUID(applications[place.application]),
        rank=place.rank,
        score=None if place.score is None else str(place.score),
        colleges={name: _decimal(standing.mean // 10_000) for name, standing in place.standings.items()},
    )


def feedback(criteria: Sequence[Scale], votes: Iterable[Vote]) -> dict[str, Means]:
    """By label: the mean score of each criterion in each college."""
    given: dict[str, dict[str, list[tuple[int, ...]]]] = defaultdict(lambda: defaultdict(list))
    for vote in votes:
        given[vote.application][vote.college].append(vote.scores)
    return {
        label: {college: _means(criteria, scores) for college, scores in sorted(colleges.items())}
        for label, colleges in given.items()
    }


def _means(criteria: Sequence[Scale], given: list[tuple[int, ...]]) -> dict[str, str | None]:
    sums = [sum(column) for column in zip(*given, strict=True)]
    enough = len(given) >= SMALL
    return {
        scale.code: _decimal(100 * found // len(given)) if enough else None
        for scale, found in zip(criteria, sums, strict=True)
    }


def _decimal(hundredths: int) -> str:
    sign, size = "-" if hundredths < 0 else "", abs(hundredths)
    return f"{sign}{size // 100}.{size % 100:02d}"


def band(rank_: int, size: int) -> str:
    """In which quarter of the ranking a rank is."""
    return ("first_quarter", "second_quarter", "third_quarter", "last_quarter")[min(3, 4 * (rank_ - 1) // max(1, size))]
