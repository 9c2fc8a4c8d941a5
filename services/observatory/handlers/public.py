"""What the observatory answers of one initiative, of indicators, and as open data."""

from typing import Any

from contracts.decision import NotFound
from services.observatory.domain import cycles, initiatives, open_data
from services.observatory.domain.applications import application
from services.observatory.domain.money import grant
from services.observatory.store.store import Store

Answer = dict[str, Any]


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
