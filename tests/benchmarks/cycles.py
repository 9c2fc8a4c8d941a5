"""Cycles started by the event that selects an initiative, against bare workflow starts on the same Temporal."""

import time
from datetime import timedelta
from uuid import uuid4

import orjson
from rich.console import Console

from contracts.applications import ApplicationSelected
from contracts.programme import SupportProgramme
from deploy.local import services
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.load import Connection, request
from tests.benchmarks.stand import OPEN, Stand, stand
from tests.platform import Elsewhere, elsewhere

STARTS = 60
"""In a round."""


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Cycles started a second; the raw limit is a client that starts twenty workflows at once, each with one thing to wait for."""
    count = effort.of(STARTS)
    console.print(f"Cycles: {effort.rounds} rounds of {count} starts.")
    async with stand(services.WORKER, raw="raw_starts") as place, elsewhere(place.address("kafka")) as world:
        before = [number * count for number in range(effort.rounds + 1)]
        rounds = [(await _bare(place, count), await _cycles(place, world, count, each)) for each in before]
    limits, ours = (list(side) for side in zip(*rounds[1:], strict=True))
    return [Figure("cycles started", "/s", ours, "bare workflow starts", limits)]


async def _bare(place: Stand, count: int) -> float:
    connection = await Connection.to(place.raw)
    answer = orjson.loads(await connection.ask(request("POST", f"/starts/{count}")))
    connection.close()
    return count / float(answer["seconds"])


async def _cycles(place: Stand, world: Elsewhere, count: int, before: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        selected = _selected()
        await world.happened(selected, selected.initiative_id, OPEN)
    await place.until_confirmed("applications", before + count, services.WORKER)
    return count / (time.perf_counter() - begun)


def _selected() -> ApplicationSelected:
    key = uuid4()
    return ApplicationSelected(
        initiative_id=key,
        application_id=key,
        call_id=uuid4(),
        owner_id=uuid4(),
        number="AIC-2021-000001",
        theme="health",
        departement="35",
        from_reserve=False,
        accept_by=OPEN + timedelta(days=10),
        programme=SupportProgramme(),
        applicant_kind="person",
    )
