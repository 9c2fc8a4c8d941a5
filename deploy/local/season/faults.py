"""The faults that a seeded hand may do to a platform, and when in a season it does them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from random import Random
from typing import Literal

from deploy.local import services
from deploy.local.parts import PARTS

Kind = Literal["kill", "pause", "redeploy", "restart", "power_cut", "full_disk", "poison", "clock"]

SERVICE = "a service"
WHOLE = "the platform"
PAUSE_SECONDS = 12.0
"""Longer than the lease of a relay (10 s), a workflow task's time (10 s) and a consumer's session on this platform."""

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
"""Every kind of fault with what it strikes; a hand goes through all of them, in its own order, before one comes again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: done to ``target`` once the season's people have made ``after`` requests."""

    kind: Kind
    target: str
    after: int

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ')}: {self.target}"


def plan(seed: int, faults: int, requests: int) -> list[Fault]:
    """The same ``faults`` faults for the same ``seed``, spread over a season of about ``requests`` requests."""
    chance = Random(seed)  # noqa: S311 - to be repeated, not to be kept secret
    moments = sorted(chance.randrange(requests) for _ in range(faults))
    chosen = islice(_endless(chance), faults)
    return [Fault(kind, _target(name, chance), after) for (kind, name), after in zip(chosen, moments, strict=True)]


def _endless(chance: Random) -> Iterator[tuple[Kind, str]]:
    for _ in count():
        yield from _shuffled(ROUND, chance)


def _shuffled(kinds: Sequence[tuple[Kind, str]], chance: Random) -> list[tuple[Kind, str]]:
    return chance.sample(kinds, len(kinds))


def _target(name: str, chance: Random) -> str:
    return chance.choice(services.SERVICES) if name == SERVICE else name
