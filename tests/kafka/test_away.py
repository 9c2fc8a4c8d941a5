"""One broker that goes and comes back: what waits meanwhile, who can stop meanwhile, and what it refuses for a while."""

import os
import signal
from collections.abc import AsyncIterator, Mapping
from uuid import uuid4

import httpx
import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.envelope import MAX_DATA_BYTES, Envelope, wrap
from contracts.people import PersonRegistered
from contracts.topics import events_of
from services.chassis.broker import Publisher, PublishError, administrating, create_topics
from services.chassis.settings import CommonSettings
from tests.conftest import SEASON_START
from tests.kafka.apache import Cluster, running
from tests.platform import PROFILE, eventually, serving
from tests.toys import Tally, ask, port, source

TOPIC = events_of("people").name
OWN_LIMIT = "1048588"
"""What Apache Kafka lets a batch have when nobody says otherwise, in bytes."""


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    """A broker that may be killed."""
    async with running(tmp_path_factory.mktemp("away")) as found:
        yield found


@pytest.fixture
async def alone(cluster: Cluster, settings: CommonSettings) -> CommonSettings:
    """The settings of services on that broker, which they find empty."""
    await cluster.empty()
    return settings.model_copy(update={"kafka_bootstrap_servers": cluster.address})


async def kill(cluster: Cluster) -> None:
    (node,) = cluster.nodes
    assert node.child.pid
    os.kill(node.child.pid, signal.SIGKILL)
    await node.child.ended()


async def limit(cluster: Cluster, size: str) -> None:
    """Let the broker take batches of that many bytes on the topic of people's events, and no larger ones."""
    async with administrating(cluster.address) as admin:
        resource = ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"max.message.bytes": size})
        await admin.alter_configs([resource])


async def ready(client: httpx.AsyncClient) -> int:
    return (await client.get("/health/ready")).status_code


async def test_what_was_decided_meanwhile_is_told_when_it_is_back(
    cluster: Cluster, alone: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    before, during, after = (uuid4() for _ in range(3))
    tally = Tally(alone, port(service_environment, "observatory"))
    service, people = source(alone, port(service_environment, "people"))
    async with serving(tally.service) as client:
        async with serving(service):
            await ask(people, before)
            await eventually(tally.totals)
            await kill(cluster)
            await ask(people, during)
            assert await ready(client) == 503
        await cluster.nodes[0].child.start()
        service, people = source(alone, port(service_environment, "people"))
        async with serving(service):
            await ask(people, after)
            expected = {str(person): 1 for person in (before, during, after)}
            await eventually(tally.totals, lambda found: found == expected)
            await eventually(lambda: ready(client), lambda status: status == 200)
            assert (await service.archive.verify()) == {"intact": True, "events": 3}


@pytest.fixture
async def publisher(cluster: Cluster, alone: CommonSettings) -> AsyncIterator[Publisher]:
    await create_topics(cluster.address)
    found = Publisher(cluster.address, PROFILE, "people")
    await found.start()
    yield found
    await found.stop()


def event(data: str) -> Envelope:
    person = uuid4()
    envelope = wrap(PersonRegistered(person_id=person), identity=str(uuid4()), subject=str(person), time=SEASON_START)
    return envelope.model_copy(update={"data": data})


async def taken(publisher: Publisher, data: str) -> bool:
    try:
        await publisher.send(TOPIC, [event(data)], partition=0)
    except PublishError:
        return False
    return True


async def test_after_a_refusal_it_takes_what_it_may_take_again(cluster: Cluster, publisher: Publisher) -> None:
    """The producer numbers what it sends: without a new one, the broker would wait for ever for the number that it refused."""
    assert await taken(publisher, "{}")
    await limit(cluster, "100")
    await eventually(lambda: taken(publisher, "{}"), lambda passed: not passed)
    await limit(cluster, OWN_LIMIT)
    await eventually(lambda: taken(publisher, "{}"))


async def test_the_largest_event_that_we_write_is_not_too_large_for_it(cluster: Cluster, publisher: Publisher) -> None:
    await limit(cluster, OWN_LIMIT)
    await eventually(lambda: taken(publisher, "x" * (int(OWN_LIMIT) + 1)), lambda passed: not passed)
    assert await taken(publisher, "x" * MAX_DATA_BYTES)
