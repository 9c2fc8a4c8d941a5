"""Reading: what is unknown, newer or malformed is named; what is old is brought up to date."""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal
from uuid import uuid4

import pytest

from contracts import registry
from contracts.envelope import Envelope, wrap
from contracts.model import Event, Id
from contracts.people import PersonErased, RoleGranted
from contracts.registry import MODULES, Malformed, UnknownType, decode

NOW = datetime(2021, 12, 1, tzinfo=UTC)


class Moved(Event):
    """The third version of a toy event: v1 had ``place``, v2 had ``town``."""

    service: ClassVar[str] = "people"
    type: Literal["Moved"] = "Moved"
    version: Literal[3] = 3
    person_id: Id
    commune: str
    since: int


def upcast_v1_v2(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "version": 2, "town": data["place"]}


def upcast_v2_v3(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "version": 3, "commune": data["town"].upper(), "since": 0}


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.MESSAGES, Moved.wire_type(), Moved)
    monkeypatch.setitem(registry.UPCASTERS, "tremplin.people.Moved.v1", upcast_v1_v2)
    monkeypatch.setitem(registry.UPCASTERS, "tremplin.people.Moved.v2", upcast_v2_v3)


def envelope(wire_type: str, data: Any) -> Envelope:
    event = wrap(PersonErased(person_id=uuid4()), identity="1", subject="s", time=NOW)
    return event.model_copy(update={"type": wire_type, "data": data if isinstance(data, str) else json.dumps(data)})


@pytest.mark.parametrize("data", [{"place": "Lyon"}, {"town": "Lyon"}, {"commune": "LYON", "since": 0}])
@pytest.mark.usefixtures("versions")
def test_every_version_is_read_as_the_newest(data: dict[str, Any]) -> None:
    version = 1 + next(index for index, name in enumerate(("place", "town", "commune")) if name in data)
    person = uuid4()
    old = {"type": "Moved", "version": version, "person_id": str(person), **data}
    read = decode(envelope(f"tremplin.people.Moved.v{version}", old))
    assert read == Moved(person_id=person, commune="LYON", since=0)


def test_a_role_of_the_first_version_is_read_as_one_of_the_second() -> None:
    person = uuid4()
    given = {"person_id": str(person), "granted_by": str(person), "granted_at": NOW.isoformat()}
    old = {"type": "RoleGranted", "version": 1, "role": "territory_reader", "territory": "2A", **given}
    read = decode(envelope("tremplin.people.RoleGranted.v1", old))
    assert read == RoleGranted(
        person_id=person, role="territory_reader", territory="2A", granted_by=person, granted_at=NOW
    )


@pytest.mark.parametrize("data", ['{"place": 1}', '{"canary": 1}', "[]", "canary", '{"place": "x", "person_id": 1}'])
@pytest.mark.usefixtures("versions")
def test_old_data_that_does_not_fit_is_malformed_and_not_repeated(data: str) -> None:
    with pytest.raises(Malformed) as refused:
        decode(envelope("tremplin.people.Moved.v1", data))
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("wire_type", ["tremplin.people.Nonsense.v1", "tremplin.people.PersonErased.v2", "", "x"])
def test_an_unknown_type_or_a_future_version_is_named_as_such(wire_type: str) -> None:
    with pytest.raises(UnknownType):
        decode(envelope(wire_type, {"person_id": str(uuid4())}))


@pytest.mark.parametrize(
    "data",
    [
        "canary",
        "[]",
        {},
        {"person_id": "canary"},
        {"person_id": str(uuid4()), "version": 2},
        {"person_id": str(uuid4()), "type": "canary"},
    ],
)
def test_malformed_data_is_told_by_field_and_never_by_value(data: Any) -> None:
    with pytest.raises(Malformed) as refused:
        decode(envelope(PersonErased.wire_type(), data))
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_every_model_of_every_module_is_registered_once() -> None:
    names = [
        item.__name__
        for module in MODULES
        for item in vars(module).values()
        if isinstance(item, type) and item.__module__ == module.__name__ and "type" in getattr(item, "model_fields", {})
        and not item.__name__.startswith("_")
    ]  # fmt: skip
    assert sorted(names) == sorted(model.__name__ for model in registry.MESSAGES.values())


def test_upcasters_lead_to_a_model() -> None:
    for wire_type in registry.UPCASTERS:
        base, _, version = wire_type.rpartition(".v")
        onward = f"{base}.v{int(version) + 1}"
        assert onward in registry.MESSAGES or onward in registry.UPCASTERS
