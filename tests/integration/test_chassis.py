"""The chassis on real servers: what is written is archived, published and consumed once, whatever dies in between."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from contracts.topics import BY_NAME, TOPICS, shard_of
from services.chassis.broker import create_topics
from services.chassis.database import Busy, Database
from services.chassis.http import make_api
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import CommonSettings, read
from services.chassis.stored import IdempotencyKeyReused
from tests.platform import archived, eventually, serving
from tests.toys import Sink, ask, port, source


async def test_an_event_reaches_its_consumer_once_and_in_order(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    sink = Sink()
    persons = [uuid4() for _ in range(30)]
    async with serving(service), serving(sink.service(settings, port(service_environment, "observatory"))):
        for person in persons:
            await ask(people, person)
        await eventually(sink.count, lambda count: count >= 30)
        assert sorted(sink.seen) == sorted(persons)
        envelopes = await archived(service)
        assert [item.sequence for item in envelopes if shard_of(item.subject, 2) == 0] == list(
            range(1, 1 + sum(shard_of(str(person), 2) == 0 for person in persons))
        )
        assert service.relay is not None
        assert (await service.archive.verify())["intact"]
        await eventually(service.relay.depth, lambda depth: depth == 0)


async def test_topics_are_made_as_the_table_says_by_whoever_starts_first(fresh_kafka: str) -> None:
    await asyncio.gather(*(create_topics(fresh_kafka) for _ in range(3)))
    admin = AIOKafkaAdminClient(bootstrap_servers=fresh_kafka)
    await admin.start()

    async def found() -> dict[str, int]:
        return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics([*BY_NAME])}

    try:
        await eventually(found, lambda found: found == {topic.name: topic.partitions for topic in TOPICS})
    finally:
        await admin.close()


async def test_a_repeated_command_gets_the_first_answer(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    async with serving(service):
        person, command = uuid4(), uuid4()
        first = await ask(people, person, command)
        await ask(people, person)
        assert await ask(people, person, command) == first
        with pytest.raises(IdempotencyKeyReused):
            await ask(people, person, command, name="b")
        stored = await people.load(str(person))
        assert stored is not None
        assert stored.state.registrations == 2


async def test_events_that_cannot_leave_are_bounded_and_nothing_is_lost(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.database.MAX_OUTBOX", 2)
    service, people = source(settings, port(service_environment, "people"))
    person = uuid4()
    for _ in range(3):
        await ask(people, person)
    with pytest.raises(Busy):
        await ask(people, person)
    async with serving(service):
        await eventually(lambda: service.archive.positions(None), lambda positions: sum(positions.values()) == 3)
        await eventually(service.relay.depth, lambda depth: depth == 0)  # type: ignore[union-attr]
        assert (await ask(people, person))["registrations"] == 4


async def test_personal_data_is_sealed_and_gone_once_erased(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    async with serving(service):
        person = uuid4()
        await ask(people, person, name="canary-name")
        document = await people.collection.find_one({"_id": str(person)})
        assert document is not None
        assert b"canary" not in document["state"]["private"]
        assert "canary" not in str(document)
        database: Database = service.database
        await database.vault.erase(str(person))
        stored = await people.load(str(person))
        assert stored is not None
        assert stored.state.private is None


async def test_a_consumer_started_late_or_behind_a_gap_asks_for_what_it_misses(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    sink = Sink()
    persons = [uuid4() for _ in range(10)]
    async with serving(service):
        assert service.relay is not None
        publisher, silent = service.relay._publisher, _Silent()
        service.relay._publisher = silent  # type: ignore[assignment]
        for person in persons[:5]:
            await ask(people, person)
        await eventually(service.relay.depth, lambda depth: depth == 0)
        service.relay._publisher = publisher
        async with serving(sink.service(settings, port(service_environment, "observatory"))):
            for person in persons[5:]:
                await ask(people, person)
            await eventually(sink.count, lambda count: count >= 10)
            assert sorted(sink.seen) == sorted(persons)


class _Silent:
    """A broker that acknowledges and forgets, as the embedded one does when it dies right after."""

    async def send(self, *_: object, **__: object) -> None: ...

    async def notify(self, *_: object) -> None: ...


async def test_doors(settings: CommonSettings, service_environment: Mapping[str, str], token: Any) -> None:
    service, _ = source(settings, port(service_environment, "people"))
    async with serving(service) as client:
        assert (await client.get("/health/ready")).json()["status"] == "ready"
        assert (await client.get("/mine")).status_code == 401
        for bad in ("x", token(uuid4(), "accountant")[:-2] + "xx"):
            answer = await client.get("/mine", headers={"Authorization": f"Bearer {bad}"})
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
            assert answer.headers["content-type"] == "application/problem+json"
        person = uuid4()
        answer = await client.get("/mine", headers={"Authorization": f"Bearer {token(person, 'expert')}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
        answer = await client.get("/mine", headers={"Authorization": f"Bearer {token(person, 'accountant')}"})
        assert answer.json() == {"person_id": str(person)}
        assert (await client.get("/internal/progress")).status_code == 401


def test_a_route_that_declares_nobody_stops_the_service(settings: CommonSettings) -> None:
    database = make_database(settings, "people", make_clock(settings))
    api = make_api("people", "People", make_verifier(settings))

    @api.get("/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="/forgotten declares nobody"):
        Service("people", settings, 0, database, api)


def test_missing_settings_name_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    with pytest.raises(SystemExit, match="KAFKA_BOOTSTRAP_SERVERS"):
        read(CommonSettings)
