"""Two sides measured in turn, so that what else the machine does hits both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import psutil

from tests.benchmarks.figures import Aim, Effort, Figure
from tests.benchmarks.load import Measured, sends
from tests.benchmarks.stand import Stand

HALF = Aim(least=0.5)
LIMIT = "one find and one update"


@dataclass(frozen=True)
class Side:
    """A service, or the raw limit, and what gives the requests of a round to it."""

    stand: Stand
    service: str | None
    requests: Callable[[], Sequence[bytes]]

    async def round(self, clients: int) -> Measured:
        """Measure; what is left in the service's outboxes then is not left to the next round."""
        measured = await sends(self.port, self.requests(), clients, self.processes)
        if self.service:
            await self.stand.until_sent(self.service)
        return measured

    @property
    def port(self) -> int:
        return self.stand.port(self.service) if self.service else self.stand.raw

    @property
    def processes(self) -> list[psutil.Process]:
        own = [self.stand.process(self.service) if self.service else self.stand.raw_process]
        return [*own, *self.stand.processes("mongodb", "kafka")]


async def compared(what: str, ours: Side, raw: Side, clients: int, effort: Effort, aim: Aim | None = HALF) -> Figure:
    """Requests a second of both, after a round of each that does not count."""
    found: tuple[list[Measured], list[Measured]] = ([], [])
    for _ in range(effort.rounds + 1):
        for side, measured in zip((raw, ours), found, strict=True):
            measured.append(await side.round(clients))
    limits, mine = (measured[1:] for measured in found)
    return Figure(
        what,
        "/s",
        [each.per_second for each in mine],
        LIMIT,
        [each.per_second for each in limits],
        aim,
        {"processor µs each": _cpu(mine), "raw: processor µs each": _cpu(limits)},
    )


def _cpu(measured: Sequence[Measured]) -> float:
    return median(each.cpu_us for each in measured)
