"""What one event costs when there are a thousand applications, ten thousand, a hundred thousand."""

import time
from statistics import median

from rich.console import Console

from tests.benchmarks.copies import Copies
from tests.benchmarks.events import Took
from tests.benchmarks.figures import Aim, Effort, Figure
from tests.benchmarks.load import sends, spent
from tests.benchmarks.stand import Stand, stand

SIZES = (1_000, 10_000, 100_000)
EVENTS, CLIENTS = 200, 8
CONSUMERS = ("evaluation", "observatory")
FLAT = Aim(most=1.15)


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Time for an application to be submitted and for evaluation and observatory to have written it, by how many there are."""
    found: dict[int, list[Took]] = {}
    async with stand("applications", *CONSUMERS) as place:
        copies, there = await Copies.of(place), 1
        for size in map(effort.of, SIZES):
            console.print(
                f"Growth: {size} applications, {effort.rounds} rounds of {effort.of(EVENTS, CLIENTS)} events."
            )
            await copies.there(size - there)
            for service in CONSUMERS:
                await copies.heard_by(service, size - there)
            there = size
            rounds = [await _round(place, copies, effort.of(EVENTS, CLIENTS)) for _ in range(effort.rounds + 1)]
            found[size] = rounds[1:]
    return [_figure(size, rounds, next(iter(found.values()))) for size, rounds in found.items()]


async def _round(place: Stand, copies: Copies, count: int) -> Took:
    requests = await copies.drafts(count)
    processes = place.processes("applications", *CONSUMERS, "mongodb", "kafka")
    before = await place.archived("applications")
    used, begun = spent(processes), time.perf_counter()
    await sends(place.port("applications"), requests, CLIENTS)
    await place.until_confirmed("applications", before + count, *CONSUMERS)
    return Took(count, time.perf_counter() - begun, spent(processes) - used)


def _figure(size: int, rounds: list[Took], first: list[Took]) -> Figure:
    costs, least = ([1e6 / each.rate for each in side] for side in (rounds, first))
    cpu = {"processor µs each": median(each.cpu_us for each in rounds)}
    if rounds is first:
        return Figure(f"an event, {size} applications", "µs", costs, more=cpu)
    return Figure(f"an event, {size} applications", "µs", costs, "with the fewest", least, FLAT, cpu)
