"""Figures, the programme's quality, the barometer: each as it is, or as it was at an instant."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from contracts.decision import NotFound, Refusal
from services.observatory.domain import barometer, calendar, figures, quality
from services.observatory.domain.figures import Season
from services.observatory.store.store import Store

Answer = dict[str, Any]
LEAST = timedelta(microseconds=1)


class QuarterToCome(Refusal):
    code, status, title = "quarter_to_come", 422, "This quarter has not begun"


async def season(store: Store, call_id: str | None = None, at: datetime | None = None) -> Season:
    """What is known of a call, or of all. Only the newest is kept: any instant may be asked for."""

    async def known() -> Season:
        cycles, grants = await store.facts("cycles", call_id, at), await store.facts("grants", call_id, at)
        if at is not None:
            return figures.season(await store.facts("applications", call_id, at), cycles, grants)
        return figures.season_of(await store.applications.of(call_id), cycles, grants)

    if at is not None:
        return await known()

    found: Season = await store.memo.get(("season", call_id), known)
    return found


async def by(
    name: str, rows: Callable[[Season], list[Answer]], call_id: str | None, at: datetime | None, store: Store
) -> Answer:
    """Figures by what ``rows`` groups by, under ``name``."""
    known = await season(store, call_id, at)
    return {"as_of": known.as_of, name: rows(known)}


async def on_a_map(call_id: str | None, at: datetime | None, store: Store) -> Answer:
    known = await season(store, call_id, at)
    return {"as_of": known.as_of, "departements": figures.on_a_map(known, await store.record())}


async def call_figures(call_id: str, at: datetime | None, store: Store) -> Answer:
    """Raises ``NotFound`` for a call that there is not, or was not yet."""

    async def computed() -> Answer:
        call = await store.fact("calls", call_id, at)
        if call is None:
            raise NotFound
        rounds, envelope = await store.fact("rounds", call_id, at), await store.fact("envelopes", call_id, at)
        known = await season(store, call_id, at)
        by = {
            "territories": figures.by_departement(known),
            "regions": figures.by_region(known),
            "themes": figures.by_theme(known),
            "kinds": figures.by_kind(known),
        }
        return {**figures.of_call(call, rounds, envelope, known), "figures": by}

    return await computed() if at else await _kept(store, ("call", call_id), computed)


async def programme_quality(call_id: str | None, at: datetime | None, now: datetime, store: Store) -> Answer:
    """What the programme says of itself, of a call or of all, as it was at ``at``; check-ins are overdue at that instant."""
    moment = at or now.replace(second=0, microsecond=0)

    async def computed() -> Answer:
        applications = await store.facts("applications", call_id, at)
        cycles = await store.facts("cycles", call_id, at)
        grants = await store.facts("grants", call_id, at)
        opinions = await store.facts("opinions", call_id, at)
        every = (*applications, *cycles, *grants, *opinions)
        return {
            "as_of": max((fact.at for fact in every), default=None),
            "opinions": quality.satisfaction(opinions),
            "delays": quality.delays(applications, grants),
            "check_ins": quality.check_ins(cycles, moment),
        }

    return await _kept(store, ("quality", call_id, at, moment), computed)


async def shown_barometer(
    quarter: str | None, zone: str | None, indicator: str | None, now: datetime, store: Store
) -> Answer:
    """The barometer of today, or as it was at the end of ``quarter``. Raises ``QuarterToCome``."""
    asked = quarter or calendar.quarter_of(now)
    if calendar.begin(asked) > now:
        raise QuarterToCome(field="quarter")
    complete = calendar.begin(calendar.following(asked)) <= now
    at = (
        calendar.begin(calendar.following(asked)) - LEAST
        if complete
        else now.replace(minute=0, second=0, microsecond=0)
    )

    async def computed() -> Answer:
        cycles = await store.facts("cycles", upto=at if complete else None)
        first = min((fact.entries[0].at for fact in cycles), default=None)
        begun = datetime.fromisoformat(first) if first else now
        return {
            "as_of": max((fact.at for fact in cycles), default=None),
            "quarter": asked,
            "complete": complete,
            "quarters": calendar.quarters(min(begun, now), now),
            "indicators": barometer.barometer(cycles, at, calendar.begin(asked) - LEAST),
        }

    found = await _kept(store, ("barometer", asked, complete, at), computed)
    rows = [
        row
        for row in found["indicators"]
        if zone in (None, row["territory"]["zone_id"]) and indicator in (None, row["indicator"])
    ]
    return {**found, "indicators": rows}


async def _kept(store: Store, key: tuple[Any, ...], compute: Callable[[], Awaitable[Answer]]) -> Answer:
    found: Answer = await store.memo.get(key, compute)
    return found
