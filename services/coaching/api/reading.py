"""HTTP of reading: the board of cycles, one cycle, who is overdue, the requests that wait for an answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI, Query

from contracts.coaching import Weather
from contracts.decision import NotFound
from contracts.model import Code, Departement
from services.chassis.clock import Clock
from services.chassis.identity import Caller, allow
from services.coaching.api.views import READERS, SIDES, full, late_view, lever_view, service_view, summary
from services.coaching.domain import check_ins
from services.coaching.domain.cycles import may_read
from services.coaching.domain.state import Cycle, Status
from services.coaching.settings import Settings
from services.coaching.store import Filters, Store

Answer = dict[str, Any]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str, Query(max_length=100)]


def routes(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    _board(api, store, clock)
    _one(api, store, clock)
    _levers(api, store, clock, settings)


def _board(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/cycles")
    async def listed(
        caller: Caller = allow(),
        mine: bool = False,
        status: Status | None = None,
        weather: Weather | None = None,
        overdue: bool = False,
        escalated: bool = False,
        mentor_id: UUID | None = None,
        officer_id: UUID | None = None,
        departement: Departement | None = None,
        theme: Code | None = None,
        call_id: UUID | None = None,
        sort: Literal["id", "due"] = "id",
        after: After = "",
        limit: Limit = 50,
    ) -> Answer:
        """An officer sees every cycle or, with ``mine``, those that they follow; anybody else their own.

        Sorted by id, or by what is due next; ``after`` is the ``next`` of the page before.
        """
        now = clock.now()
        filters = Filters(
            followed_by=None if caller.has(*READERS) and not mine else caller.person_id,
            status=status, weather=weather, overdue_at=now if overdue else None, escalated=escalated,
            mentor_id=mentor_id, officer_id=officer_id, departement=departement, theme=theme, call_id=call_id,
            by_due_date=sort == "due",
        )  # fmt: skip
        found = await store.page(filters, after, limit)
        following = _place(found[-1], sort) if len(found) == limit else None
        return {"items": [summary(cycle, now) for cycle in found], "next": following}


def _place(cycle: Cycle, sort: str) -> str:
    return cycle.agenda if sort == "due" else str(cycle.initiative_id)


def _one(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/cycles/{initiative_id}")
    async def shown(initiative_id: UUID, caller: Caller = allow()) -> Answer:
        cycle = await store.find(initiative_id)
        if cycle is None or not may_read(cycle, caller.person_id, caller.has(*READERS)):
            raise NotFound
        return full(cycle, clock.now())

    @api.get("/cycles/{initiative_id}/service")
    async def service(initiative_id: UUID, caller: Caller = allow(*SIDES)) -> Answer:
        """What a certification of service fait and its check rest on: check-ins and reviews by state and date."""
        cycle = await store.find(initiative_id)
        if cycle is None:
            raise NotFound
        return service_view(cycle)

    @api.get("/overdue-check-ins")
    async def overdue_check_ins(caller: Caller = allow("programme_officer")) -> list[Answer]:
        """Who is overdue: every check-in that is missing past its due date, the oldest first."""
        now = clock.now()
        found = [late_view(cycle, item) for cycle in await store.overdue(now) for item in check_ins.overdue(cycle, now)]
        return sorted(found, key=lambda row: (row["due_at"], row["initiative_id"]))


def _levers(api: FastAPI, store: Store, clock: Clock, settings: Settings) -> None:
    @api.get("/levers")
    async def offered(caller: Caller = allow()) -> list[str]:
        return list(settings.levers)

    @api.get("/lever-requests")
    async def asked(
        caller: Caller = allow(),
        mine: bool = False,
        answered: bool = False,
        after: After = "",
        limit: Limit = 50,
    ) -> Answer:
        """Requests that wait for an answer by due date, of all initiatives for an officer, else of the caller's.

        With ``answered``, those of the caller's own initiatives that have one. ``after`` is the ``next`` of the page before.
        """
        everything = caller.has("programme_officer") and not mine and not answered
        if answered:
            cycles = await store.of(caller.person_id)
        else:
            cycles = await store.asked(None if everything else caller.person_id)
        return _page(cycles, answered, after, limit, clock.now())


def _page(cycles: Iterable[Cycle], answered: bool, after: str, limit: int, now: datetime) -> Answer:
    rows = [
        (f"{item.due_at.isoformat()}_{item.request_id}", lever_view(cycle, item, now))
        for cycle in cycles
        for item in cycle.lever_requests
        if (item.outcome is not None) is answered
    ]
    left = sorted((row for row in rows if row[0] > after), key=lambda row: row[0])
    page = left[:limit]
    return {"items": [row for _, row in page], "next": page[-1][0] if len(left) > limit else None}
