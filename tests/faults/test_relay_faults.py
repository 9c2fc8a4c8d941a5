"""Death at the worst moments: a process killed with -9 in the relay or in a consumer, and two relays on one shard."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.database import KEPT_ANSWERS
from services.chassis.leases import Leases
from services.chassis.runtime import Service
from services.chassis.settings import CommonSettings
from tests.platform import archived, eventually, serving
from tests.toys import PERSONS, Places, Tally, ask, persons, port, source

COUNT = 40


async def killed(*arguments: object) -> None:
    """Run a toy in a process of its own until it has killed itself."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.toys", *map(str, arguments))
    assert await process.wait() == -signal.SIGKILL


async def always(leases: Leases, name: str) -> bool:
    """A lease that everyone holds, as after a long pause of its holder: a courtesy, not the guard."""
    return True


async def complete(service: Service, events: int) -> None:
    """Wait until nothing waits, then check that every event is archived once and every chain holds."""
    assert service.relay is not None
    await eventually(service.relay.depth, lambda depth: depth == 0)
    envelopes = await archived(service)
    assert len({envelope.id for envelope in envelopes}) == len(envelopes) == events
    assert await service.archive.verify() == {"intact": True, "events": events}


@pytest.mark.parametrize("place", ["archiving", "archived", "published", "pulled"])
async def test_a_relay_killed_anywhere_loses_and_doubles_nothing(
    place: Places, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    seed = uuid4()
    tally = Tally(settings, port(service_environment, "observatory"))
    async with serving(tally.service):
        await killed("source", place, COUNT, seed)
        service, people = source(settings, port(service_environment, "people"))
        async with serving(service):
            await ask(people, persons(seed)[0])
            await complete(service, COUNT + 1)
            expected = {str(person): COUNT // PERSONS for person in persons(seed)}
            expected[str(persons(seed)[0])] += 1
            await tally.counted(expected)


async def test_a_relay_goes_on_after_an_error_that_nobody_thought_of(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    append, failures = service.archive.append, 0

    async def fails_once(*arguments: Any) -> Any:
        nonlocal failures
        failures += 1
        if failures == 1:
            raise ArithmeticError
        return await append(*arguments)

    monkeypatch.setattr(service.archive, "append", fails_once)
    async with serving(service) as client:
        await ask(people, uuid4())
        await complete(service, 1)
        assert failures == 2
        assert (await client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize(("done", "count"), [(7, COUNT), (PERSONS * (KEPT_ANSWERS + 5), PERSONS * KEPT_ANSWERS * 2)])
async def test_a_consumer_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    done: int, count: int, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    """Not even of an aggregate that was changed more often in it than it keeps answers."""
    seed = uuid4()
    service, people = source(settings, port(service_environment, "people"))
    async with serving(service):
        for number in range(count):
            await ask(people, persons(seed)[number % PERSONS])
        await complete(service, count)
        await killed("tally", done)
        tally = Tally(settings, port(service_environment, "observatory"))
        assert done <= sum((await tally.totals()).values()) < count
        assert sum((await tally.service.consumer.progress())["people"].values()) < done
        async with serving(tally.service):
            await tally.counted({str(person): count // PERSONS for person in persons(seed)})


async def test_two_relays_racing_for_the_same_shards_never_fork_the_archive(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Leases, "hold", always)
    first, ours = source(settings.model_copy(update={"instance": "first"}), port(service_environment, "people"))
    second, theirs = source(settings.model_copy(update={"instance": "second"}), port(service_environment, "funding"))
    tally = Tally(settings, port(service_environment, "observatory"))
    crowd = persons(uuid4())
    async with serving(first), serving(second), serving(tally.service):
        for _ in range(COUNT):
            await asyncio.gather(*(ask(people, person) for people in (ours, theirs) for person in crowd))
        await complete(first, COUNT * len(crowd) * 2)
        for service in (first, second):
            assert service.relay is not None
            assert len(service.relay.heads) == service.database.shards
        await tally.counted({str(person): COUNT * 2 for person in crowd})
