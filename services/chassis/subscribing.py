"""A service's subscriptions on the broker: batches of records to its consumer, notices to its consumer and its relay."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka import TopicPartition as Assigned
from faststream.security import BaseSecurity

from contracts.topics import CONTROL, Topic
from services.chassis import control
from services.chassis.broker import Profile, bounded
from services.chassis.consuming import Consumer
from services.chassis.dead_letters import Raw
from services.chassis.outbox import Relay

MAX_RECORDS = 500
CONTROL_WAIT_MS = 250
STOP_SECONDS = 10.0


class Subscriber:
    """One service's subscriptions, all started together. FastStream logs nothing: it would log what it was given."""

    def __init__(
        self,
        name: str,
        bootstrap: str,
        profile: Profile,
        consumer: Consumer,
        relay: Relay | None,
        security: BaseSecurity | None = None,
    ) -> None:
        self._name, self._profile, self._consumer, self._relay = name, profile, consumer, relay
        self._broker = KafkaBroker(
            bootstrap.split(","), client_id=name, security=security, logger=None, allow_auto_create_topics=False
        )
        if profile.groups:
            self._subscribe([*consumer.event_topics, *consumer.command_topics], "earliest")
        else:
            self._subscribe(consumer.event_topics, "earliest")
            self._subscribe(consumer.command_topics, "latest")
        notices = self._broker.subscriber(
            CONTROL.name, auto_offset_reset="latest", decoder=_undecoded, fetch_max_wait_ms=CONTROL_WAIT_MS
        )
        notices(self._told)

    async def start(self) -> None:
        await self._broker.connect()
        await asyncio.gather(*(item.start() for item in self._broker.subscribers))

    async def stop(self) -> None:
        """Leave the group, so that others take over at once; a broker that does not answer is not waited for."""
        await bounded(self._broker.stop(), STOP_SECONDS)

    def _subscribe(self, topics: list[Topic], start: Literal["earliest", "latest"]) -> None:
        if not topics:
            return
        profile = self._profile
        common: dict[str, Any] = {
            "batch": True,
            "max_records": MAX_RECORDS,
            "batch_timeout_ms": profile.fetch_wait_ms,
            "fetch_max_wait_ms": profile.fetch_wait_ms,
            "auto_offset_reset": start,
            "parser": _parsed,
            "decoder": _undecoded,
        }
        if profile.groups:
            subscriber = self._broker.subscriber(
                *(topic.name for topic in topics),
                group_id=f"tremplin-{self._name}",
                ack_policy=AckPolicy.MANUAL,
                session_timeout_ms=profile.session_ms,
                listener=_Rebalanced(self._consumer),
                **common,
            )
        else:
            parts = [
                Assigned(topic.name, number, declare=False) for topic in topics for number in range(topic.partitions)
            ]
            subscriber = self._broker.subscriber(partitions=parts, **common)
        subscriber(self._receive)

    async def _receive(self, message: KafkaMessage) -> None:
        records = message.raw_message if isinstance(message.raw_message, tuple) else (message.raw_message,)
        await self._consumer.receive([Raw(r.topic, r.partition, _headers(r.headers), r.value or b"") for r in records])
        if self._profile.groups:
            await message.ack()

    async def _told(self, message: KafkaMessage) -> None:
        notice = control.read(message.body)
        if isinstance(notice, control.Heads):
            await self._consumer.told(notice)
        elif isinstance(notice, control.Missing) and self._relay:
            self._relay.ask(notice)


class _Rebalanced(ConsumerRebalanceListener):  # type: ignore[misc]
    """Partitions change hands: what is in hand ends before they go, or is given back when it takes too long; what waits behind
    dead letters is read when they come."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        await self._consumer.lanes.finish()

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        await self._consumer.dead_letters.remember()


def _headers(found: Iterable[tuple[str, bytes | None]]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value or b"") for name, value in found)


async def _parsed(records: tuple[ConsumerRecord, ...], original: Callable[..., Awaitable[Any]]) -> Any:
    """FastStream decodes every header, and drops a whole batch for one that is no text: it gets none to see."""
    message = await original(tuple(replace(record, headers=()) for record in records))
    message.raw_message = records
    return message


async def _undecoded(message: KafkaMessage) -> object:
    return message.body
