"""What a caller or a message holds shows in no log, no span, no problem and no dead letter's reason when something fails."""

import io
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
import structlog
from fastapi import Request
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import BaseModel, Field

from contracts.people import PersonRegistered
from services.chassis import telemetry
from services.chassis.clock import SharedClock
from services.chassis.consuming import Received
from services.chassis.identity import public
from services.chassis.settings import CommonSettings
from tests.platform import elsewhere, eventually, serving
from tests.toys import Sink, port


class Traces:
    """All that this process logs and traces."""

    def __init__(self) -> None:
        self.spans, self.log = InMemorySpanExporter(), io.StringIO()
        self.logged: list[Any] = []

    def __str__(self) -> str:
        spans = [span.to_json() for span in self.spans.get_finished_spans()]
        return "\n".join([*spans, *map(str, self.logged), self.log.getvalue()])


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[Traces]:
    found = Traces()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found.spans))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    handler = logging.StreamHandler(found.log)
    handler.setFormatter(telemetry.Discreet())
    logging.getLogger().addHandler(handler)
    with structlog.testing.capture_logs() as found.logged:
        yield found
    logging.getLogger().removeHandler(handler)


class Person(BaseModel):
    kind: Literal["person"]
    identity: UUID
    since: datetime


class Company(BaseModel):
    kind: Literal["company"]


class Form(BaseModel):
    amount: int
    by: Person | Company | None = Field(None, discriminator="kind")


BODIES = (
    b'{"amount": 1, "more": "canary"}',
    b'{"amount": "canary"}',
    b'{"amount": 1, "by": {"kind": "canary"}}',
    b'{"amount": 1, "by": {"kind": "person", "identity": "canary", "since": "2021canary"}}',
    b"canary",
    b"\xff canary",
    b"[[canary",
)


class Careless(Sink):
    """A service whose code puts what it was given into its errors."""

    async def registered(self, event: PersonRegistered, received: Received) -> None:
        raise ValueError(f"canary of {event.person_id}")


async def test_no_input_shows_where_it_should_not(
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
    monkeypatch: pytest.MonkeyPatch,
    traces: Traces,
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    service = Careless().service(settings, port(service_environment, "observatory"))

    @service.api.post("/careless/{name}")
    @public
    async def careless(name: str, form: Form, request: Request) -> None:
        raise ValueError(f"{name} {request.headers} {await request.body()!r}")

    async with elsewhere(settings.kafka_bootstrap_servers) as others, serving(service) as client:
        address = "/careless/canary?canary=canary"
        headers = {"X-Canary": "canary", "Authorization": "canary", "Content-Type": "application/json"}
        for body in BODIES:
            answer = await client.post(address, content=body, headers=headers)
            assert answer.status_code in (400, 422, 500)
            assert "canary" not in answer.text
        await others.happened(PersonRegistered(person_id=uuid4()), uuid4(), season_clock.now())
        await eventually(service.consumer.dead_letters.count)
        assert "canary" not in str(await service.consumer.dead_letters.list())
    told = str(traces)
    assert "canary" not in told.lower()
    assert {"POST observatory", "consume people.PersonRegistered.v1"} <= {
        span.name for span in traces.spans.get_finished_spans()
    }
    assert told.count("request.failed") == told.count("message.buried") == 1
