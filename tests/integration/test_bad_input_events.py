"""Events that are too large, twice there, out of order or addressed without end: kept or passed over, and the next one is heard."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from contracts.envelope import MAX_DATA_BYTES, Envelope, Headers, wrap
from contracts.people import PersonRegistered
from contracts.topics import events_of
from services.chassis.dead_letters import REMEMBERED, DeadLetters
from services.chassis.runtime import Service
from services.chassis.settings import CommonSettings
from tests.conftest import SEASON_START
from tests.platform import eventually, serving
from tests.toys import Sink, port

TWO_MEGABYTES = 2_000_000
ENDLESS = b"canary" * 400_000


@pytest.fixture
async def source(settings: CommonSettings) -> AsyncIterator[AIOKafkaProducer]:
    """Publishes what it likes on the topic of people, as large as it likes."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, max_request_size=20_000_000)
    await producer.start()
    yield producer
    await producer.stop()


@contextlib.asynccontextmanager
async def listening(settings: CommonSettings, environment: Mapping[str, str]) -> AsyncIterator[tuple[Sink, Service]]:
    sink = Sink()
    service = sink.service(settings, port(environment, "observatory"))
    async with serving(service):
        yield sink, service


def registered(person: UUID, sequence: int) -> Envelope:
    event = PersonRegistered(person_id=person)
    envelope = wrap(event, identity=f"event {sequence}", subject=str(person), time=SEASON_START, version=1)
    return envelope.model_copy(update={"sequence": sequence})


async def publish(source: AIOKafkaProducer, *envelopes: Envelope) -> None:
    for each in envelopes:
        await send(source, each.headers(), each.data.encode())


async def send(source: AIOKafkaProducer, headers: Headers, value: bytes) -> None:
    await source.send_and_wait(events_of("people").name, value, partition=0, headers=headers)


async def heard(sink: Sink, persons: list[UUID]) -> None:
    async def seen() -> list[UUID]:
        return list(sink.seen)

    await eventually(seen, lambda found: len(found) >= len(persons))
    assert sink.seen == persons


async def test_an_event_of_two_megabytes_is_cut_and_kept_and_the_next_is_heard(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer
) -> None:
    next_one = uuid4()
    async with listening(settings, service_environment) as (sink, service):
        await send(source, registered(uuid4(), 1).headers(), b"x" * TWO_MEGABYTES)
        await publish(source, registered(next_one, 2))
        await heard(sink, [next_one])
        (letter,) = await service.consumer.dead_letters.list()
        assert letter["reason"] == "damaged:not_an_envelope"
        assert letter["bytes"] == TWO_MEGABYTES
        kept = await service.database.collection("dead_letters").find_one({})
        assert kept is not None
        assert len(kept["value"]) == MAX_DATA_BYTES
        await eventually(lambda: service.consumer.cursor("people", 0), lambda position: position == 2)


@pytest.mark.parametrize("name", ["ce_id", "ce_type", "ce_partitionkey", "ce_traceparent", "canary"])
async def test_headers_without_end_are_cut_and_the_next_event_is_heard(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer, name: str
) -> None:
    next_one = uuid4()
    headers = [each for each in registered(uuid4(), 1).headers() if each[0] != name]
    async with listening(settings, service_environment) as (sink, service):
        await send(source, [*headers, (name, ENDLESS)], b"not json")
        await publish(source, registered(next_one, 2))
        await heard(sink, [next_one])
        letters: DeadLetters = service.consumer.dead_letters
        (letter,) = await letters.list()
        assert letter["reason"].startswith("damaged:")
        assert len(str(await letters.show(letter["id"]))) < 20_000
        kept = await service.database.collection("dead_letters").find_one({})
        assert len(repr(kept)) < 100_000
        assert await letters.discard(letter["id"], service.consumer.handle) == 0


async def test_a_record_without_a_position_is_discarded_for_good(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer
) -> None:
    async with listening(settings, service_environment) as (_, service):
        await send(source, [], b"poison")
        letters = service.consumer.dead_letters
        await eventually(letters.count, lambda count: count == 1)
        (letter,) = await letters.list()
        assert letter["reason"] == "no_position"
        await letters.discard(letter["id"], service.consumer.handle)
    next_one = uuid4()
    async with listening(settings, service_environment) as (sink, service):
        await publish(source, registered(next_one, 1))
        await heard(sink, [next_one])
        assert await service.consumer.dead_letters.count() == 0
        discarded = service.database.collection("discarded_letters")
        assert await discarded.count_documents({}) == 1
        await discarded.update_one({}, {"$set": {"at": datetime.now(UTC) - REMEMBERED}})
        await service.consumer.dead_letters.prepare()
        assert await discarded.count_documents({}) == 0


async def test_an_event_that_comes_twice_is_heard_once(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer
) -> None:
    first, second = uuid4(), uuid4()
    async with listening(settings, service_environment) as (sink, service):
        again = registered(first, 1)
        await publish(source, again, again, registered(second, 2), again)
        await heard(sink, [first, second])
        assert await service.consumer.dead_letters.count() == 0


async def test_events_out_of_order_are_heard_in_order(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer
) -> None:
    persons = [uuid4() for _ in range(4)]
    events = [registered(person, number) for number, person in enumerate(persons, start=1)]
    async with listening(settings, service_environment) as (sink, service):
        await publish(source, events[2], events[1], events[0])
        await publish(source, *events)
        await heard(sink, persons)
        assert await service.consumer.dead_letters.count() == 0


@pytest.mark.parametrize("sequence", [b"-1", b"1e3", b"9" * 400, "٣".encode(), b""])
async def test_a_position_that_is_none_takes_nobody_s_place(
    settings: CommonSettings, service_environment: Mapping[str, str], source: AIOKafkaProducer, sequence: bytes
) -> None:
    person = uuid4()
    headers = [each for each in registered(uuid4(), 1).headers() if each[0] != "ce_sequence"]
    async with listening(settings, service_environment) as (sink, service):
        await send(source, [*headers, ("ce_sequence", sequence)], b"{}")
        await publish(source, registered(person, 1))
        await heard(sink, [person])
        (letter,) = await service.consumer.dead_letters.list()
        assert letter["reason"] == "no_position"
