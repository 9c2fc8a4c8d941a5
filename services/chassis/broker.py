"""What we ask of a Kafka-protocol broker: topics as the table says, and publishing that is acknowledged."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code
from pydantic import BaseModel

from contracts.envelope import Envelope
from contracts.topics import TOPICS


class PublishError(Exception):
    """The broker did not acknowledge; nothing is lost, the relay tries again."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where brokers differ: Apache Kafka, and the embedded one, which knows no idempotent producer and forgets at every stop.

    ``groups``: whether members of a service share partitions in a consumer group. The embedded platform runs one process
    of a service, which reads all: events from the broker's first on (the cursor skips what is confirmed), commands from now
    on (a workflow sends again what is not answered). Joining a group of one would only cost it five seconds.
    ``replicas``: how many copies a topic has, where there are as many brokers.
    """

    idempotent: bool
    groups: bool
    fetch_wait_ms: int
    session_ms: int
    replicas: int


PROFILES: dict[Literal["kafka", "embedded"], Profile] = {
    "kafka": Profile(idempotent=True, groups=True, fetch_wait_ms=50, session_ms=45_000, replicas=3),
    "embedded": Profile(idempotent=False, groups=False, fetch_wait_ms=40, session_ms=10_000, replicas=1),
}


async def create_topics(bootstrap: str, profile: Profile) -> None:
    """Create every topic of the table that is not there yet. Raises a ``KafkaError`` when the broker refuses one."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        replicas = min(profile.replicas, len((await admin.describe_cluster())["brokers"]))
        missing = [
            NewTopic(topic.name, topic.partitions, replicas, topic_configs={"retention.ms": str(topic.retention_ms)})
            for topic in TOPICS
            if topic.name not in there
        ]
        answer = await admin.create_topics(missing) if missing else None
    finally:
        await admin.close()
    for name, code, *_ in answer.topic_errors if answer else ():
        if code not in (NoError.errno, TopicAlreadyExistsError.errno):
            raise for_code(code)(name)


class Publisher:
    """A producer that waits for every acknowledgement."""

    def __init__(self, bootstrap: str, profile: Profile, name: str) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "client_id": name,
            "acks": "all",
            "enable_idempotence": profile.idempotent,
            "linger_ms": 2,
            "max_request_size": 2_000_000,
            "request_timeout_ms": 10_000,
        }
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        self._producer = AIOKafkaProducer(**self._settings)
        await self._producer.start()

    async def stop(self) -> None:
        if self._producer is not None:
            await self._producer.stop()

    async def ping(self) -> None:
        """Raise when the broker does not answer."""
        if self._producer is None:
            raise PublishError("not started")
        await self._producer.client.fetch_all_metadata()

    async def send(self, topic: str, envelopes: list[Envelope], partition: int | None = None) -> None:
        """Publish in order and wait for all. Raises ``PublishError`` when one is not acknowledged."""
        if self._producer is None:
            raise PublishError("not started")
        try:
            waiting = [
                await self._producer.send(
                    topic,
                    envelope.data.encode(),
                    key=envelope.partitionkey.encode(),
                    partition=partition,
                    headers=envelope.headers(),
                )
                for envelope in envelopes
            ]
            await asyncio.gather(*waiting)
        except KafkaError as error:
            raise PublishError(type(error).__name__) from None

    async def notify(self, topic: str, notice: BaseModel) -> None:
        """Publish a control notice."""
        if self._producer is None:
            raise PublishError("not started")
        try:
            await self._producer.send_and_wait(topic, notice.model_dump_json().encode())
        except KafkaError as error:
            raise PublishError(type(error).__name__) from None
