"""What one event costs when there are a thousand applications, ten thousand, a hundred thousand."""

import contextlib
import time
from collections.abc import AsyncIterator
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
    """Time for an application to be submitted and for evaluation and observatory to have written it, by how many there are.

    Every size has a platform of its own and they take turns, as the machine is not always as fast.
    """
    sizes, count = [effort.of(size) for size in SIZES], effort.of(EVENTS, CLIENTS)
    found: dict[int, list[Took]] = {size: [] for size in sizes}
    async with contextlib.AsyncExitStack() as stack:
        sides = {size: await stack.enter_async_context(_filled(console, size)) for size in sizes}
        console.print(f"Growth: {effort.rounds} rounds of {count} events each.")
        for _ in range(effort.rounds + 1):
            for size, (place, copies) in sides.items():
                found[size].append(await _round(place, copies, count))
    measured = {size: rounds[1:] for size, rounds in found.items()}
    return [_figure(size, rounds, measured[sizes[0]]) for size, rounds in measured.items()]


@contextlib.asynccontextmanager
async def _filled(console: Console, size: int) -> AsyncIterator[tuple[Stand, Copies]]:
    """A platform with ``size`` applications, which its consumers have heard of."""
    async with stand("applications", *CONSUMERS) as place:
        console.print(f"Growth: {size} applications are put there.")
        copies = await Copies.of(place)
        await copies.there(size - 1)
        for service in CONSUMERS:
            await copies.heard_by(service, size - 1)
        yield place, copies


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
