"""What coaching keeps: one cycle per initiative; what people wrote is sealed under the owner's key."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.coaching import Weather
from contracts.model import Departement, Id, Theme, seconds
from services.chassis.database import Database, Repository
from services.coaching.domain.state import Cycle, Status
from services.coaching.threads import Threads

_READ = {"outbox": 0, "answers": 0}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cycles a list has; ``followed_by`` leaves those of this owner, mentor or officer."""

    followed_by: Id | None = None
    status: Status | None = None
    weather: Weather | None = None
    overdue_at: datetime | None = None
    escalated: bool = False
    mentor_id: Id | None = None
    officer_id: Id | None = None
    departement: Departement | None = None
    theme: Theme | None = None
    call_id: Id | None = None
    by_due_date: bool = False


class Store:
    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self.cycles = Repository(database, "cycles", Cycle, personal={"private": "owner_id"})
        self.threads = Threads(database)

    async def prepare(self) -> None:
        cycles = self.cycles.collection
        await cycles.create_index("state.waiting_since", name="waiting")
        await cycles.create_index("state.owner_id", name="owner")
        for name in ("mentor_id", "officer_id", "departement", "agenda", "asked_levers"):
            await cycles.create_index(f"state.{name}", name=name.removesuffix("_id"))
        await self.threads.prepare()

    async def find(self, initiative_id: Id) -> Cycle | None:
        stored = await self.cycles.load(str(initiative_id))
        return stored.state if stored else None

    async def page(self, filters: Filters, after: str, limit: int) -> list[Cycle]:
        """Cycles from after ``after`` on: an initiative's id or, by next due date, an ``agenda``."""
        order = "state.agenda" if filters.by_due_date else "_id"
        wanted = {order: {"$gt": after}} if after else {}
        found = self.cycles.collection.find({**wanted, **_query(filters)}, _READ).sort(order, 1).limit(limit)
        return [(await self.cycles.read(document)).state async for document in found]

    async def asked(self, followed_by: Id | None) -> list[Cycle]:
        """The cycles with a request that waits for an answer, all or those of one person."""
        query = _query(Filters(followed_by=followed_by)) | {"state.asked_levers": {"$gt": 0}}
        found = self.cycles.collection.find(query, _READ)
        return [(await self.cycles.read(document)).state async for document in found]

    async def of(self, followed_by: Id) -> list[Cycle]:
        """The cycles of one person, whatever waits in them."""
        found = self.cycles.collection.find(_query(Filters(followed_by=followed_by)), _READ)
        return [(await self.cycles.read(document)).state async for document in found]

    async def followed(self, person_id: Id) -> list[Id]:
        """The initiatives whose owner, mentor or officer this person is."""
        found = self.cycles.collection.find(_query(Filters(followed_by=person_id)), {"_id": 1})
        return [UUID(document["_id"]) async for document in found]

    async def overdue(self, now: datetime) -> list[Cycle]:
        """Every open cycle with a check-in that is missing past its due date."""
        found = self.cycles.collection.find(_overdue(now), _READ)
        return [(await self.cycles.read(document)).state async for document in found]

    async def erase(self, person_id: Id) -> None:
        await self._vault.erase(str(person_id))
        await self.threads.forget(person_id)


def _query(filters: Filters) -> dict[str, Any]:
    plain = ("status", "weather", "departement", "theme", "mentor_id", "officer_id", "call_id")
    given = ((name, getattr(filters, name)) for name in plain)
    query: dict[str, Any] = {f"state.{name}": str(value) for name, value in given if value is not None}
    if filters.followed_by:
        roles = ("owner_id", "mentor_id", "officer_id")
        query["$or"] = [{f"state.{role}": str(filters.followed_by)} for role in roles]
    if filters.escalated:
        query["state.escalated"] = True
    if filters.overdue_at:
        query["$and"] = [_overdue(filters.overdue_at)]
    return query


def _overdue(now: datetime) -> dict[str, Any]:
    whole = seconds(now.astimezone(UTC)).isoformat().replace("+00:00", "Z")
    return {"state.waiting_since": {"$lt": whole}, "state.status": "open"}
