"""What the lists of a round have in common: members to choose from, and applications as their service finds them."""

from collections.abc import Mapping
from uuid import UUID

from services.portal.listing import folded
from services.portal.page import Page

PER_PAGE = 50
YES = ("yes",)
"""What a box that is ticked sends."""


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
