"""Messages made up by hypothesis from their own JSON Schemas."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

Schema = dict[str, Any]
Values = st.SearchStrategy[Any]
INSTANTS = st.datetimes(timezones=st.just(UTC))


def instances(model: type[BaseModel]) -> Values:
    """Valid instances of ``model``, every field given."""
    schema = model.model_json_schema()
    return _values(schema, schema.get("$defs", {})).map(model.model_validate)


def _values(schema: Schema, known: Schema) -> Values:
    if "$ref" in schema:
        return _values(known[schema["$ref"].rsplit("/", 1)[-1]], known)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of(*(_values(each, known) for each in schema["anyOf"]))
    return MAKERS[schema["type"]](schema, known)


def _text(schema: Schema, known: Schema) -> Values:
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    if schema.get("format") == "date-time":
        return INSTANTS.map(lambda instant: instant.isoformat())
    if pattern := schema.get("pattern"):
        return st.from_regex(pattern, fullmatch=True, alphabet=st.characters(max_codepoint=127))
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def _whole(schema: Schema, known: Schema) -> Values:
    return st.integers(schema.get("minimum", -(2**53)), schema.get("maximum", 2**53))


def _object(schema: Schema, known: Schema) -> Values:
    return st.fixed_dictionaries({name: _values(each, known) for name, each in schema.get("properties", {}).items()})


MAKERS: dict[str, Callable[[Schema, Schema], Values]] = {
    "string": _text,
    "integer": _whole,
    "object": _object,
    "number": lambda schema, known: st.floats(allow_nan=False, allow_infinity=False),
    "boolean": lambda schema, known: st.booleans(),
    "null": lambda schema, known: st.none(),
    "array": lambda schema, known: st.lists(_values(schema["items"], known), max_size=3),
}
