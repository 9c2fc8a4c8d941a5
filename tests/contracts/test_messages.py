"""Every message: frozen, closed when written, tolerant when read, of a literal type and version, and without free text."""

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.envelope import Envelope, wrap
from contracts.model import Message
from contracts.registry import EVENTS, MESSAGES, decode
from contracts.topics import commands_of, events_of
from tests.contracts.generated import INSTANTS, instances

quick = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
every = pytest.mark.parametrize("model", MESSAGES.values(), ids=lambda model: model.__name__)

PUBLIC_RECORD = {"InitiativePublished", "GrantPublished"}
"""The events that may carry names and text: what the programme publishes anyway."""
PUBLIC_FIELDS = {
    "InitiativePublished": {"title", "purpose", "organisation_name", "rna"},
    "GrantPublished": {
        "agreed_on", "reference", "beneficiary_name", "beneficiary_rna", "purpose", "conditions", "payment_period",
        "scheme",
    },
}  # fmt: skip


@every
def test_its_type_and_version_are_literal(model: type[Message]) -> None:
    for name, value in (("type", model.__name__), ("version", int(model.wire_type().rsplit(".v", 1)[1]))):
        field = model.model_fields[name]
        assert get_origin(field.annotation) is Literal
        assert get_args(field.annotation) == (field.default,) == (value,)
    assert model.wire_type() == f"tremplin.{model.service}.{model.__name__}.v{model.model_fields['version'].default}"


@every
def test_its_service_has_a_topic_for_it(model: type[Message]) -> None:
    assert (events_of if model.wire_type() in EVENTS else commands_of)(model.service)


@every
@quick
@given(data=st.data(), now=INSTANTS)
def test_it_travels_and_comes_back_the_same(model: type[Message], data: st.DataObject, now: Any) -> None:
    message = data.draw(instances(model))
    sent = wrap(message, identity="1", subject="s", time=now, version=3)
    assert decode(Envelope.read(sent.headers(), sent.data.encode())) == message


@every
@quick
@given(data=st.data(), now=INSTANTS)
def test_it_is_frozen_closed_on_write_and_tolerant_on_read(model: type[Message], data: st.DataObject, now: Any) -> None:
    message = data.draw(instances(model))
    with pytest.raises(ValidationError):
        message.version = 2
    dumped = json.loads(message.model_dump_json())
    with pytest.raises(ValidationError) as refused:
        model.model_validate({**dumped, "from_the_future": "canary"})
    assert "canary" not in str(refused.value)
    later = wrap(message, identity="1", subject="s", time=now).model_copy(
        update={"data": json.dumps({**dumped, "from_the_future": {"even": ["nested"]}})}
    )
    assert decode(later) == message


@pytest.mark.parametrize("model", EVENTS.values(), ids=lambda model: model.__name__)
def test_no_event_carries_free_text_but_the_public_record(model: type[Message]) -> None:
    schema = model.model_json_schema()
    free = set(_free_texts(schema, schema.get("$defs", {})))
    assert free == PUBLIC_FIELDS.get(model.__name__, set())


def _free_texts(schema: dict[str, Any], known: dict[str, Any], name: str = "") -> Iterator[str]:
    """The fields, nested ones too, that hold text of no pattern, or that hold anything at all."""
    if "$ref" in schema:
        schema = known[schema["$ref"].rsplit("/", 1)[-1]]
    if _is_free(schema):
        yield name
    for inner in [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]:
        yield from _free_texts(inner, known, name)
    for inner_name, inner in schema.get("properties", {}).items():
        yield from _free_texts(inner, known, inner_name)


def _is_free(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    if kind == "string":
        return not {"pattern", "const", "enum"} & schema.keys() and schema.get("format") not in ("uuid", "date-time")
    if kind == "object":
        return "properties" not in schema and schema.get("additionalProperties") is not False
    return kind is None and not {"anyOf", "const", "enum"} & schema.keys()


def test_the_public_record_is_all_that_is_allowed() -> None:
    assert set(PUBLIC_FIELDS) == PUBLIC_RECORD
