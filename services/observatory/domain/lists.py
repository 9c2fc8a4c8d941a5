"""Lists for pages: searched, filtered, sorted, and paged by the key of the last row seen, not by counting."""

import base64
import binascii
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any, Literal

from contracts.decision import Refusal

Row = dict[str, Any]
Order = Literal["asc", "desc"]


class PageUnknown(Refusal):
    code, status, title = "page_unknown", 422, "This is no page of this list"


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is wanted: ``sort`` is a field of its rows, ``after`` the ``next`` of the page before."""

    sort: str
    order: Order = "asc"
    after: str | None = None
    limit: int = 50


def folded(text: object) -> str:
    """Text as it is searched and sorted: without accents, without capitals."""
    bare = unicodedata.normalize("NFKD", str(text))
    return "".join(char for char in bare if not unicodedata.combining(char)).casefold()


def matching(rows: Iterable[Row], search: str | None, fields: Sequence[str], wanted: Mapping[str, Any]) -> list[Row]:
    """The rows that have every word of ``search`` in one of ``fields``, and the ``wanted`` values that are given."""
    words = folded(search or "").split()
    named = {name: value for name, value in wanted.items() if value is not None}
    return [
        row
        for row in rows
        if all(row[name] == value for name, value in named.items())
        and _has(words, folded(" ".join(str(row[name] or "") for name in fields)))
    ]


def _has(words: Sequence[str], text: str) -> bool:
    return all(word in text for word in words)


def facets(rows: Sequence[Row], names: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many rows there are of each value, by field."""
    counts = {name: Counter(str(row[name]) for row in rows if row[name] is not None) for name in names}
    return {name: dict(sorted(found.items())) for name, found in counts.items()}


def page(rows: Sequence[Row], listing: Listing, identity: str) -> dict[str, Any]:
    """One page of ``rows``, whose field ``identity`` is unique; rows that lack the sorted field come last.

    Raises ``PageUnknown`` when ``after`` is of no page, or of a page sorted by something else.
    """
    keyed = sorted(((_key(row, listing.sort, identity), row) for row in rows), key=lambda item: item[0])
    if listing.order == "desc":
        keyed = [item for item in reversed(keyed) if not item[0][0]] + [item for item in keyed if item[0][0]]
    try:
        if listing.after:
            last = _read(listing.after)
            keyed = list(dropwhile(lambda item: not _comes_after(item[0], last, listing.order), keyed))
    except TypeError:
        raise PageUnknown(field="after") from None
    shown = keyed[: listing.limit]
    further = len(keyed) > listing.limit
    items = [row for _, row in shown]
    return {"items": items, "next": _written(shown[-1][0]) if further else None, "total": len(rows)}


Key = tuple[bool, Any, str]


def _key(row: Row, sort: str, identity: str) -> Key:
    value = row[sort]
    if value is None:
        return True, "", str(row[identity])
    return False, value if isinstance(value, int) else folded(value), str(row[identity])


def _comes_after(key: Key, last: Key, order: Order) -> bool:
    if key[0] != last[0]:
        return key[0]
    return key > last if order == "asc" or key[0] else key < last


def _written(key: Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(after: str) -> Key:
    try:
        missing, value, identity = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, TypeError, binascii.Error):
        raise PageUnknown(field="after") from None
    if not (isinstance(missing, bool) and isinstance(value, str | int) and isinstance(identity, str)):
        raise PageUnknown(field="after")
    return missing, value, identity
