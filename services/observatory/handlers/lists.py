"""Lists for pages: laureates, the published record, and what a reader sees of their territory or sector."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from services.observatory.domain import cycles, initiatives, lists, readers, record
from services.observatory.domain.applications import application
from services.observatory.domain.lists import Listing
from services.observatory.domain.money import grant
from services.observatory.handlers.figures import season
from services.observatory.store.store import Store

Answer = dict[str, Any]
SEARCHED = ("number", "title", "organisation_name")
RECORD_SEARCHED = ("label", "carrier", "territory")
FACETS = ("departement", "theme", "applicant_kind")
RECORD_FACETS = ("priority", "departement_code")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which initiatives are wanted: those of a département, a theme, a kind of applicant, a call."""

    departement: str | None = None
    theme: str | None = None
    applicant_kind: str | None = None
    call_id: str | None = None


async def laureates(search: str | None, wanted: Wanted, listing: Listing, store: Store) -> Answer:
    """A page of the laureates that match, how many of each value there are in all, and what they were given."""

    async def computed() -> list[Answer]:
        return await _laureates(store)

    rows: list[Answer] = await store.memo.get("laureates", computed)
    found = lists.matching(rows, search, SEARCHED, asdict(wanted))
    money = {name: sum(row[name] for row in found) for name in ("committed_cents", "paid_cents")}
    totals = {"laureates": len(found), **money}
    return {**lists.page(found, listing, "initiative_id"), "totals": totals, "facets": lists.facets(rows, FACETS)}


async def _laureates(store: Store) -> list[Answer]:
    known = [application(fact) for fact in await store.facts("applications", selected=True)]
    stand = [item for item in known if item.laureate]
    followed = await store.some("cycles", (item.key for item in stand))
    granted = await store.some("grants", (item.key for item in stand))
    states = {key: cycles.cycle(fact).state for key, fact in followed.items()}
    money = {key: grant(fact) for key, fact in granted.items()}
    return [
        {
            **initiatives.laureate(item, states.get(item.key)),
            "committed_cents": money[item.key].committed_cents if item.key in money else 0,
            "paid_cents": money[item.key].paid_cents if item.key in money else 0,
        }
        for item in stand
    ]


async def programme_record(
    search: str | None, priority: str | None, departement: str | None, listing: Listing, store: Store
) -> Answer:
    """A page of the published record, its sums as a whole, and beside it what the season's own figures are."""
    projects = await store.record()
    found = lists.matching(projects, search, RECORD_SEARCHED, {"priority": priority, "departement_code": departement})
    shown = lists.page(found, listing, "id")
    return {
        "source": record.SOURCE,
        "projects": shown["items"],
        "next": shown["next"],
        "matching": {"projects": len(found), "amount_eur": sum(project["amount_eur"] for project in found)},
        "facets": lists.facets(projects, RECORD_FACETS),
        "by_priority": record.by_priority(projects),
        "sums_by_priority_cents": record.sums_cents(projects),
        "total": {"projects": len(projects), "amount_eur": sum(project["amount_eur"] for project in projects)},
        "published_totals": {"source": record.SOURCE | {"file": record.FIGURES}, **store.published_totals},
        "season": await _season(store),
    }


async def _season(store: Store) -> Answer:
    known = await season(store)
    return {
        "synthetic": any(item.synthetic for item in known.applications),
        "submitted": sum(item.submitted for item in known.applications),
        "laureates": sum(item.laureate for item in known.applications),
        "committed_cents": sum(item.committed_cents for item in known.grants),
        "paid_cents": sum(item.paid_cents for item in known.grants),
        "as_of": known.as_of,
    }


async def read_for(
    role: str,
    person_id: UUID,
    asked: str,
    search: str | None,
    wanted: Wanted,
    listing: Listing,
    store: Store,
    state: str | None = None,
) -> Answer:
    """The submitted applications of the territory or the sector for which the person reads, those in ``state`` if given.

    With the page, the sums of all that match, and how many of each value there are in all.

    Raises ``NotYours`` when ``asked`` is another, or the person has none (any more).
    """
    held = readers.held_for(role, await store.readers.entries(person_id))
    if held != asked:
        raise readers.NotYours(allowed=held)
    mark = "departement" if role == "territory_reader" else "theme"

    async def computed() -> list[Answer]:
        known = await store.marked(mark, asked)
        followed = await store.some("cycles", (fact.key for fact in known))
        granted = await store.some("grants", (fact.key for fact in known))
        return [readers.initiative(fact, followed.get(fact.key), granted.get(fact.key)) for fact in known]

    rows: list[Answer] = await store.memo.get(("read", mark, asked), computed)
    found = lists.matching(rows, search, SEARCHED, {**asdict(wanted), "state": state})
    facets = lists.facets(rows, (*FACETS, "state"))
    return {**lists.page(found, listing, "initiative_id"), "totals": readers.totals(found), "facets": facets}
