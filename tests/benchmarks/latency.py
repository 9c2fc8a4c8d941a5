"""From a submission to the observatory's answer that counts it, at fifty submissions a second."""

import asyncio
import time
from collections.abc import Sequence

import orjson
from rich.console import Console

from deploy.local import services
from tests.benchmarks.drafts import Drafts
from tests.benchmarks.figures import Aim, Effort, Figure, percentile
from tests.benchmarks.load import Connection, request
from tests.benchmarks.stand import Stand, stand

TWO = ("applications", "observatory")
ALL = (*services.SERVICES, services.WORKER)
RATE, SECONDS = 50, 6
CLIENTS = 20
PROMPT = Aim(most=150)
_LOOK_SECONDS = 0.005
_PATIENCE_SECONDS = 60.0


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Milliseconds from sending a submission to the end of an answer that counts it: the middle one and the slowest in 100."""
    count = effort.of(RATE * SECONDS)
    console.print(f"Latency: {effort.rounds} rounds of {count} submissions, {RATE} a second, on two platforms.")
    return [*await _on("the two services", TWO, count, effort), *await _on("the whole platform", ALL, count, effort)]


async def _on(where: str, served: tuple[str, ...], count: int, effort: Effort) -> list[Figure]:
    async with stand(*served) as place:
        drafts = await Drafts.of(place, (effort.rounds + 1) * count)
        before = [number * count for number in range(effort.rounds + 1)]
        rounds = [await _round(place, drafts, await drafts.make(count), each) for each in before]
    halves, slow = ([percentile(each, percent) for each in rounds[1:]] for percent in (50, 99))
    return [
        Figure(f"submission to public, p50, {where}", "ms", halves),
        Figure(f"submission to public, p99, {where}", "ms", slow, aim=PROMPT),
    ]


async def _round(place: Stand, drafts: Drafts, requests: Sequence[bytes], before: int) -> list[float]:
    """The latency of each: the k-th to be sent is public when the figures count k."""
    seen = asyncio.create_task(_watch(place, drafts.call_id, before, len(requests)))
    sent = await _submit(place.port("applications"), requests)
    public = await seen
    return [1_000 * (shown - begun) for begun, shown in zip(sorted(sent), public, strict=True)]


async def _submit(port: int, requests: Sequence[bytes]) -> list[float]:
    """Send at a steady pace, whether or not there are answers; when each was due."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CLIENTS):
        idle.put_nowait(await Connection.to(port))
    begun = time.perf_counter()
    due = [begun + number / RATE for number in range(len(requests))]

    async def one(at: float, sent: bytes) -> None:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        connection = await idle.get()
        await connection.ask(sent)
        idle.put_nowait(connection)

    await asyncio.gather(*map(one, due, requests))
    while not idle.empty():
        idle.get_nowait().close()
    return due


async def _watch(place: Stand, call_id: str, before: int, count: int) -> list[float]:
    """When each of ``count`` more submissions was counted in the public figures of the call."""
    connection = await Connection.to(place.port("observatory"))
    asking, found = request("GET", f"/calls/{call_id}/figures"), list[float]()
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while len(found) < count:
            shown = orjson.loads(await connection.ask(asking))["applications"]["submitted"] - before
            found += [time.perf_counter()] * (shown - len(found))
            await asyncio.sleep(_LOOK_SECONDS)
    connection.close()
    return found
