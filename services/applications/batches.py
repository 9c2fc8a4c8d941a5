"""Where applications keeps its batches of decisions, and how those are found whose time has come."""

import asyncio
from datetime import datetime
from uuid import UUID

from services.applications.domain.batches import Batch
from services.chassis.database import Database, Repository

WAITING = ("scheduled", "sending")


class Batches:
    """The batches; ``due_now`` wakes the sender for one that is not to wait."""

    def __init__(self, database: Database) -> None:
        self.batches = Repository(database, "decision_batches", Batch, personal={"private": "batch_id"})
        self.due_now = asyncio.Event()

    async def prepare(self) -> None:
        found = self.batches.collection
        await found.create_index("state.status", name="by_status")
        await found.create_index([("state.call_id", 1), ("state.planned_at", 1)], name="by_call")

    async def load(self, batch_id: UUID) -> Batch | None:
        stored = await self.batches.load(str(batch_id))
        return stored.state if stored else None

    async def due(self, now: datetime) -> list[UUID]:
        """The batches to carry out: those begun before, and those whose time has come, the earliest first."""
        waiting = {"state.status": {"$in": list(WAITING)}}
        known = {"state.status": 1, "state.sends_at": 1}
        found = await self.batches.collection.find(waiting, known).to_list(None)
        times = [(datetime.fromisoformat(each["state"]["sends_at"]), each) for each in found]
        ready = [(at, each["_id"]) for at, each in times if at <= now or each["state"]["status"] == "sending"]
        return [UUID(key) for _, key in sorted(ready)]

    async def of_call(self, call_id: UUID, before: str, limit: int) -> tuple[list[Batch], str | None]:
        """The call's batches, the latest planned first, and before which to go on."""
        query = {"state.call_id": str(call_id), "state.planned_at": {"$lt": before or "~"}}
        found = self.batches.collection.find(query, {"outbox": 0}).sort("state.planned_at", -1)
        page = await found.limit(limit + 1).to_list(None)
        batches = [(await self.batches.read(document)).state for document in page[:limit]]
        return batches, page[limit - 1]["state"]["planned_at"] if len(page) > limit else None
