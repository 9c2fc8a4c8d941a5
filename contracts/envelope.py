"""CloudEvents 1.0.2 in Kafka's binary content mode: attributes are ``ce_`` headers, the data is the record's value.

Extensions used: ``sequence`` (position in the shard's archive), ``partitionkey`` (the aggregate), ``traceparent``
(distributed tracing), and of our own ``causationid`` (the command) and ``aggregateversion``.
See https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from contracts.model import Command, Message

SPECVERSION = "1.0"
CONTENT_TYPE = b"application/json"
MAX_DATA_BYTES = 1_000_000
MAX_ATTRIBUTE_BYTES = 1_000

Headers = list[tuple[str, bytes]]


class Envelope(BaseModel):
    """One message and its CloudEvents attributes. ``data`` is JSON text; ``sequence`` is absent on commands."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: str
    partitionkey: str
    sequence: int | None = None
    aggregateversion: int | None = None
    causationid: str | None = None
    traceparent: str | None = None

    def record(self) -> dict[str, Any]:
        """The envelope as the outbox and the archive keep it: JSON types only, without what is absent."""
        return self.model_dump(mode="json", exclude_none=True)

    def headers(self) -> Headers:
        """The envelope's attributes as Kafka headers."""
        attributes = self.record()
        del attributes["data"]
        found = [
            ("content-type", CONTENT_TYPE),
            ("ce_specversion", SPECVERSION.encode()),
        ]
        return found + [(f"ce_{name}", str(value).encode()) for name, value in attributes.items()]

    @classmethod
    def read(cls, headers: Iterable[tuple[str, bytes]], value: bytes) -> "Envelope":
        """The envelope in a Kafka record. Raises ``ValueError`` (pydantic's too) when it is not one that we understand."""
        if len(value) > MAX_DATA_BYTES:
            raise ValueError("data_too_large")
        attributes = [(name[3:], raw) for name, raw in headers if name.startswith("ce_")]
        if any(len(raw) > MAX_ATTRIBUTE_BYTES for _, raw in attributes):
            raise ValueError("attribute_too_large")
        found = {name: raw.decode() for name, raw in attributes}
        if found.pop("specversion", None) != SPECVERSION:
            raise ValueError("not_a_cloudevent")
        return cls.model_validate({**found, "data": value.decode()})


def wrap(
    message: Message,
    *,
    identity: str,
    subject: str,
    time: datetime,
    version: int | None = None,
    causation: str | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """Put ``message`` of the aggregate ``subject`` into an envelope with the id ``identity``.

    Raises ``ValueError`` when its data is larger than readers take: nothing is written that nobody could read.
    """
    data = message.model_dump_json()
    if len(data.encode()) > MAX_DATA_BYTES:
        raise ValueError("data_too_large")
    return Envelope(
        id=identity,
        source=f"/tremplin/{message.service}",
        type=message.wire_type(),
        subject=subject,
        time=time.astimezone(UTC),
        data=data,
        partitionkey=subject,
        aggregateversion=version,
        causationid=causation,
        traceparent=traceparent,
    )


def wrap_command(command: Command, subject: str, time: datetime, traceparent: str | None = None) -> Envelope:
    """Put ``command`` to the aggregate ``subject`` into an envelope that has the command's own id."""
    return wrap(
        command,
        identity=str(command.command_id),
        subject=subject,
        time=time,
        traceparent=traceparent,
    )
