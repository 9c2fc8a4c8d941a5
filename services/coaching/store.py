"""What coaching keeps: one cycle per initiative; what people wrote is sealed under the owner's key."""

from datetime import UTC, datetime
from typing import Any

from contracts.coaching import Weather
from contracts.model import Id, seconds
from services.chassis.database import Database, Repository
from services.coaching.domain.state import Cycle, Status


class Store:
    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self.cycles = Repository(database, "cycles", Cycle, personal={"private": "owner_id"})

    async def prepare(self) -> None:
        cycles = self.cycles.collection
        await cycles.create_index("state.waiting_since", name="waiting")
        await cycles.create_index("state.owner_id", name="owner")
        await cycles.create_index("state.mentor_id", name="mentor")

    async def find(self, initiative_id: Id) -> Cycle | None:
        stored = await self.cycles.load(str(initiative_id))
        return stored.state if stored else None

    async def page(
        self,
        *,
        followed_by: Id | None,
        status: Status | None,
        weather: Weather | None,
        overdue_at: datetime | None,
        after: Id | None,
        limit: int,
    ) -> list[Cycle]:
        """Cycles by initiative id, from after ``after`` on; ``followed_by`` leaves those of this owner or mentor only."""
        wanted: dict[str, Any] = {"_id": {"$gt": str(after)}} if after else {}
        if followed_by:
            wanted["$or"] = [{"state.owner_id": str(followed_by)}, {"state.mentor_id": str(followed_by)}]
        if status:
            wanted["state.status"] = status
        if weather:
            wanted["state.weather"] = weather
        if overdue_at:
            wanted |= _overdue(overdue_at)
        found = self.cycles.collection.find(wanted, {"outbox": 0, "answers": 0}).sort("_id", 1).limit(limit)
        return [(await self.cycles.read(document)).state async for document in found]

    async def overdue(self, now: datetime) -> list[Cycle]:
        """Every open cycle with a check-in that is missing past its due date."""
        found = self.cycles.collection.find(_overdue(now), {"outbox": 0, "answers": 0})
        return [(await self.cycles.read(document)).state async for document in found]

    async def erase(self, person_id: Id) -> None:
        await self._vault.erase(str(person_id))


def _overdue(now: datetime) -> dict[str, Any]:
    whole = seconds(now.astimezone(UTC)).isoformat().replace("+00:00", "Z")
    return {"state.waiting_since": {"$lt": whole}, "state.status": "open"}
