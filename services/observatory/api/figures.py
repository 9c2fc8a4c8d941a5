"""Routes of figures: as they are, or as they were at an instant."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Query

from contracts.model import Code, Instant
from services.chassis.clock import Clock
from services.chassis.identity import public
from services.observatory.domain import calendar, figures, territories
from services.observatory.handlers import figures as handlers
from services.observatory.store.store import Store

Answer = dict[str, Any]
AsOf = Annotated[Instant | None, Query(description="the figures as they were at this instant; by default the newest")]
At = Annotated[Instant | None, Query(deprecated=True, description="the same as `as_of`")]


def _moment(as_of: AsOf = None, at: At = None) -> Instant | None:
    return as_of or at


def _call(call_id: UUID | None = None) -> str | None:
    return str(call_id) if call_id else None


Moment = Annotated[Instant | None, Depends(_moment)]
Call = Annotated[str | None, Depends(_call)]
Quarter = Annotated[str | None, Query(pattern=calendar.QUARTER)]
Zone = Annotated[str | None, Query(pattern=territories.ZONE)]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _of_call(api, store)
    _by(api, store)
    _quality(api, store, clock)


def _of_call(api: FastAPI, store: Store) -> None:
    @api.get("/calls/{call_id}/figures")
    @public
    async def call_figures(call_id: UUID, moment: Moment) -> Answer:
        """A call's figures, also by territory, theme and kind of applicant."""
        return await handlers.call_figures(str(call_id), moment, store)


def _by(api: FastAPI, store: Store) -> None:
    @api.get("/figures/departements")
    @public
    async def departements(call: Call, moment: Moment) -> Answer:
        return await handlers.by("departements", figures.by_departement, call, moment, store)

    @api.get("/figures/regions")
    @public
    async def regions(call: Call, moment: Moment) -> Answer:
        return await handlers.by("regions", figures.by_region, call, moment, store)

    @api.get("/figures/themes")
    @public
    async def themes(call: Call, moment: Moment) -> Answer:
        return await handlers.by("themes", figures.by_theme, call, moment, store)

    @api.get("/figures/kinds")
    @public
    async def kinds(call: Call, moment: Moment) -> Answer:
        return await handlers.by("kinds", figures.by_kind, call, moment, store)

    @api.get("/figures/map")
    @public
    async def on_a_map(call: Call, moment: Moment) -> Answer:
        """Every département by its code, overseas included: counts, amounts, and those of the published record."""
        return await handlers.on_a_map(call, moment, store)


def _quality(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/quality")
    @public
    async def quality(call: Call, moment: Moment) -> Answer:
        """The programme's own quality: what people say of it, how long they wait, check-ins that are overdue."""
        return await handlers.programme_quality(call, moment, clock.now(), store)

    @api.get("/barometer")
    @public
    async def barometer(quarter: Quarter = None, territory: Zone = None, indicator: Code | None = None) -> Answer:
        """Indicators by territory: initial, current and target value, progress, weather, trend; of now or of a quarter's end."""
        return await handlers.shown_barometer(quarter, territory, indicator, clock.now(), store)
