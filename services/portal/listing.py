"""What lists that are searched and sorted here have in common: what their address asks for, and in which order they are.

A list that its service searches and sorts needs nothing of this.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.portal.page import Page

View = dict[str, Any]
LONGEST_SEARCH = 200
_ORDER = ("sort", "order")
_AS_TYPED = str.maketrans({"’": "'", "œ": "oe", "æ": "ae"})


def asked(page: Page, search: Collection[str], sorts: Sequence[str], **filters: Collection[str]) -> dict[str, str]:
    """The search, the filters and the order of the address; whatever cannot be one is left out. A list of which nothing
    is asked is sorted by the first of ``sorts``.

    ``search``: ``q`` for words, ``member`` for somebody, by their id: no address of a page has a name in it.
    """
    given = page.request.query_params
    named = {name: given[name] if given.get(name) in codes else "" for name, codes in filters.items()}
    sought = {"q": given.get("q", "").strip()[:LONGEST_SEARCH], "member": as_id(given.get("member", ""))}
    return {
        **named,
        **{name: sought[name] for name in search},
        "sort": given["sort"] if given.get("sort") in sorts else sorts[0],
        "order": "desc" if given.get("order") == "desc" else "asc",
    }


def filtered(wanted: Mapping[str, str]) -> bool:
    """Whether the list is less than all there is."""
    return any(value for name, value in wanted.items() if name not in _ORDER)


def in_order(rows: Iterable[View], by: Callable[[View], Any], wanted: Mapping[str, str]) -> list[View]:
    """Sorted by what ``by`` tells of each: of equal ones that first which was first, and at the end, in either
    direction, those of which it tells nothing."""
    told = [(by(each), each) for each in rows]
    known = [pair for pair in told if pair[0] is not None]
    known.sort(key=lambda pair: pair[0], reverse=wanted["order"] == "desc")
    return [each for _, each in known] + [each for key, each in told if key is None]


def folded(text: str) -> str:
    """A text as it is searched and sorted: without case and accents, ligatures apart, apostrophes as keyboards have them."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_AS_TYPED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def first_of(page: Page, most: int) -> int:
    """Where a list starts, as the address says; at its beginning for anything else."""
    text = page.request.query_params.get("from", "")
    first = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0
    return first if first < most else 0


def as_id(text: str) -> str:
    """The id that an address or a form gives; nothing for what is none."""
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return ""
