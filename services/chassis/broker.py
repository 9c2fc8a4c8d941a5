"""What we ask of a Kafka-protocol broker: topics as the table says, and publishing that is acknowledged."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    NodeNotReadyError,
    NoError,
    TopicAlreadyExistsError,
    for_code,
)
from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity
from pydantic import BaseModel
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from contracts.envelope import Envelope
from contracts.topics import TOPICS

log = structlog.get_logger()
REQUEST_MS = 10_000
START_SECONDS = 15.0
SETTLING_SECONDS = 0.2
ACKNOWLEDGED_SECONDS = 10.0
STOP_SECONDS = 5.0
AS_CONFIGURED = -1


class PublishError(Exception):
    """The broker did not acknowledge; nothing is lost, the relay tries again."""


class IdempotenceRefused(Exception):
    """The broker answers, and gives no idempotent producer. Its text is the name of the broker's error."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where brokers differ: Apache Kafka, and the embedded one, which knows no idempotent producer and forgets at every stop.

    ``groups``: whether members of a service share partitions in a consumer group. The embedded platform runs one process
    of a service, which reads all: events from the broker's first on (the cursor skips what is confirmed), commands from now
    on (a workflow sends again what is not answered). Joining a group of one would only cost it five seconds.
    """

    idempotent: bool
    groups: bool
    fetch_wait_ms: int
    session_ms: int


ProfileName = Literal["kafka", "rehearsal", "embedded"]
_KAFKA = Profile(idempotent=True, groups=True, fetch_wait_ms=50, session_ms=45_000)
PROFILES: dict[ProfileName, Profile] = {
    "kafka": _KAFKA,
    "rehearsal": _KAFKA,
    "embedded": Profile(idempotent=False, groups=False, fetch_wait_ms=40, session_ms=10_000),
}
"""``rehearsal`` is Apache Kafka for an installation whose clock is moved: for tests and demonstrations, never for life."""


until_settled = retry(
    retry=retry_if_exception_type((NodeNotReadyError, KafkaTimeoutError)),
    wait=wait_fixed(SETTLING_SECONDS),
    stop=stop_after_delay(START_SECONDS),
    reraise=True,
)
"""Ask again while the brokers still name one that has just gone: Apache Kafka takes it for there until its session ends."""


@contextlib.asynccontextmanager
async def administrating(bootstrap: str, security: BaseSecurity | None = None) -> AsyncIterator[AIOKafkaAdminClient]:
    """Raises a ``KafkaError`` when no broker answers, or the one that is asked does not answer in time."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_MS, **parse_security(security))
    try:
        await admin.start()
        yield admin
    except TimeoutError:
        raise KafkaTimeoutError from None
    finally:
        await admin.close()


@until_settled
async def topics_there(bootstrap: str, security: BaseSecurity | None = None) -> set[str]:
    """The names of the topics that the broker has. Raises a ``KafkaError`` when it does not say."""
    async with administrating(bootstrap, security) as admin:
        return set(await admin.list_topics())


@until_settled
async def create_topics(bootstrap: str, security: BaseSecurity | None = None) -> None:
    """Create every topic of the table that is not there yet. Raises a ``KafkaError`` when the broker refuses one.

    Each has as many copies as ``default.replication.factor`` of the brokers says, however many of them are up.
    """
    async with administrating(bootstrap, security) as admin:
        there = await admin.list_topics()
        missing = [
            NewTopic(topic.name, topic.partitions, AS_CONFIGURED, {}, {"retention.ms": str(topic.retention_ms)})
            for topic in TOPICS
            if topic.name not in there
        ]
        answer = await admin.create_topics(missing) if missing else None
    for name, code, *_ in answer.topic_errors if answer else ():
        if code not in (NoError.errno, TopicAlreadyExistsError.errno):
            raise for_code(code)(name)


