"""The observatory over HTTP: open to everyone, but for what readers see of their own and the operator's doors to a rebuild."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, Verifier, allow
from services.observatory.api import figures, initiatives, lists, open_data
from services.observatory.api.cached import CachedRoute
from services.observatory.domain.open_data import Grantor
from services.observatory.handlers import noting
from services.observatory.settings import Settings
from services.observatory.store.store import Store

__all__ = ["make_api"]
Answer = dict[str, Any]


def make_api(store: Store, clock: Clock, verifier: Verifier, settings: Settings) -> FastAPI:
    api = http.make_api("observatory", "Tremplin observatory", verifier)
    api.router.route_class = CachedRoute
    initiatives.add_routes(api, store)
    lists.add_routes(api, store)
    figures.add_routes(api, store, clock)
    open_data.add_routes(api, store, Grantor(settings.grantor_name, settings.grantor_siret))
    api.router.route_class = APIRoute
    _rebuild(api, store, clock)
    return api


def _rebuild(api: FastAPI, store: Store, clock: Clock) -> None:
    operator = allow("operator", "administrator")

    @api.post("/internal/reset", include_in_schema=False)
    async def reset(caller: Caller = operator) -> Answer:
        """Empty the projections; a replay of every source then fills them again."""
        return await noting.reset(clock.now(), store)

    @api.get("/internal/digest", include_in_schema=False)
    async def digest(caller: Caller = operator) -> Answer:
        """What to compare before and after a rebuild, and whether one is under way."""
        return await noting.digest(store)
