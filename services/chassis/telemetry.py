"""Traces, metrics and logs. One trace goes from the HTTP request through outbox, broker, consumer and workflow, and back.

Spans and logs hold types, ids and codes; never input, names or free text.
"""

import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Gauge, Histogram

from contracts.envelope import Envelope

OUTBOX_DEPTH = Gauge("tremplin_outbox_depth", "Events that wait in outboxes", ["service"])
OUTBOX_AGE = Gauge("tremplin_outbox_age_seconds", "Age of the oldest event in an outbox", ["service"])
CONSUMER_LAG = Gauge("tremplin_consumer_lag", "Archived events not consumed yet", ["service", "source", "shard"])
DEAD_LETTERS = Gauge("tremplin_dead_letters", "Messages in the dead letters", ["service"])
HANDLER_SECONDS = Histogram("tremplin_handler_seconds", "Time to handle a message", ["service", "type"])
REQUEST_SECONDS = Histogram("tremplin_request_seconds", "Time to answer a request", ["service", "route", "status"])

_propagator = TraceContextTextMapPropagator()
tracer = trace.get_tracer("tremplin")


def start(service: str) -> None:
    """Set up traces (exported over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set) and structured logs for this process."""
    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        provider = TracerProvider(resource=Resource.create({"service.name": f"tremplin-{service}"}))
        if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _with_trace,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


class Discreet(logging.Formatter):
    """What a library logs, without what it was given: the first line of its template, and the class and place of its error.

    A library's messages, and the texts of errors that it logs, may hold anybody's input.
    """

    def format(self, record: logging.LogRecord) -> str:
        said = record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__
        entry = {"event": said, "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info and (error := record.exc_info[1]):
            last = traceback.extract_tb(error.__traceback__)[-1:]
            entry["error"] = type(error).__name__
            entry["at"] = "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in last)
        return json.dumps(entry)


def _with_trace(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = format(context.trace_id, "032x")
        event["span_id"] = format(context.span_id, "016x")
    return event


def traceparent() -> str | None:
    """The current trace as a W3C traceparent, to be stored with an event."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def resumed(name: str, parent: str | None, kind: trace.SpanKind, **attributes: str) -> Iterator[trace.Span]:
    """A span that goes on with the trace of ``parent`` (a traceparent). Errors mark it by their class only."""
    context = _propagator.extract({"traceparent": parent}) if parent else None
    with tracer.start_as_current_span(
        name, context=context, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            span.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


@contextmanager
def consumed(service: str, envelope: Envelope) -> Iterator[None]:
    """Around the handling of one message: its span and its time."""
    kind = envelope.type.removeprefix("tremplin.")
    begin = time.perf_counter()
    attributes = {
        "messaging.message.id": envelope.id,
        "tremplin.subject": envelope.subject,
        "tremplin.service": service,
    }
    with resumed(f"consume {kind}", envelope.traceparent, trace.SpanKind.CONSUMER, **attributes):
        yield
    HANDLER_SECONDS.labels(service, kind).observe(time.perf_counter() - begin)


def outbox(service: str, depth: int, oldest: str | None, now: datetime) -> None:
    """Note how many events wait in the outboxes and since when (seconds on the installation's clock)."""
    age = (now - datetime.fromisoformat(oldest)).total_seconds() if oldest else 0.0
    OUTBOX_DEPTH.labels(service).set(depth)
    OUTBOX_AGE.labels(service).set(max(0.0, age))


def lag(service: str, source: str, shard: int, events: int) -> None:
    CONSUMER_LAG.labels(service, source, str(shard)).set(events)
