"""The ranking of a round, from its ballots alone; standard library only, so that anyone can run it.

Whole numbers throughout, in millionths of a point; every division rounds down. So everybody gets the same result, to the bit.

1. A ballot's *total* is its weighted share of the criteria's scales, from 0 to 100 points.
2. *Severity*: within a college each reader's mean and variance are drawn towards the college's by ``PRIOR`` ballots' worth
   (shrinkage, after Efron & Morris, JASA 70, 1975, p. 311), then totals are standardised:
   ``corrected = mean + (total - reader's mean) * sqrt(variance / reader's variance)``, the root kept between 1/2 and 2.
3. *Colleges are ranked apart*: applications are ordered by the mean of their corrected totals, and have a point for each
   application behind them and half a point for each beside them (Borda's count with mid-ranks).
4. *Combination*: each college's points as a share of the most possible, weighted by the college; an application without
   votes in a college is judged by the others, and one without any vote comes last.
5. *Ties*: the order of SHA-256 over the published seed, ``:`` and the application's label.

A *small cell*, fewer than ``SMALL`` votes on an application in a college, says nothing of its readers' severity (step 2 leaves
it out), so that publishing its mean in place of its votes changes nothing in the ranking.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm
from typing import NamedTuple

POINT = 1_000_000
PRIOR = 5
SMALL = 3

Cell = tuple[str, str]
"""A college and an application's label."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A criterion: its ``weight`` and the whole numbers between which it is scored."""

    code: str
    weight: int
    minimum: int
    maximum: int

    @property
    def span(self) -> int:
        return max(1, self.maximum - self.minimum)


class Vote(NamedTuple):
    """One ballot; ``scores`` in the order of the criteria."""

    college: str
    application: str
    reader: str
    scores: tuple[int, ...]


class Standing(NamedTuple):
    """An application in one college: the mean of its corrected totals, and its points (doubled, to stay whole)."""

    mean: int
    points: int


class Place(NamedTuple):
    """An application in the ranking, from rank 1; ``score`` is None when nobody voted on it."""

    rank: int
    application: str
    score: Fraction | None
    standings: dict[str, Standing]


class _Sums(NamedTuple):
    size: int
    total: int
    squares: int


class _Severity(NamedTuple):
    """``factor`` in millionths."""

    mean: int
    factor: int


def total(scores: Sequence[int], criteria: Sequence[Scale]) -> int:
    """A ballot's total in millionths of a point, 0 to 100 points."""
    common = lcm(*(scale.span for scale in criteria))
    reached = sum(
        scale.weight * (common // scale.span) * (score - scale.minimum)
        for score, scale in zip(scores, criteria, strict=True)
    )
    return 100 * POINT * reached // (common * sum(scale.weight for scale in criteria))


def small_cells(votes: Iterable[Vote]) -> set[Cell]:
    """The cells with fewer than ``SMALL`` votes."""
    sizes: dict[Cell, int] = defaultdict(int)
    for vote in votes:
        sizes[vote.college, vote.application] += 1
    return {cell for cell, size in sizes.items() if size < SMALL}


def means(votes: Iterable[Vote], criteria: Sequence[Scale], corrected: bool = True) -> dict[Cell, int]:
    """The mean corrected total of every cell, in millionths of a point (steps 1 and 2)."""
    votes = list(votes)
    totals = [total(vote.scores, criteria) for vote in votes]
    found: dict[Cell, list[int]] = defaultdict(list)
    severity, middle = _severities(votes, totals) if corrected else ({}, {})
    for vote, points in zip(votes, totals, strict=True):
        reader = severity.get((vote.college, vote.reader))
        if reader:
            points = middle[vote.college] + (points - reader.mean) * reader.factor // POINT
        found[vote.college, vote.application].append(points)
    return {cell: sum(values) // len(values) for cell, values in found.items()}


def _severities(votes: list[Vote], totals: list[int]) -> tuple[dict[tuple[str, str], _Severity], dict[str, int]]:
    small = small_cells(votes)
    readers: dict[tuple[str, str], list[int]] = defaultdict(list)
    colleges: dict[str, list[int]] = defaultdict(list)
    for vote, points in zip(votes, totals, strict=True):
        if (vote.college, vote.application) not in small:
            readers[vote.college, vote.reader].append(points)
            colleges[vote.college].append(points)
    whole = {name: _sums(values) for name, values in colleges.items()}
    severity = {key: _severity(_sums(values), whole[key[0]]) for key, values in readers.items()}
    return severity, {name: sums.total // sums.size for name, sums in whole.items()}


def _sums(values: list[int]) -> _Sums:
    return _Sums(len(values), sum(values), sum(value * value for value in values))


def _severity(own: _Sums, college: _Sums) -> _Severity:
    mean = college.total // college.size
    variance = (college.size * college.squares - college.total**2) // college.size**2
    own_spread = (own.size * own.squares - own.total**2) // own.size
    own_variance = (own_spread + PRIOR * variance) // (own.size + PRIOR)
    factor = isqrt(variance * POINT * POINT // own_variance) if variance and own_variance else POINT
    return _Severity((own.total + PRIOR * mean) // (own.size + PRIOR), min(2 * POINT, max(POINT // 2, factor)))


def rank(applications: Iterable[str], cells: Mapping[Cell, int], weights: Mapping[str, int], seed: str) -> list[Place]:
    """Order ``applications`` from the means of their ``cells`` and the colleges' ``weights`` (steps 3 to 5)."""
    labels = list(applications)
    columns: dict[str, dict[str, Standing]] = {}
    for college in sorted(weights):
        voted = {label: cells[college, label] for label in labels if (college, label) in cells}
        columns[college] = _ranked_apart(voted)
    places = [(label, {name: column[label] for name, column in columns.items() if label in column}) for label in labels]
    scored = [(label, _combined(own, columns, weights), own) for label, own in places]
    scored.sort(key=lambda item: (-1 if item[1] is None else item[1], _reverse(seed, item[0])), reverse=True)
    return [Place(number, *item) for number, item in enumerate(scored, 1)]


def _ranked_apart(voted: Mapping[str, int]) -> dict[str, Standing]:
    ordered = sorted(voted.values())
    return {
        label: Standing(mean, bisect_left(ordered, mean) + bisect_right(ordered, mean) - 1)
        for label, mean in voted.items()
    }


def _combined(
    own: Mapping[str, Standing], columns: Mapping[str, Mapping[str, Standing]], weights: Mapping[str, int]
) -> Fraction | None:
    voting = sum(weights[name] for name in own)
    if not voting:
        return None
    return (
        sum(
            (
                Fraction(weights[name] * standing.points, max(1, 2 * (len(columns[name]) - 1)))
                for name, standing in own.items()
            ),
            Fraction(),
        )
        / voting
    )


def draw(seed: str, label: str) -> str:
    """Where the draw puts a label among those it is tied with: the smaller comes first."""
    return hashlib.sha256(f"{seed}:{label}".encode()).hexdigest()


def _reverse(seed: str, label: str) -> int:
    return -int(draw(seed, label), 16)
