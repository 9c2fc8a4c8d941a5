"""Places in a list that is in an order: the value it is sorted by, then a key; where a page ends, the next begins."""

import json
from typing import Any

from services.funding.domain.refusals import PlaceInvalid


def told(value: Any, key: str) -> str:
    """The place as a caller carries it."""
    return json.dumps([value, key], separators=(",", ":"))


def place(after: str, number: bool) -> tuple[Any, str]:
    """The value, a ``number`` or a text, and the key of a place. Raises ``PlaceInvalid``."""
    try:
        value, last = json.loads(after)
    except (ValueError, TypeError, RecursionError):
        raise PlaceInvalid(field="after") from None
    kept = 0 <= value < 2**63 if isinstance(value, int) and number else isinstance(value, str | None)
    if not isinstance(last, str) or not kept:
        raise PlaceInvalid(field="after")
    return value, last


def beyond(path: str, value: Any, last: str, way: int) -> dict[str, Any]:
    """What comes after ``value`` at ``path`` and then ``last``; those without a value come before all others."""
    further = "$gt" if way > 0 else "$lt"
    beside = {path: value, "_id": {further: last}}
    if value is None:
        return {"$or": [beside, {path: {"$ne": None}}]} if way > 0 else beside
    return {"$or": [beside, {path: {further: value}}, *([] if way > 0 else [{path: None}])]}
