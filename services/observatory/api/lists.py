"""Routes of lists: laureates, the published record, and what a reader sees of their territory or sector."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Query

from contracts.model import Code, Departement, Theme
from services.chassis.identity import Caller, allow, public
from services.observatory.domain.lists import Listing, Order
from services.observatory.handlers import lists as handlers
from services.observatory.handlers.lists import Wanted
from services.observatory.store.store import Store

Answer = dict[str, Any]
Search = Annotated[str | None, Query(alias="q", max_length=200, description="words, whatever their accents")]
After = Annotated[str | None, Query(max_length=1_000, description="the `next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]
Sort = Literal["number", "title", "departement", "theme", "applicant_kind", "selected_at", "committed_cents"]
RecordSort = Literal["id", "label", "priority", "amount_eur", "departement_code"]


def _wanted(
    departement: Departement | None = None,
    theme: Theme | None = None,
    applicant_kind: Code | None = None,
    call_id: UUID | None = None,
) -> Wanted:
    return Wanted(departement, theme, applicant_kind, str(call_id) if call_id else None)


def _listing(sort: Sort = "number", order: Order = "asc", after: After = None, limit: Limit = 50) -> Listing:
    return Listing(sort, order, after, limit)


def _record_listing(sort: RecordSort = "id", order: Order = "asc", after: After = None, limit: Limit = 100) -> Listing:
    return Listing(sort, order, after, limit)


Which = Annotated[Wanted, Depends(_wanted)]
Page = Annotated[Listing, Depends(_listing)]
RecordPage = Annotated[Listing, Depends(_record_listing)]


def add_routes(api: FastAPI, store: Store) -> None:
    _public(api, store)
    _readers(api, store)


def _public(api: FastAPI, store: Store) -> None:
    @api.get("/laureates")
    @public
    async def laureates(wanted: Which, page: Page, search: Search = None) -> Answer:
        """Laureates that match; ask again ``after`` what ``next`` says, until it is null."""
        return await handlers.laureates(search, wanted, page, store)

    @api.get("/programme/record")
    @public
    async def programme_record(
        page: RecordPage, search: Search = None, priority: Code | None = None, departement: Departement | None = None
    ) -> Answer:
        """The published projects that match; the sums are those of the whole record."""
        return await handlers.programme_record(search, priority, departement, page, store)


def _readers(api: FastAPI, store: Store) -> None:
    @api.get("/territories/{code}/initiatives")
    async def of_territory(
        code: Departement,
        wanted: Which,
        page: Page,
        search: Search = None,
        state: Code | None = None,
        caller: Caller = allow("territory_reader"),
    ) -> Answer:
        """Submitted applications of the territory for which the caller reads."""
        return await handlers.read_for("territory_reader", caller.person_id, code, search, wanted, page, store, state)

    @api.get("/sectors/{theme_code}/initiatives")
    async def of_sector(
        theme_code: Theme,
        wanted: Which,
        page: Page,
        search: Search = None,
        state: Code | None = None,
        caller: Caller = allow("sector_reader"),
    ) -> Answer:
        """Submitted applications of the sector for which the caller reads."""
        return await handlers.read_for(
            "sector_reader", caller.person_id, theme_code, search, wanted, page, store, state
        )
