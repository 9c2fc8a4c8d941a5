"""What the applicants propose: synthetic initiatives in the published proportions, each with a hidden worth that readers see
through their own severity.
"""

from dataclasses import dataclass
from random import Random

from deploy.local.season.cast import SEED

NEEDS = {"visibility": 163, "funding": 153, "introductions": 130, "distribution": 127, "coaching": 117}
"""How many of the 187 named each need, as published by the programme."""

THEMES = {
    "inclusion": "l'inclusion numérique",
    "ecology": "la transition écologique",
    "health": "l'accès aux soins",
    "education": "l'éducation populaire",
    "democracy": "la participation citoyenne",
    "mobility": "la mobilité partagée",
    "culture": "l'accès à la culture",
    "employment": "le retour à l'emploi",
}
CRITERIA = ("general_interest", "impact", "feasibility", "openness")
SCALE = (0, 5)


@dataclass(frozen=True, slots=True)
class Initiative:
    """One proposal. ``worth`` is between 0 and 1 and known to the play only."""

    number: int
    title: str
    purpose: str
    theme: str
    needs: tuple[str, ...]
    requested_cents: int
    territorial: bool
    worth: float


def initiatives(count: int, pool: int) -> list[Initiative]:
    """``count`` initiatives; the needs of the first ``pool`` are in exactly the published proportions."""
    random = Random(SEED + 1)  # noqa: S311  synthetic data, the same every time
    named = {need: set(random.sample(range(pool), round(pool * times / 187))) for need, times in NEEDS.items()}
    return [_initiative(index, pool, named, random) for index in range(count)]


def _initiative(index: int, pool: int, named: dict[str, set[int]], random: Random) -> Initiative:
    theme = random.choice(list(THEMES))
    needs = tuple(need for need, which in named.items() if index % pool in which) or ("visibility",)
    return Initiative(
        number=index + 1,
        title=f"Initiative synthétique {index + 1:05d} pour {THEMES[theme]}",
        purpose=f"Donnée synthétique : une initiative d'intérêt général pour {THEMES[theme]}, sans lien avec un projet réel.",
        theme=theme,
        needs=needs,
        requested_cents=random.randrange(20, 141) * 1_000_00,
        territorial=random.random() < 0.3,
        worth=random.betavariate(3, 3),
    )


def scores(initiative: Initiative, reader: str) -> dict[str, int]:
    """The scores that ``reader`` gives: the worth, shifted by the reader's severity, with some noise; always the same."""
    severity = Random(f"{SEED} {reader}").gauss(0, 0.12)  # noqa: S311
    random = Random(f"{SEED} {reader} {initiative.number}")  # noqa: S311
    low, high = SCALE
    return {
        criterion: min(high, max(low, round((initiative.worth + severity + random.gauss(0, 0.15)) * high)))
        for criterion in CRITERIA
    }
