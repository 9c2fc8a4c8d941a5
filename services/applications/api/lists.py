"""Routes of a call's lists: search, filter, sort, pages, the same as an export or as ids, and the call's board."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Query
from fastapi.responses import StreamingResponse
from pydantic_core import to_json

from contracts.applications import ApplicantKind, Need
from services.applications.api import desk_views
from services.applications.domain import register
from services.applications.domain.application import Status
from services.applications.domain.board import board
from services.applications.domain.register import Filters, Order
from services.applications.domain.searching import Tag, sought
from services.applications.handlers import listing
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, allow

Answer = dict[str, Any]
READERS = ("programme_officer", "deciding_authority", "administrator")
Code = Annotated[str, Query(max_length=64)]
Codes = Annotated[list[Code] | None, Query(max_length=200)]
Cursor = Annotated[str | None, Query(max_length=100)]
SEARCH = "the beginning of a number, or its last digits; a SIREN, SIRET, RNA, RIDET or Tahiti number; whole words of the title or of an organisation's name"  # noqa: E501


class Wanted:
    """The filters of a request, each of which may be given several times."""

    def __init__(
        self,
        q: Annotated[str | None, Query(max_length=200, description=SEARCH)] = None,
        status: Annotated[list[Status] | None, Query(max_length=20)] = None,
        kind: Annotated[list[ApplicantKind] | None, Query(max_length=20)] = None,
        theme: Codes = None,
        need: Annotated[list[Need] | None, Query(max_length=20)] = None,
        departement: Codes = None,
        region: Codes = None,
        officer: Annotated[UUID | Literal["nobody"] | None, Query(description="a person's id, or nobody")] = None,
        unconfirmed: bool = False,
        sort: Order = "number",
    ) -> None:
        self.order = sort
        self._text = q
        self._given: dict[str, Any] = {
            "statuses": frozenset(status or ()),
            "kinds": frozenset(kind or ()),
            "themes": frozenset(theme or ()),
            "needs": frozenset(need or ()),
            "departements": frozenset(departement or ()),
            "regions": frozenset(region or ()),
            "officer": officer if isinstance(officer, UUID) else None,
            "nobodys": officer == "nobody",
            "unconfirmed": unconfirmed,
        }

    def filters(self, tag: Tag) -> Filters:
        return Filters(**self._given, sought=sought(self._text or "", tag))


Wishes = Annotated[Wanted, Depends()]


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _pages(api, store, clock)
    _export(api, store, clock)

    @api.get("/calls/{call_id}/applications/ids")
    async def list_ids(call_id: UUID, wanted: Wishes, caller: Caller = allow(*READERS)) -> Answer:
        """The ids of the whole list, in its order, for lists that hold more of these applications than is known here."""
        filters = wanted.filters(store.registers.tag)
        return {"application_ids": await listing.ids(call_id, filters, wanted.order, store, clock)}

    @api.get("/calls/{call_id}/board")
    async def read_board(call_id: UUID, caller: Caller = allow(*READERS)) -> Answer:
        """The call at a glance: day by day, by status, kind and territory, delays, and the officers' loads."""
        return board(await listing.scene(call_id, store, clock))


def _pages(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/calls/{call_id}/applications")
    async def list_applications(
        call_id: UUID,
        wanted: Wishes,
        after: Cursor = None,
        before: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        caller: Caller = allow(*READERS),
    ) -> Answer:
        """Submitted applications; ask again ``after`` what ``next`` says, or ``before`` what ``previous`` says.

        ``counts`` are by status under all other filters, ``total`` under all of them.
        """
        order = wanted.order
        places = register.read(order, after, "after"), register.read(order, before, "before")
        found = await listing.page(call_id, wanted.filters(store.registers.tag), order, *places, limit, store, clock)
        return {
            "applications": [desk_views.line(each, found.acting) for each in found.applications],
            "next": register.written(order, found.page.next),
            "previous": register.written(order, found.page.previous),
            "total": found.total,
            "counts": found.counts,
        }


def _export(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/calls/{call_id}/applications/export", response_class=StreamingResponse)
    async def export_applications(call_id: UUID, wanted: Wishes, caller: Caller = allow(*READERS)) -> StreamingResponse:
        """The whole list, a JSON object a line; ``Tremplin-Lines`` says how many there are, so that a torn answer shows."""
        filters = wanted.filters(store.registers.tag)
        count, found = await listing.export(call_id, filters, wanted.order, store, clock)

        async def lines() -> AsyncIterator[bytes]:
            async for application, acting in found:
                yield to_json(desk_views.line(application, acting)) + b"\n"

        headers = {"Tremplin-Lines": str(count), "Cache-Control": "private, no-store"}
        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)
