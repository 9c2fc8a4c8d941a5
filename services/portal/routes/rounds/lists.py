"""What the lists of a round have in common: what their address asks for, what is found, and in which order."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.portal.page import Page

View = dict[str, Any]
PER_PAGE = 50
LONGEST_SEARCH = 200
YES = ("yes",)
"""What a box that is ticked sends."""
_ORDER = ("sort", "order")


def asked(page: Page, search: Collection[str], sorts: Sequence[str], **filters: Collection[str]) -> dict[str, str]:
    """The search, the filters and the order of the address; whatever cannot be one is left out. A list of which nothing
    is asked is sorted by the first of ``sorts``.

    ``search``: ``q`` for words, ``member`` for somebody, by their id: no address of a page has a name in it.
    """
    given = page.request.query_params
    named = {name: given[name] if given.get(name) in codes else "" for name, codes in filters.items()}
    sought = {"q": given.get("q", "").strip()[:LONGEST_SEARCH], "member": _id(given.get("member", ""))}
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
    """A text as it is sorted: without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def members_of(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Members to choose from, by name."""
    return sorted(names.items(), key=lambda each: folded(each[1]))


async def numbered(page: Page, round_id: UUID | str, wanted: Mapping[str, str]) -> dict[str, int] | None:
    """The applications that the search finds, each with its place in the order of numbers, as ``applications`` knows
    them; nothing for a list that asks for neither."""
    if not wanted["q"] and wanted["sort"] != "number":
        return None
    found = await page.get("applications", f"/calls/{round_id}/applications/ids", q=wanted["q"])
    return {each: place for place, each in enumerate(found["application_ids"])}


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
