"""Every message by its CloudEvents type, and the upcasters that bring old versions up to the newest."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from contracts import (
    applications,
    calls,
    coaching,
    evaluation,
    feedback,
    funding,
    officers,
    payments,
    people,
)
from contracts.envelope import Envelope
from contracts.model import Command, Event, Message

MODULES: tuple[ModuleType, ...] = (
    people,
    calls,
    applications,
    officers,
    evaluation,
    coaching,
    funding,
    payments,
    feedback,
)

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTERS: dict[str, Upcaster] = {
    "tremplin.people.RoleGranted.v1": people.upcast_role_v1_v2,
    "tremplin.people.RoleRevoked.v1": people.upcast_role_v1_v2,
}
"""From an old wire type to a function of its data; its result carries the next ``version``."""


class UnknownType(ValueError):
    """No model has this type, or the version is newer than this program."""


class Malformed(ValueError):
    """The data does not fit its model. The text names fields and rules, never values."""


def _messages() -> dict[str, type[Message]]:
    found: dict[str, type[Message]] = {}
    for module in MODULES:
        for item in vars(module).values():
            if not isinstance(item, type) or not issubclass(item, Message) or item.__module__ != module.__name__:
                continue
            if not item.__name__.startswith("_"):
                found[item.wire_type()] = item
    return found


MESSAGES: dict[str, type[Message]] = _messages()
EVENTS: dict[str, type[Event]] = {name: kind for name, kind in MESSAGES.items() if issubclass(kind, Event)}
COMMANDS: dict[str, type[Command]] = {name: kind for name, kind in MESSAGES.items() if issubclass(kind, Command)}


def decode(envelope: Envelope) -> Message:
    """The message in ``envelope``, brought up to its newest version; fields that its model lacks are ignored.

    Raises ``UnknownType`` for a type or version that this program has no model of, ``Malformed`` for data that does not fit.
    """
    wire_type, raw = _brought_up(envelope.type, envelope.data)
    model = MESSAGES.get(wire_type)
    if model is None:
        raise UnknownType("unknown_type")
    try:
        return model.model_validate_json(raw, extra="ignore")
    except ValidationError as error:
        places = {f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in error.errors(include_input=False)}
        raise Malformed("; ".join(sorted(places))) from None


def _brought_up(wire_type: str, raw: str) -> tuple[str, str]:
    while upcast := UPCASTERS.get(wire_type):
        try:
            data = upcast(from_json(raw))
            wire_type, raw = f"{wire_type.rsplit('.v', 1)[0]}.v{data['version']}", to_json(data).decode()
        except (ValueError, LookupError, TypeError, AttributeError):
            raise Malformed("upcast") from None
    return wire_type, raw
