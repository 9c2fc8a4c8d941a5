"""Submissions over HTTP, against a bare handler that does one find and one update by key on the same database."""

from functools import partial

from rich.console import Console

from tests.benchmarks.drafts import Drafts
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.raw_items import Items
from tests.benchmarks.sides import Side, compared
from tests.benchmarks.stand import stand

COUNTS = {1: 120, 20: 500}
"""Requests in a round, by clients."""


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Submissions a second with one client and with twenty; what the service archives and publishes meanwhile is in it.

    Beside that, the same bare handler on a copy of what the service keeps: what documents and indexes take of it.
    """
    found = []
    async with stand("applications") as place:
        counts = {clients: effort.of(count, clients) for clients, count in COUNTS.items()}
        drafts = await Drafts.of(place, (effort.rounds + 1) * sum(counts.values()))
        items = await Items.of(place)
        for clients, count in counts.items():
            console.print(f"Submissions with {clients} at once: {effort.rounds} rounds of {count}.")
            waiting = iter([await drafts.make(count) for _ in range(effort.rounds + 1)])
            ours = Side(place, "applications", partial(next, waiting))
            found.append(await compared(f"submissions, {clients} at once", ours, items.side(count), clients, effort))
        like = await Items.like(place, place.database("applications").collection("applications"))
        for clients, count in counts.items():
            what = f"bare handler, on a copy of the applications, {clients} at once"
            found.append(await compared(what, like.side(count), items.side(count), clients, effort, aim=None))
    return found
