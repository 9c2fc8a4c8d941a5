"""Going back and staying behind: rewinding a cursor, lag, positions by instant, dead letters replayed or only discarded."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.people import PersonRegistered
from contracts.topics import events_of, shard_of
from services.chassis.broker import PROFILES, Publisher
from services.chassis.clock import SharedClock
from services.chassis.consuming import Received
from services.chassis.dead_letters import KEPT_BYTES
from services.chassis.settings import CommonSettings
from tests.platform import elsewhere, eventually, serving
from tests.toys import Sink, ask, port, source


class Slow(Sink):
    """A sink whose first message waits until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.held, self.go_on = asyncio.Event(), asyncio.Event()

    async def registered(self, event: PersonRegistered, received: Received) -> None:
        self.held.set()
        await self.go_on.wait()
        await super().registered(event, received)


async def test_a_rewind_waits_for_the_batch_in_hand_and_is_not_undone_by_it(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    slow, person = Slow(), uuid4()
    shard = shard_of(str(person), 2)
    consumer = slow.service(settings, port(service_environment, "observatory"))
    async with serving(service), serving(consumer):
        await ask(people, person)
        await slow.held.wait()
        rewinding = asyncio.create_task(consumer.consumer.rewind("people", shard, 0))
        slow.go_on.set()
        await rewinding
        await eventually(lambda: consumer.consumer.cursor("people", shard), lambda cursor: cursor == 1)
        assert slow.seen == [person, person]
        await consumer.consumer.rewind("people", shard, 9)
        assert await consumer.consumer.cursor("people", shard) == 1


async def test_what_is_taken_from_the_broker_and_not_handled_shows_as_lag(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.outbox.ANNOUNCE_SECONDS", 0.1)
    service, people = source(settings, port(service_environment, "people"))
    slow, person = Slow(), uuid4()
    labels = f'service="observatory",shard="{shard_of(str(person), 2)}",source="people"'
    async with serving(service), serving(slow.service(settings, port(service_environment, "observatory"))) as client:

        async def metrics() -> str:
            return (await client.get("/metrics")).text

        for _ in range(3):
            await ask(people, person)
        await slow.held.wait()
        await eventually(metrics, lambda text: f"tremplin_consumer_lag{{{labels}}} 3.0" in text)
        slow.go_on.set()
        await eventually(metrics, lambda text: f"tremplin_consumer_lag{{{labels}}} 0.0" in text)


async def test_a_long_archive_is_published_again_in_batches_between_what_is_new(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.outbox.BATCH", 3)
    monkeypatch.setattr("services.chassis.gaps.STALLED_SECONDS", 0.1)
    service, people = source(settings, port(service_environment, "people"))
    sink, person = Sink(), uuid4()
    shard = shard_of(str(person), 2)
    consumer = sink.service(settings, port(service_environment, "observatory"))
    async with serving(service), serving(consumer):
        for _ in range(20):
            await ask(people, person)
        await eventually(lambda: consumer.consumer.cursor("people", shard), lambda cursor: cursor == 20)
        await consumer.consumer.rewind("people", shard, 0)
        for _ in range(5):
            await ask(people, person)
        await eventually(lambda: consumer.consumer.cursor("people", shard), lambda cursor: cursor == 25)
        assert len(sink.seen) == 45


async def test_the_position_at_an_instant_is_true_within_a_second(
    settings: CommonSettings, service_environment: Mapping[str, str], season_clock: SharedClock
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    person = uuid4()
    shard = shard_of(str(person), 2)
    async with serving(service):
        whole = (season_clock.now() + timedelta(minutes=1)).replace(microsecond=0)
        for instant in (whole - timedelta(seconds=1), whole + timedelta(milliseconds=200)):
            season_clock.move(instant, 0.001)
            await ask(people, person)
        assert service.relay is not None
        await eventually(service.relay.depth, lambda depth: depth == 0)
        assert (await service.archive.positions(whole))[shard] == 1
        assert (await service.archive.positions(whole + timedelta(minutes=1)))[shard] == 2
        assert (await service.archive.positions(None))[shard] == 2


async def test_a_dead_letter_that_fails_again_stays_and_says_why(
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
    token: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    sink, person = Sink(), uuid4()
    sink.failing.add(person)
    consumer = sink.service(settings, port(service_environment, "observatory"))
    async with elsewhere(settings.kafka_bootstrap_servers) as others, serving(consumer) as client:
        client.headers["Authorization"] = f"Bearer {token(uuid4(), 'operator')}"
        for _ in range(2):
            await others.happened(PersonRegistered(person_id=person), person, season_clock.now())
        letters = consumer.consumer.dead_letters
        await eventually(letters.count, lambda count: count == 2)
        first, second = [letter["id"] for letter in await letters.list()]
        answer = await client.post("/internal/dead-letters/replay", json={"identity": first})
        assert (answer.status_code, answer.json()["code"]) == (409, "still_failing")
        assert answer.json()["detail"] == "NotYet"
        assert await letters.count() == 2
        answer = await client.post("/internal/dead-letters/discard", json={"identity": second})
        assert answer.json() == {"released": 0}
        sink.failing.clear()
        assert (await client.post("/internal/dead-letters/discard", json={"identity": first})).json() == {"released": 0}
        assert sink.seen == []
        await others.happened(PersonRegistered(person_id=person), person, season_clock.now())
        await eventually(lambda: _given(sink.seen), lambda seen: seen == [person])


async def _given(value: list[Any]) -> list[Any]:
    return value


async def test_what_is_too_large_to_be_kept_can_only_be_discarded(
    settings: CommonSettings, service_environment: Mapping[str, str], token: Any
) -> None:
    consumer = Sink().service(settings, port(service_environment, "observatory"))
    async with serving(consumer) as client:
        client.headers["Authorization"] = f"Bearer {token(uuid4(), 'operator')}"
        await stranger(settings, b"x" * (KEPT_BYTES + 1), [("ce_id", b"1"), ("ce_sequence", b"1")])
        await stranger(settings, b"{}", [("ce_id", None), ("ce_partitionkey", None), ("ce_sequence", b"2")])
        letters = consumer.consumer.dead_letters
        await eventually(letters.count, lambda count: count == 2)
        large, other = await letters.list()
        assert (large["bytes"], other["reason"]) == (KEPT_BYTES + 1, "damaged:not_an_envelope")
        answer = await client.post("/internal/dead-letters/replay", json={"identity": large["id"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "letter_cut")
        answer = await client.post("/internal/dead-letters/discard", json={"identity": large["id"]})
        assert answer.status_code == httpx.codes.OK
        assert await letters.count() == 1


async def stranger(settings: CommonSettings, value: bytes, headers: list[tuple[str, bytes | None]]) -> None:
    publisher = Publisher(settings.kafka_bootstrap_servers, PROFILES["embedded"], "stranger")
    await publisher.start()
    assert publisher._producer is not None
    topic = events_of("people").name
    await publisher._producer.send_and_wait(topic, value, partition=0, headers=headers)
    await publisher.stop()


async def test_a_body_beyond_the_bound_is_refused_as_too_large(
    settings: CommonSettings, service_environment: Mapping[str, str], token: Any
) -> None:
    service, _ = source(settings, port(service_environment, "people"))
    async with serving(service) as client:
        headers = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
        body = {"identity": "x" * 1_100_000}
        answer = await client.post("/internal/dead-letters/replay", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
