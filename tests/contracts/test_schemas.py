"""The compatibility check: what may change within a version, and what needs a new one."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, create_model

from contracts.model import Code, Model
from deploy import schemas
from deploy.schemas import breaks


class Nested(Model):
    """A value inside."""

    code: Code


def schema(**fields: Any) -> dict[str, Any]:
    model: type[BaseModel] = create_model("Message", __base__=Model, **fields)
    return model.model_json_schema(mode="serialization")


BASE = {
    "person_id": (Code, ...),
    "state": (Literal["on", "off"], ...),
    "note": (int | None, None),
    "in_it": (Nested, ...),
}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"added": (int | None, None)},
        {"added": (int, 3)},
        {"added": (tuple[Nested, ...], ())},
    ],
)
def test_what_is_compatible(change: dict[str, Any]) -> None:
    assert breaks(schema(**BASE), schema(**BASE | change)) == []


def test_prose_and_order_and_defaults_do_not_matter() -> None:
    reordered = schema(**dict(reversed(BASE.items()))) | {"title": "Other", "description": "Other"}
    assert breaks(schema(**BASE), reordered) == []
    assert breaks(schema(a=(int, 1)), schema(a=(int, 2))) == []


def test_an_optional_field_may_go_and_never_come_back_otherwise() -> None:
    without = {name: field for name, field in BASE.items() if name != "note"}
    assert breaks(schema(**BASE), schema(**without)) == []
    remembered = schema(**without) | {"x-retired": {"note": schema(**BASE)["properties"]["note"]}}
    assert breaks(remembered, schema(**without | {"note": (str, "")})) == ["note came back with another meaning"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"added": (int, ...)}, "added is new and required"),
        ({"person_id": None}, "person_id was required and is gone"),
        ({"person_id": (str, ...)}, "person_id changed"),
        ({"person_id": (Code | None, None)}, "person_id changed"),
        ({"note": (int | None, ...)}, "note became required"),
        ({"state": (Literal["on", "off", "lost"], ...)}, "state changed"),
        ({"state": (Literal["on"], ...)}, "state changed"),
        ({"in_it": (Code, ...)}, "in_it changed"),
    ],
)
def test_what_needs_a_new_version(change: dict[str, Any], reason: str) -> None:
    changed = {name: field for name, field in (BASE | change).items() if field is not None}
    assert reason in breaks(schema(**BASE), schema(**changed))


def test_a_required_field_may_not_become_optional() -> None:
    assert breaks(schema(a=(int, ...)), schema(a=(int, 0))) == ["a is no longer required"]


def test_a_change_inside_a_nested_value_is_seen() -> None:
    class Changed(Model):
        code: int

    assert breaks(schema(in_it=(Nested, ...)), schema(in_it=(Changed, ...))) == ["in_it changed"]


def test_a_field_named_as_a_keyword_of_prose_is_kept() -> None:
    """Removing prose must not remove the fields of a nested value that are called ``title`` or ``description``."""

    class Titled(Model):
        title: str
        description: int

    class Retitled(Model):
        title: int
        description: int

    assert breaks(schema(record=(Titled, ...)), schema(record=(Retitled, ...))) == ["record changed"]
    assert breaks(schema(title=(str, ...)), schema(title=(int, ...))) == ["title changed"]


def test_the_models_can_read_and_be_read_by_all_that_was_committed() -> None:
    problems, texts = schemas.check()
    assert problems == []
    assert len(texts) == len({path.name for path in texts})
