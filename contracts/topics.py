"""Every topic in one table: who publishes, in how many partitions, for how long the broker keeps it.

Events are keyed by their aggregate; a shard of a service is a partition of its topic, so the two numbers are one.
"""

from dataclasses import dataclass
from typing import Literal
from zlib import crc32

DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic. ``retention_ms`` only bounds the broker's copy: the log that counts is the service's archive."""

    name: str
    service: str
    kind: Literal["events", "commands", "control"]
    partitions: int
    retention_ms: int = 7 * DAY_MS


def _pair(service: str, partitions: int) -> tuple[Topic, Topic]:
    events = Topic(f"tremplin.{service}", service, "events", partitions)
    return events, Topic(f"tremplin.{service}.commands", service, "commands", partitions, DAY_MS)


CONTROL = Topic("tremplin.control", "", "control", 1, DAY_MS)
"""Where a service tells how far its archive goes, and where a consumer that misses a part asks for it."""

TOPICS: tuple[Topic, ...] = (
    *_pair("people", 2),
    *_pair("applications", 4),
    *_pair("evaluation", 2),
    *_pair("coaching", 2),
    *_pair("funding", 2),
    *_pair("feedback", 2),
    CONTROL,
)
BY_NAME: dict[str, Topic] = {topic.name: topic for topic in TOPICS}


def events_of(service: str) -> Topic:
    """The topic on which ``service`` publishes. Raises ``KeyError`` for a service that publishes nothing."""
    return BY_NAME[f"tremplin.{service}"]


def commands_of(service: str) -> Topic:
    """The topic on which ``service`` is asked. Raises ``KeyError`` for a service that takes no commands."""
    return BY_NAME[f"tremplin.{service}.commands"]


def shard_of(key: str, partitions: int) -> int:
    """The shard, which is the partition, of the aggregate ``key``."""
    return crc32(key.encode()) % partitions
