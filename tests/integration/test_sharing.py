"""Two processes of one service that share its partitions in a consumer group, as on a cluster."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from contracts.topics import shard_of
from services.chassis.broker import PROFILES
from services.chassis.consuming import Consumer
from services.chassis.database import Repository
from services.chassis.runtime import Service
from services.chassis.settings import CommonSettings, read
from tests.platform import eventually, serving
from tests.toys import Person, Sink, ask, port, source

OF_EACH_SHARD = [next(person for person in iter(uuid4, None) if shard_of(str(person), 2) == shard) for shard in (0, 1)]


@pytest.fixture
def settings(service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> CommonSettings:
    monkeypatch.setitem(PROFILES, "embedded", replace(PROFILES["embedded"], groups=True))
    return read(CommonSettings)


class Pair:
    """One sink in two processes, so to say: one database, one group, one partition each."""

    def __init__(self, settings: CommonSettings, environment: Mapping[str, str]) -> None:
        self.sinks = (Sink(), Sink())
        ports = (port(environment, "observatory"), port(environment, "funding"))
        self.services: list[Service] = [
            sink.service(settings.model_copy(update={"instance": str(number)}), number)
            for sink, number in zip(self.sinks, ports, strict=True)
        ]

    def owner(self, person: UUID) -> int:
        return int(person in self.sinks[1].seen)

    async def seen(self) -> list[UUID]:
        return sorted(self.sinks[0].seen + self.sinks[1].seen)

    def consumer(self, number: int) -> Consumer:
        return self.services[number].consumer


@contextlib.asynccontextmanager
async def sharing(
    settings: CommonSettings, environment: Mapping[str, str]
) -> AsyncIterator[tuple[Repository[Person], Pair]]:
    """A source, and two consumers of it that have each consumed one event, of one shard."""
    service, people = source(settings, port(environment, "people"))
    pair = Pair(settings, environment)
    async with serving(service), serving(pair.services[0]), serving(pair.services[1]):
        for number in (0, 1):
            await pair.consumer(number).progress()
        for person in OF_EACH_SHARD:
            await ask(people, person)
        await eventually(pair.seen, lambda seen: seen == sorted(OF_EACH_SHARD))
        yield people, pair


async def test_two_processes_act_as_one_service(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joining a group takes seconds: one scene for all."""
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    async with sharing(settings, service_environment) as (people, pair):
        assert {pair.owner(person) for person in OF_EACH_SHARD} == {0, 1}
        await each_knows_how_far_the_other_has_come(pair)
        await either_sets_both_back(pair)
        await either_releases_what_the_other_has_buried(people, pair)


async def each_knows_how_far_the_other_has_come(pair: Pair) -> None:
    for number in (0, 1):
        await eventually(pair.consumer(number).progress, lambda found: found == {"people": {0: 1, 1: 1}})


async def either_sets_both_back(pair: Pair) -> None:
    for shard in (0, 1):
        await pair.consumer(0).rewind("people", shard, 0)
    await eventually(pair.seen, lambda seen: seen == sorted(OF_EACH_SHARD * 2))
    await each_knows_how_far_the_other_has_come(pair)


async def either_releases_what_the_other_has_buried(people: Repository[Person], pair: Pair) -> None:
    person = OF_EACH_SHARD[0]
    sink, other = pair.sinks[pair.owner(person)], pair.consumer(1 - pair.owner(person))
    sink.failing.add(person)
    await ask(people, person)
    await eventually(other.dead_letters.count)
    (letter,) = await other.dead_letters.list()
    assert await other.dead_letters.replay(letter["id"], other.handle) == 1
    sink.failing.clear()
    await ask(people, person)
    await eventually(pair.seen, lambda seen: seen.count(person) == 4)
    assert sink.seen.count(person) == 3
    assert await other.dead_letters.count() == 0
