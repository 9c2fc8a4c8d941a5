"""The observatory over HTTP: open to everyone, but for the operator's doors to a rebuild."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response

from contracts.decision import NotFound
from contracts.model import Departement, Instant
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, Verifier, allow, public
from services.observatory import handlers
from services.observatory.domain import figures, open_data
from services.observatory.domain.open_data import DATASETS, Grantor
from services.observatory.settings import Settings
from services.observatory.store import Store

Answer = dict[str, Any]
At = Annotated[Instant | None, Query(description="the figures as they were at this instant; by default the newest")]


def make_api(store: Store, clock: Clock, verifier: Verifier, settings: Settings) -> FastAPI:
    api = http.make_api("observatory", "Tremplin observatory", verifier)
    _initiatives(api, store)
    _figures(api, store)
    _open_data(api, store, Grantor(settings.grantor_name, settings.grantor_siret))
    _rebuild(api, store, clock)
    return api


def _initiatives(api: FastAPI, store: Store) -> None:
    @api.get("/initiatives/{initiative_id}")
    @public
    async def initiative(initiative_id: UUID) -> Answer:
        """From its selection on; before that there is nothing to see here."""
        return await handlers.initiative(str(initiative_id), store)

    @api.get("/initiatives/{initiative_id}/timeline")
    @public
    async def timeline(initiative_id: UUID) -> Answer:
        return await handlers.timeline(str(initiative_id), store)

    @api.get("/laureates")
    @public
    async def laureates(call_id: UUID | None = None) -> list[Answer]:
        return await handlers.laureates(str(call_id) if call_id else None, store)

    @api.get("/indicators")
    @public
    async def indicators(departement: Departement | None = None, initiative_id: UUID | None = None) -> list[Answer]:
        return await handlers.indicators(departement, str(initiative_id) if initiative_id else None, store)


def _figures(api: FastAPI, store: Store) -> None:
    @api.get("/calls/{call_id}/figures")
    @public
    async def call_figures(call_id: UUID, at: At = None) -> Answer:
        return await handlers.call_figures(str(call_id), at, store)

    @api.get("/figures/departements")
    @public
    async def departements(call_id: UUID | None = None, at: At = None) -> Answer:
        known = await handlers.season(store, str(call_id) if call_id else None, at)
        return {"as_of": known.as_of, "departements": figures.by_departement(known)}

    @api.get("/figures/themes")
    @public
    async def themes(call_id: UUID | None = None, at: At = None) -> Answer:
        known = await handlers.season(store, str(call_id) if call_id else None, at)
        return {"as_of": known.as_of, "themes": figures.by_theme(known)}

    @api.get("/programme/record")
    @public
    async def programme_record() -> Answer:
        return await handlers.programme_record(store)


def _open_data(api: FastAPI, store: Store, grantor: Grantor) -> None:
    @api.get("/open-data")
    @public
    async def catalogue() -> Answer:
        return open_data.catalogue()

    @api.get("/open-data/{name}.{form}")
    @public
    async def dataset(name: str, form: Literal["csv", "json"]) -> Response:
        if name not in DATASETS:
            raise NotFound(field="name", allowed=sorted(DATASETS))
        rows = await handlers.open_data_rows(name, store, grantor)
        if form == "json":
            return JSONResponse(rows)
        text = open_data.as_csv(list(DATASETS[name].columns), rows)
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _rebuild(api: FastAPI, store: Store, clock: Clock) -> None:
    operator = allow("operator", "administrator")

    @api.post("/internal/reset", include_in_schema=False)
    async def reset(caller: Caller = operator) -> Answer:
        """Empty the projections; a replay of every source then fills them again."""
        return await store.reset(clock.now())

    @api.get("/internal/digest", include_in_schema=False)
    async def digest(caller: Caller = operator) -> Answer:
        """What to compare before and after a rebuild, and whether one is under way."""
        return await handlers.digest(store)
