"""Messages that cannot be handled or read: buried with their reason, released in order, and others pass them by."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.broker import PROFILES, Publisher
from services.chassis.settings import CommonSettings
from tests.platform import eventually, serving
from tests.toys import Sink, ask, port, source


async def test_a_failing_message_is_buried_and_released_in_order(
    settings: CommonSettings, service_environment: Mapping[str, str], token: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None if attempt >= 3 else 0.01)
    service, people = source(settings, port(service_environment, "people"))
    sink = Sink()
    poison, healthy = uuid4(), uuid4()
    sink.failing.add(poison)
    headers = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    consumer = sink.service(settings, port(service_environment, "observatory"))
    async with serving(service), serving(consumer) as client:
        await ask(people, poison)
        await ask(people, poison)
        await ask(people, healthy)
        await eventually(sink.count)
        await eventually(consumer.consumer.dead_letters.count, lambda count: count == 2)
        assert sink.seen == [healthy]
        letters = (await client.get("/internal/dead-letters", headers=headers)).json()
        assert [letter["reason"] for letter in letters] == ["not_yet", "waits_behind"]
        for query, wanted in (
            ({"limit": 1}, letters[:1]),
            ({"limit": 1, "after": letters[0]["place"]}, letters[1:]),
            ({"after": letters[1]["place"]}, []),
            ({"q": "WAITS"}, letters[1:]),
            ({"q": letters[0]["id"]}, letters[:1]),
            ({"q": str(poison)}, letters),
            ({"q": "elsewhere"}, []),
        ):
            found = await client.get("/internal/dead-letters", params=query, headers=headers)
            assert found.json() == wanted
        sink.failing.clear()
        answer = await client.post(
            "/internal/dead-letters/replay", json={"identity": letters[0]["id"]}, headers=headers
        )
        assert answer.json() == {"released": 2}
        assert sink.seen == [healthy, poison, poison]
        assert (await client.get("/internal/progress", headers=headers)).json()["dead_letters"] == 0


async def send_as_a_stranger(settings: CommonSettings, headers: list[tuple[str, bytes]], value: bytes) -> None:
    """Publish a record that no service of ours has made, as the first of a shard of people's."""
    publisher = Publisher(settings.kafka_bootstrap_servers, PROFILES["embedded"], "stranger")
    await publisher.start()
    common = {"specversion": "1.0", "id": "1", "source": "/tremplin/people", "subject": "s", "partitionkey": "s"}
    attributes = [(f"ce_{name}", text.encode()) for name, text in common.items()]
    attributes += [("ce_time", b"2021-12-17T00:00:00Z"), ("ce_sequence", b"1"), *headers]
    assert publisher._producer is not None
    await publisher._producer.send_and_wait("tremplin.people", value, partition=0, headers=attributes)
    await publisher.stop()


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        ([("ce_type", b"tremplin.people.Nonsense.v1")], b"{}", "damaged:unknown_type"),
        ([("ce_type", b"tremplin.people.PersonErased.v9")], b"{}", "damaged:unknown_type"),
        ([("ce_type", b"tremplin.people.PersonRegistered.v1")], b'{"person_id": "canary"}', "damaged:malformed"),
        ([("ce_type", b"tremplin.people.PersonRegistered.v1")], b"x" * 1_010_000, "damaged:not_an_envelope"),
    ],
)
async def test_a_message_that_cannot_be_read_is_kept_with_its_reason(
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    headers: list[tuple[str, bytes]],
    value: bytes,
    reason: str,
) -> None:
    consumer = Sink().service(settings, port(service_environment, "observatory"))
    async with serving(consumer):
        await send_as_a_stranger(settings, headers, value)
        await eventually(consumer.consumer.dead_letters.count)
        (letter,) = await consumer.consumer.dead_letters.list()
        assert letter["reason"].startswith(reason)
        assert "canary" not in str(letter)
        assert letter["bytes"] == len(value)
        await eventually(lambda: consumer.consumer.cursor("people", 0), lambda position: position == 1)


async def test_a_message_of_no_concern_passes_by_unread(
    settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    consumer = Sink().service(settings, port(service_environment, "observatory"))
    async with serving(consumer):
        await send_as_a_stranger(settings, [("ce_type", b"tremplin.people.PersonErased.v1")], b"damaged")
        await eventually(lambda: consumer.consumer.cursor("people", 0), lambda position: position == 1)
        assert await consumer.consumer.dead_letters.list() == []
