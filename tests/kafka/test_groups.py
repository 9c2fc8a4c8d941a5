"""Members of one consumer group: one of them stands still for longer than its session, and comes back."""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping

import psutil
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from services.chassis.broker import PROFILES, administrating
from services.chassis.database import KEPT_ANSWERS, Repository
from services.chassis.settings import CommonSettings
from tests.integration.test_sharing import OF_EACH_SHARD
from tests.platform import eventually, serving
from tests.toys import Person, Tally, ask, port, shorten_sessions, source

GROUP = "tremplin-observatory"
EACH = 3 * KEPT_ANSWERS
"""So many events of one aggregate that the answers to the first of them are forgotten when the last was handled."""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _short_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROFILES, "rehearsal", PROFILES["rehearsal"])
    shorten_sessions()


@contextlib.asynccontextmanager
async def member(done: int) -> AsyncIterator[psutil.Process]:
    """A process of the counting service, which stops itself when it has handled so many events of a batch."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.toys", "member", str(done))
    try:
        yield psutil.Process(process.pid)
    finally:
        process.kill()
        await process.wait()


async def members(admin: AIOKafkaAdminClient) -> tuple[str, int]:
    """The state of the group, and how many are in it."""
    (answer,) = await admin.describe_consumer_groups([GROUP])
    group = answer.to_object()["groups"][0]
    return group["state"], len(group["members"])


async def write(people: Repository[Person], number: int, written: Counter[str]) -> None:
    for _ in range(number):
        for person in OF_EACH_SHARD:
            await ask(people, person)
            written[str(person)] += 1


@pytest.mark.parametrize("done", [3, EACH])
async def test_who_stood_still_while_another_took_over_does_nothing_again(
    settings: CommonSettings, service_environment: Mapping[str, str], done: int
) -> None:
    """Nor does who took over, even what is more than aggregates keep answers to."""
    service, people = source(settings, port(service_environment, "people"))
    tally = Tally(settings, port(service_environment, "observatory"))
    written: Counter[str] = Counter()

    async def status(process: psutil.Process) -> str:
        return process.status()

    async with administrating(settings.kafka_bootstrap_servers) as admin, serving(service):
        await write(people, EACH, written)
        async with member(done) as still:
            await eventually(lambda: status(still), lambda found: found == psutil.STATUS_STOPPED)
            async with serving(tally.service):
                await write(people, EACH, written)
                await tally.counted(written)
                still.send_signal(signal.SIGCONT)
                await eventually(lambda: members(admin), lambda found: found == ("Stable", 2))
                await write(people, EACH, written)
                await tally.counted(written)
