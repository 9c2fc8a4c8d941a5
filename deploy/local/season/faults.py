"""The faults that a seeded hand may do to a platform, and when in a season it does them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from typing import Literal

from deploy.local import services
from deploy.local.parts import PARTS
from deploy.local.season.size import Size
from deploy.local.temporal import Temporal

Kind = Literal["kill", "pause", "redeploy", "restart", "power_cut", "full_disk", "poison", "clock"]

SERVICE = "a service"
WHOLE = "the platform"
PAUSE_SECONDS = 12.0
"""Longer than the lease of a relay (10 s) and a workflow task's time (10 s)."""

ROUND: tuple[tuple[Kind, str], ...] = (
    *(("kill", name) for name in (SERVICE, services.WORKER, *(part.name for part in PARTS))),
    *(("pause", name) for name in (SERVICE, services.WORKER, *(part.name for part in PARTS))),
    *(("redeploy", name) for name in (SERVICE, services.WORKER)),
    ("restart", WHOLE),
    ("power_cut", WHOLE),
    ("full_disk", "mongodb"),
    ("poison", "kafka"),
    ("clock", WHOLE),
)
"""Every kind of fault with what it strikes; none comes more than once oftener than another."""

PLAYED = 0.95
"""The share of a season's requests in which faults strike: how many there will be is known only about."""
CYCLES = (0.2, 0.8)
"""The part of the three months, by its requests, in which cycles are under way."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: done to ``target`` once the season's people have made ``after`` requests."""

    kind: Kind
    target: str
    after: int

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}: {self.target}"


def plan(seed: int, faults: int, size: Size) -> list[Fault]:
    """The same ``faults`` faults for the same ``seed``, spread over a season of that size, in the order of their moments.

    What strikes workflows, or is a new deployment, comes while cycles are under way.
    """
    chance = Random(seed)  # noqa: S311 - to be repeated, not to be kept secret
    chosen = islice(_endless(chance), faults)
    drawn = [Fault(kind, _target(name, chance), _moment(kind, name, size, chance)) for kind, name in chosen]
    return sorted(drawn, key=lambda fault: fault.after)


def _moment(kind: Kind, name: str, size: Size, chance: Random) -> int:
    if kind != "redeploy" and name not in (services.WORKER, Temporal.name):
        return chance.randrange(round(size.requests * PLAYED))
    before = size.requests_before_cycles
    first, last = (before + round((size.requests - before) * share) for share in CYCLES)
    return chance.randrange(first, last)


def _endless(chance: Random) -> Iterator[tuple[Kind, str]]:
    for _ in count():
        yield from _shuffled(ROUND, chance)


def _shuffled(kinds: Sequence[tuple[Kind, str]], chance: Random) -> list[tuple[Kind, str]]:
    return chance.sample(kinds, len(kinds))


def _target(name: str, chance: Random) -> str:
    return chance.choice(services.SERVICES) if name == SERVICE else name
