"""What the observatory does with an event, and what it answers to each question."""

from datetime import datetime
from typing import Any

from contracts.decision import NotFound
from contracts.model import Event
from services.chassis.consuming import Received
from services.observatory.domain import cycles, figures, initiatives, open_data, record
from services.observatory.domain.applications import application
from services.observatory.domain.facts import note
from services.observatory.domain.figures import Season
from services.observatory.domain.money import grant
from services.observatory.store import Store

Answer = dict[str, Any]


async def note_event(event: Event, received: Received, store: Store) -> None:
    await store.note(note(event, received.time, received.sequence), received.id)


async def season(store: Store, call_id: str | None = None, at: datetime | None = None) -> Season:
    return figures.season(
        await store.facts("applications", call_id, at),
        await store.facts("cycles", call_id, at),
        await store.facts("grants", call_id, at),
    )


async def call_figures(call_id: str, at: datetime | None, store: Store) -> Answer:
    call = await store.fact("calls", call_id, at)
    if call is None:
        raise NotFound
    rounds, envelope = await store.fact("rounds", call_id, at), await store.fact("envelopes", call_id, at)
    return figures.of_call(call, rounds, envelope, await season(store, call_id, at))


async def initiative(initiative_id: str, store: Store) -> Answer:
    found = await store.fact("applications", initiative_id)
    if found is None or not initiatives.is_public(found):
        raise NotFound
    return initiatives.shown(
        found, await store.fact("cycles", initiative_id), await store.fact("grants", initiative_id)
    )


async def timeline(initiative_id: str, store: Store) -> Answer:
    found = await store.fact("applications", initiative_id)
    if found is None or not initiatives.is_public(found):
        raise NotFound
    followed, granted = await store.fact("cycles", initiative_id), await store.fact("grants", initiative_id)
    return {"initiative_id": initiative_id, "events": initiatives.timeline(found, followed, granted)}


async def laureates(call_id: str | None, store: Store) -> list[Answer]:
    known = [application(fact) for fact in await store.facts("applications", call_id, selected=True)]
    stand = [item for item in known if item.laureate]
    followed = await store.some("cycles", (item.key for item in stand))
    states = {key: cycles.cycle(fact).state for key, fact in followed.items()}
    rows = [initiatives.laureate(item, states.get(item.key)) for item in stand]
    return sorted(rows, key=lambda row: (row["number"] or "", row["initiative_id"]))


async def indicators(departement: str | None, initiative_id: str | None, store: Store) -> list[Answer]:
    if initiative_id:
        found = await store.fact("cycles", initiative_id)
        facts = [found] if found else []
    else:
        facts = await store.facts("cycles")
    known = [cycles.cycle(fact) for fact in facts]
    return [
        cycles.shown(item, each)
        for each in known
        if departement in (None, each.departement)
        for item in each.indicators
    ]


async def programme_record(store: Store) -> Answer:
    """The published record, and beside it what the season's own figures are."""
    projects = await store.record()
    known = await season(store)
    total = sum(project["amount_eur"] for project in projects)
    return {
        "source": record.SOURCE,
        "projects": projects,
        "by_priority": record.by_priority(projects),
        "sums_by_priority_cents": record.sums_cents(projects),
        "total": {"projects": len(projects), "amount_eur": total},
        "published_totals": {"source": record.SOURCE | {"file": record.FIGURES}, **store.published_totals},
        "season": {
            "synthetic": any(item.synthetic for item in known.applications),
            "submitted": sum(item.submitted for item in known.applications),
            "laureates": sum(item.laureate for item in known.applications),
            "committed_cents": sum(item.committed_cents for item in known.grants),
            "paid_cents": sum(item.paid_cents for item in known.grants),
            "as_of": known.as_of,
        },
    }


async def open_data_rows(name: str, store: Store, grantor: open_data.Grantor) -> list[open_data.Row]:
    """The rows of one of the published files. Raises ``NotFound`` for a file that there is not."""
    if name == "applications":
        return open_data.applications(application(fact) for fact in await store.facts("applications"))
    selected = [application(fact) for fact in await store.facts("applications", selected=True)]
    if name == "laureates":
        return open_data.laureates(selected)
    if name == "grants":
        known = [grant(fact) for fact in await store.facts("grants")]
        return open_data.grants(known, {item.key: item for item in selected}, grantor)
    raise NotFound


async def digest(store: Store) -> Answer:
    found = await store.digest()
    rebuild = await store.rebuild(found["entries"])
    return {**found, "rebuilding": rebuild is not None and not rebuild["done"], "rebuild": rebuild}
