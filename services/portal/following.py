"""An accelerated initiative as its pages have it, for whoever follows it: its cycle, its title, the names around it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from services.portal.backend import ServiceDown, ServiceProblem
from services.portal.formats import ZONE, instant
from services.portal.forms import Form
from services.portal.listing import View, folded
from services.portal.names import names
from services.portal.page import Page

MOST_TITLES = 500
SORTS: dict[str, Callable[[View], Any]] = {
    "title": lambda cycle: folded(cycle["title"]),
    "status": lambda cycle: cycle["status"],
    "recorded": lambda cycle: cycle["check_ins"]["recorded"],
    "asked_levers": lambda cycle: cycle["asked_levers"],
}
"""What lists of cycles are sorted by, besides what is due."""
NOT_FOUND = {"code": "not_found", "title": "There is nothing at this address"}
LONGEST_TEXT = 5_000
"""Characters of a text that coaching takes."""
REPEATABLE = (409, 422)
"""Refusals that a form can say beside its fields."""


@dataclass(frozen=True)
class Followed:
    """A cycle, what its initiative is called, and where its pages are for the reader (``base``)."""

    cycle: View
    title: str
    base: str
    names: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.cycle["initiative_id"])

    @property
    def ended(self) -> bool:
        return self.cycle["status"] in ("stopped", "closed")

    def request(self, request_id: UUID) -> View:
        """A request for a lever. Raises ``ServiceProblem`` (404)."""
        return _of(self.cycle["lever_requests"], "request_id", str(request_id))

    def check_in(self, week: int) -> View:
        """The check-in of a week. Raises ``ServiceProblem`` (404)."""
        return _of(self.cycle["check_ins"], "week", week)

    def review(self, kind: str) -> View:
        """A review. Raises ``ServiceProblem`` (404)."""
        return _of(self.cycle["reviews"], "review", kind)


def _of(items: Iterable[View], name: str, value: Any) -> View:
    found = next((each for each in items if each[name] == value), None)
    if found is None:
        raise ServiceProblem("coaching", 404, NOT_FOUND)
    return found


async def followed(page: Page, initiative_id: UUID, area: str) -> Followed:
    """The cycle for somebody who may read it. Raises ``ServiceProblem`` (404) for anybody else."""
    cycle = await page.get("coaching", f"/cycles/{initiative_id}")
    if area == "/initiatives" and cycle["owner_id"] != page.person_id:
        raise ServiceProblem("coaching", 404, NOT_FOUND)
    if area == "/mentoring" and cycle["mentor_id"] != page.person_id:
        raise ServiceProblem("coaching", 404, NOT_FOUND)
    for each in cycle["lever_requests"]:
        each["overdue"] = each["outcome"] is None and past(each["due_at"], page.now)
    title = (await titles(page, [str(initiative_id)]))[str(initiative_id)]
    return Followed(cycle, title, f"{area}/{initiative_id}", await _names(page, cycle))


async def _names(page: Page, cycle: View) -> dict[str, str]:
    """Who is who around a cycle; its team, to whom no names are told, is told those of its mentor and its officer."""
    followers = {cycle[name] for name in ("mentor_id", "officer_id") if cycle[name]}
    known = await names(page, {cycle["owner_id"], *followers})
    if cycle["owner_id"] == page.person_id and followers - known.keys():
        known |= await page.parts.backend.follower_names(followers)
    return known


async def titles(page: Page, ids: Iterable[str]) -> dict[str, str]:
    """What initiatives are called, as the public reads it; the id's beginning where there is nothing to read."""
    wanted = set(ids)
    found = {each: each[:8] for each in wanted}
    try:
        if len(wanted) == 1:
            rows = [await page.get("observatory", f"/initiatives/{next(iter(wanted))}")]
        else:
            rows = (await page.get("observatory", "/laureates", limit=MOST_TITLES))["items"] if wanted else []
    except (ServiceProblem, ServiceDown):
        return found
    return found | {
        row["initiative_id"]: row["title"] or row["number"] for row in rows if row["initiative_id"] in wanted
    }


async def cycles(
    page: Page, filters: Mapping[str, str], q: str = "", sort: str = "due", order: str = "asc"
) -> list[View]:
    """All cycles that coaching's filters leave and whose title has ``q`` in it, each with its ``title``, sorted; of equal
    ones that first which is due first."""
    found = await page.every("coaching", "/cycles", **filters, sort="due")
    called = await titles(page, (each["initiative_id"] for each in found))
    rows = [{**each, "title": called[each["initiative_id"]]} for each in found]
    rows = [each for each in rows if folded(q) in folded(each["title"])]
    if sort in SORTS:
        rows.sort(key=SORTS[sort], reverse=order == "desc")
    elif order == "desc":
        rows.reverse()
    return rows


def written(page: Page, form: Form, name: str, missing: str, longest: int = LONGEST_TEXT) -> str:
    """A long text of the form, its line ends made plain; an error in ``form`` when there is none, or too much of it."""
    text = page.text(name).replace("\r\n", "\n")
    if not text:
        form.wrong(name, missing)
    if len(text) > longest:
        form.wrong(name, page._("Write at most %(num)s characters.", num=longest))
    return text


def past(text: str, now: datetime) -> bool:
    """Whether an instant of a service has passed."""
    found = instant(text)
    return isinstance(found, datetime) and found < now


async def unread(page: Page) -> dict[str, int]:
    """How many messages the reader has not read, by initiative, where they are of its team, its mentor or its officer."""
    found = await page.get("coaching", "/unread-messages")
    return {each["initiative_id"]: each["unread"] for each in found["items"]}


def end_of_day(text: str) -> datetime | None:
    """The last minute in Paris of a day that a date field sent; nothing for what is no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time(23, 59), ZONE)
    except ValueError:
        return None
