"""Routes of one initiative, and of indicators by initiative."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from contracts.model import Departement
from services.chassis.identity import public
from services.observatory.handlers import public as handlers
from services.observatory.store.store import Store

Answer = dict[str, Any]


def add_routes(api: FastAPI, store: Store) -> None:
    @api.get("/initiatives/{initiative_id}")
    @public
    async def initiative(initiative_id: UUID) -> Answer:
        """From its selection on; before that there is nothing to see here."""
        return await handlers.initiative(str(initiative_id), store)

    @api.get("/initiatives/{initiative_id}/timeline")
    @public
    async def timeline(initiative_id: UUID) -> Answer:
        return await handlers.timeline(str(initiative_id), store)

    @api.get("/indicators")
    @public
    async def indicators(departement: Departement | None = None, initiative_id: UUID | None = None) -> list[Answer]:
        return await handlers.indicators(departement, str(initiative_id) if initiative_id else None, store)
