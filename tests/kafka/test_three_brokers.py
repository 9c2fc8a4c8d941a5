"""Three brokers, of which two must have an event: one of them killed with -9 in the middle of traffic, and of a season."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka.errors import NodeNotReadyError

from contracts.topics import BY_NAME, events_of
from deploy.local.season.running import Season, play
from deploy.local.season.watching import Watcher
from services.chassis.broker import administrating, create_topics, topics_there, until_settled
from services.chassis.settings import CommonSettings
from tests.kafka.apache import Cluster, Node, running
from tests.platform import eventually, serving
from tests.toys import PERSONS, Tally, ask, persons, port, source

SCALE = 0.05
FEW, MANY = 20, 200
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with running(tmp_path_factory.mktemp("three"), count=3) as found:
        yield found


@pytest.fixture
async def complete(cluster: Cluster) -> Cluster:
    """The three of them, and nothing in them."""
    await asyncio.gather(*(node.child.start() for node in cluster.nodes if node.child.pid is None))
    await cluster.empty()
    return cluster


def kill(node: Node) -> None:
    assert node.child.pid
    os.kill(node.child.pid, signal.SIGKILL)


async def leader(cluster: Cluster, topic: str, partition: int) -> Node:
    async with administrating(cluster.address) as admin:
        (found,) = await admin.describe_topics([topic])
    (number,) = [each["leader"] for each in found["partitions"] if each["partition"] == partition]
    return next(node for node in cluster.nodes if node.number == number)


async def alive(cluster: Cluster) -> int:
    """How many brokers the others know of, unless the one that is asked has gone."""
    async with administrating(cluster.address) as admin:
        try:
            return len((await admin.describe_cluster())["brokers"])
        except NodeNotReadyError:
            return len(cluster.nodes)


@until_settled
async def copies(cluster: Cluster) -> set[int]:
    """How many brokers keep each of our partitions."""
    async with administrating(cluster.address) as admin:
        found = await admin.describe_topics([*BY_NAME])
    return {len(part["replicas"]) for topic in found for part in topic["partitions"]}


async def test_traffic_goes_on_when_one_is_killed(
    complete: Cluster, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    settings = settings.model_copy(update={"kafka_bootstrap_servers": complete.address})
    crowd = persons(uuid4())
    service, people = source(settings, port(service_environment, "people"))
    tally = Tally(settings, port(service_environment, "observatory"))
    written: Counter[str] = Counter()

    async def write(number: int) -> None:
        for count in range(number):
            await ask(people, person := crowd[count % PERSONS])
            written[str(person)] += 1

    async def counted() -> int:
        return sum((await tally.totals()).values())

    async with serving(service), serving(tally.service):
        assert await copies(complete) == {3}
        writing = asyncio.create_task(write(MANY))
        await eventually(counted, lambda number: number >= FEW)
        kill(await leader(complete, events_of("people").name, 0))
        await writing
        await write(FEW)
        await eventually(tally.totals, lambda found: found == written)
        assert await service.archive.verify() == {"intact": True, "events": MANY + FEW}
        assert await tally.service.consumer.dead_letters.count() == 0


async def test_topics_that_are_made_while_one_is_away_have_as_many_copies(complete: Cluster) -> None:
    kill(complete.nodes[2])
    await eventually(lambda: alive(complete), lambda number: number == 2)
    await create_topics(complete.address)
    assert await copies(complete) == {3}


async def test_who_is_sent_to_one_that_has_just_gone_asks_again(complete: Cluster) -> None:
    """Whom a client asks is chance: of ten, one at least is sent to the third, which the others still name."""
    kill(complete.nodes[2])
    await asyncio.gather(*(topics_there(complete.address) for _ in range(10)))
    await create_topics(complete.address)
    assert await copies(complete) == {3}


class Killing(Watcher):
    """Kills a broker in the middle of a phase, once: its process id is known for a moment longer than it is its own."""

    def __init__(self, node: Node, phase: str) -> None:
        self._node, self._phase, self._now = node, phase, ""
        self.done = False

    def begin(self, phase: str) -> None:
        self._now = phase

    def told(self, what: str, done: int, of: int) -> None:
        if self._now == self._phase and 2 * done >= of and not self.done:
            self.done = True
            kill(self._node)


async def test_a_season_comes_to_its_end_when_one_is_killed(
    complete: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", complete.address)
    killing = Killing(complete.nodes[1], "Ballots")
    summary = await play(Season(tmp_path, SCALE), killing)
    assert killing.done
    assert complete.nodes[1].child.pid is None
    assert [name for name, holds in summary["invariants"].items() if not holds] == []
    assert summary["dead_letters"] == summary["events_unconfirmed"] == 0
    assert summary["cycles_completed"] == summary["laureates"] - 1
