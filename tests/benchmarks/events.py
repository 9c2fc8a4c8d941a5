"""Events from the outbox to a consumer's write, against bare produce, consume and update on the same servers."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

import orjson
from aiokafka import AIOKafkaProducer
from rich.console import Console

from contracts.topics import shard_of
from tests.benchmarks.copies import Copies
from tests.benchmarks.figures import Effort, Figure
from tests.benchmarks.load import Connection, request, spent
from tests.benchmarks.raw import PARTITIONS, TOPIC
from tests.benchmarks.sides import HALF
from tests.benchmarks.stand import Stand, reached, stand

EVENTS = 1_500
"""In a round."""


@dataclass(frozen=True)
class Took:
    """How long a round took, and what it took of the processors."""

    events: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds

    @property
    def cpu_us(self) -> float:
        return 1e6 * self.cpu_seconds / self.events


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """Events a second from the outbox of applications, through its archive and the broker, to what the observatory writes."""
    count = effort.of(EVENTS)
    console.print(f"Events: {effort.rounds} rounds of {count}.")
    async with stand("applications", "observatory") as place:
        copies = await Copies.of(place)
        rounds = [(await bare(place, count), await ours(place, copies, count)) for _ in range(effort.rounds + 1)]
    limits, mine = (list(side) for side in zip(*rounds[1:], strict=True))
    return [
        Figure(
            "events, from outbox to write",
            "/s",
            [each.rate for each in mine],
            "produce, consume, update",
            [each.rate for each in limits],
            HALF,
            {"processor µs each": _cpu(mine), "raw: processor µs each": _cpu(limits)},
        )
    ]


async def ours(place: Stand, copies: Copies, count: int) -> Took:
    """While the service is held, its outboxes fill; then it goes on, until the observatory has confirmed all."""
    service = place.process("applications")
    processes = place.processes("applications", "observatory", "mongodb", "kafka")
    before = await place.archived("applications")
    service.suspend()
    try:
        await copies.waiting(count)
        used, begun = spent(processes), time.perf_counter()
    finally:
        service.resume()
    await place.until_confirmed("applications", before + count, "observatory")
    return Took(count, time.perf_counter() - begun, spent(processes) - used)


async def bare(place: Stand, count: int) -> Took:
    """The same content, produced at once by this process and consumed by the one that does the least."""
    keys = [str(uuid4()) for _ in range(count)]
    processes = [place.raw_process, *place.processes("mongodb", "kafka")]
    looking = await Connection.to(place.raw)
    producer = AIOKafkaProducer(bootstrap_servers=place.address("kafka"), acks="all", linger_ms=2)
    await producer.start()
    done = await _consumed(looking) + count
    content = orjson.dumps({"number": "AIC-2021-000001", "needs": ["visibility"], "text": "x" * 300})
    used, begun = spent(processes), time.perf_counter()
    sent = [await producer.send(TOPIC, content, key=key.encode(), partition=shard_of(key, PARTITIONS)) for key in keys]
    await asyncio.gather(*sent)
    await reached(done, lambda: _consumed(looking))
    took = Took(count, time.perf_counter() - begun, spent(processes) - used)
    await producer.stop()
    looking.close()
    return took


async def _consumed(connection: Connection) -> int:
    return int(orjson.loads(await connection.ask(request("GET", "/consumed")))["consumed"])


def _cpu(rounds: Sequence[Took]) -> float:
    return median(each.cpu_us for each in rounds)