class Publisher:
    """A producer that waits for every acknowledgement."""

    def __init__(self, bootstrap: str, profile: Profile, name: str, security: BaseSecurity | None = None) -> None:
        self._settings: dict[str, Any] = {
            "bootstrap_servers": bootstrap,
            "client_id": name,
            "acks": "all",
            "enable_idempotence": profile.idempotent,
            "linger_ms": 2,
            "max_request_size": 2_000_000,
            "request_timeout_ms": REQUEST_MS,
            **parse_security(security),
        }
        self._producer: AIOKafkaProducer | None = None
        self._spoilt: AIOKafkaProducer | None = None
        self._renewing = asyncio.Lock()

    async def start(self) -> None:
        """Raises ``KafkaConnectionError`` when no broker answers, ``IdempotenceRefused`` when one has no such producer."""
        self._producer = await self._started()

    async def stop(self) -> None:
        """Send what waits, if the broker takes it in time."""
        if self._producer is not None:
            await _close(self._producer)

    async def ping(self) -> None:
        """Raise when the broker does not answer."""
        if self._producer is None:
            raise PublishError("not started")
        await self._producer.client.fetch_all_metadata()

    async def send(self, topic: str, envelopes: list[Envelope], partition: int | None = None) -> None:
        """Publish in order and wait for all. Raises ``PublishError`` when one is not acknowledged in time."""
        producer = await self._usable()
        with self._sending(producer):
            waiting = [
                await producer.send(
                    topic,
                    envelope.data.encode(),
                    key=envelope.partitionkey.encode(),
                    partition=partition,
                    headers=envelope.headers(),
                )
                for envelope in envelopes
            ]
            async with asyncio.timeout(ACKNOWLEDGED_SECONDS):
                await asyncio.gather(*waiting)

    async def notify(self, topic: str, notice: BaseModel) -> None:
        """Publish a control notice. Raises ``PublishError`` as ``send`` does."""
        producer = await self._usable()
        with self._sending(producer):
            async with asyncio.timeout(ACKNOWLEDGED_SECONDS):
                await producer.send_and_wait(topic, notice.model_dump_json().encode())

    @contextlib.contextmanager
    def _sending(self, producer: AIOKafkaProducer) -> Iterator[None]:
        """What goes wrong is a ``PublishError``; a batch that the broker refused spoils its producer.

        The producer numbers its batches, and the broker goes on waiting for the number of the one that it refused.
        """
        try:
            yield
        except (TimeoutError, KafkaError) as error:
            if isinstance(error, KafkaError) and not (error.retriable or isinstance(error, KafkaTimeoutError)):
                self._spoilt = producer
            raise PublishError(type(error).__name__) from None

    async def _usable(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise PublishError("not started")
        async with self._renewing:
            if self._spoilt is self._producer:
                log.warning("producer.renewed", client=self._settings["client_id"])
                try:
                    fresh = await self._started()
                except (KafkaError, IdempotenceRefused) as error:
                    raise PublishError(type(error).__name__) from None
                await _close(self._producer)
                self._producer = fresh
            return self._producer

    async def _started(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(**self._settings)
        try:
            async with asyncio.timeout(START_SECONDS):
                await producer.start()
        except (TimeoutError, KafkaError) as error:
            await _close(producer)
            if isinstance(error, (TimeoutError, KafkaConnectionError)):
                raise KafkaConnectionError from None
            raise IdempotenceRefused(type(error).__name__) from None
        return producer


async def _close(producer: AIOKafkaProducer) -> None:
    """Within bounds: an idempotent producer would wait for its broker for ever."""
    await bounded(producer.stop(), STOP_SECONDS)


async def bounded(stopping: Coroutine[Any, Any, None], seconds: float) -> None:
    """Wait for ``stopping`` during ``seconds``, then cancel it and go on: what does not heed that is not waited for."""
    task = asyncio.create_task(stopping)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if done:
        task.result()
    else:
        task.cancel()
