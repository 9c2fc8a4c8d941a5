"""Routes of open data: the catalogue and its files."""

from typing import Any, Literal

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from contracts.decision import NotFound
from services.chassis.identity import public
from services.observatory.domain import open_data
from services.observatory.domain.open_data import DATASETS, Grantor
from services.observatory.handlers import public as handlers
from services.observatory.store.store import Store

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store, grantor: Grantor) -> None:
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
