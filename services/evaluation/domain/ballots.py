"""A ballot: one score per criterion and a comment, or an abstention with its reason; and the quorum of those given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from contracts.model import Model
from contracts.programme import College, Criterion
from services.evaluation.domain import refusals

State = Literal["empty", "cast", "abstained"]
_BLOCK = 256


class Content(Model):
    """What is sealed: ``scores`` by criterion, or the reason of an abstention."""

    scores: dict[str, int] | None = None
    comment: str | None = None
    reason: str | None = None


@dataclass(slots=True)
class Tally:
    """The ballots on one application in one college, those set aside left out."""

    readers: int = 0
    cast: int = 0
    abstained: int = 0

    def add(self, state: State) -> None:
        self.readers += 1
        self.cast += state == "cast"
        self.abstained += state == "abstained"

    def reaches(self, quorum: int) -> bool:
        """Whether ``quorum`` percent of the readers gave a ballot, abstentions included, and one of them has scores."""
        return self.cast > 0 and (self.cast + self.abstained) * 100 >= quorum * self.readers


def check_scores(criteria: Iterable[Criterion], scores: Mapping[str, int]) -> dict[str, int]:
    """``scores`` in the order of the criteria. Raises ``ScoresRefused`` or ``ScoreOffScale`` with what is allowed."""
    wanted = {criterion.code: criterion for criterion in criteria}
    if scores.keys() != wanted.keys():
        raise refusals.ScoresRefused(field="scores", allowed=sorted(wanted), problems=_misfits(wanted, scores))
    for code, criterion in wanted.items():
        if not criterion.minimum <= scores[code] <= criterion.maximum:
            allowed = {"minimum": criterion.minimum, "maximum": criterion.maximum}
            raise refusals.ScoreOffScale(field=f"scores.{code}", allowed=allowed)
    return {code: scores[code] for code in wanted}


def _misfits(wanted: Mapping[str, Criterion], scores: Mapping[str, int]) -> list[dict[str, Any]]:
    missing = [
        {"field": f"scores.{code}", "code": "score_missing", "detail": "A score is missing"}
        for code in wanted
        if code not in scores
    ]
    if len(scores.keys() - wanted.keys()):
        missing.append({"field": "scores", "code": "criterion_unknown", "detail": "The call has no such criterion"})
    return missing


def padded(content: Content) -> bytes:
    """``content`` as JSON, filled up with spaces, so that its sealed length tells little of what it says."""
    plain = content.model_dump_json(exclude_none=True).encode()
    return plain + b" " * (-len(plain) % _BLOCK)


def below_quorum(
    applications: Iterable[UUID], colleges: Iterable[College], tallies: Mapping[tuple[UUID, str], Tally]
) -> int:
    """How many applications lack the quorum of some college."""
    colleges = tuple(colleges)
    return sum(
        any(not tallies.get((each, college.name), Tally()).reaches(college.quorum) for college in colleges)
        for each in applications
    )
