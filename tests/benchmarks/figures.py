"""What a benchmark finds: figures with all their rounds, and what follows from these: medians, ratios, spreads, percentiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Effort:
    """How much is done: ``rounds`` of each figure, a ``share`` of the full counts, the season's ``scales``."""

    rounds: int = 5
    share: float = 1.0
    scales: tuple[float, ...] = (1, 5, 20)

    def of(self, count: int, least: int = 1) -> int:
        return max(least, round(count * self.share))


TINY = Effort(rounds=2, share=0.04, scales=(0.1,))
"""To see that everything runs, in seconds; its figures mean nothing."""


@dataclass(frozen=True)
class Aim:
    """A bound on a figure's ratio or, for a figure that is compared with nothing, on the figure itself."""

    least: float | None = None
    most: float | None = None

    def met(self, value: float) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        bounds = (("≥", self.least), ("≤", self.most))
        return ", ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)


@dataclass(frozen=True)
class Figure:
    """One figure, in ``unit``, as found in each round: ``ours`` and, if it is compared, the ``limit`` of the same round.

    ``against`` says what the limit is. ``more`` are details beside the figure, each named with its unit.
    """

    what: str
    unit: str
    ours: Sequence[float]
    against: str = ""
    limit: Sequence[float] = ()
    aim: Aim | None = None
    more: Mapping[str, float] = field(default_factory=dict)

    @property
    def value(self) -> float:
        return median(self.ours)

    @property
    def judged(self) -> list[float]:
        """What an aim is about, by round: the ratio to the limit of the same round, or the figure itself."""
        if not self.limit:
            return list(self.ours)
        return [ours / limit for ours, limit in zip(self.ours, self.limit, strict=True)]

    @property
    def ratio(self) -> float | None:
        return median(self.judged) if self.limit else None

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest round of what is judged."""
        return min(self.judged), max(self.judged)

    @property
    def met(self) -> bool | None:
        return self.aim.met(median(self.judged)) if self.aim else None

    def as_dict(self) -> dict[str, Any]:
        """Everything, as it is kept in a file."""
        compared = {"against": self.against, "limit": median(self.limit), "ratio": self.ratio} if self.limit else {}
        judged = {"aim": str(self.aim), "met": self.met} if self.aim else {}
        rounds = {"ours": list(self.ours), "limit": list(self.limit)}
        found = {"what": self.what, "unit": self.unit, "median": self.value, **compared, "spread": self.spread}
        return {**found, **judged, "more": dict(self.more), "rounds": rounds}


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which ``percent`` of at least two ``values`` lie, between two of them by interpolation."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
