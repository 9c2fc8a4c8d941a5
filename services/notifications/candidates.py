"""Who has a draft or an application in which call, and which extensions of a deadline they are to be told of."""

from datetime import datetime
from uuid import UUID

from services.chassis.database import Database


class Candidates:
    def __init__(self, database: Database) -> None:
        self._candidates = database.collection("candidates")
        self._extensions = database.collection("extensions")

    async def prepare(self) -> None:
        await self._candidates.create_index("call_id", name="call")
        await self._extensions.create_index("call_id", name="call")

    async def note(self, application_id: UUID, call_id: UUID, owner_id: UUID) -> None:
        """Somebody has a draft or an application; one that was withdrawn stays so."""
        known = {"call_id": str(call_id), "owner_id": str(owner_id)}
        await self._candidates.update_one({"_id": str(application_id)}, {"$set": known}, upsert=True)

    async def withdrawn(self, application_id: UUID, call_id: UUID, owner_id: UUID) -> None:
        known = {"call_id": str(call_id), "owner_id": str(owner_id), "left": True}
        await self._candidates.update_one({"_id": str(application_id)}, {"$set": known}, upsert=True)

    async def of(self, call_id: UUID) -> list[UUID]:
        """Everybody who has a draft or an application in the call, once."""
        found = self._candidates.find({"call_id": str(call_id)}, {"owner_id": 1, "left": 1})
        return sorted({UUID(one["owner_id"]) async for one in found if not one.get("left")})

    async def note_extension(self, event_id: str, call_id: UUID, at: datetime) -> None:
        """A call's deadline was extended; whoever is heard of later and began before is still told of it."""
        known = {"call_id": str(call_id), "at": at.timestamp()}
        await self._extensions.update_one({"_id": event_id}, {"$set": known}, upsert=True)

    async def extensions_since(self, call_id: UUID, began: datetime) -> list[str]:
        """The events by which the call was extended after somebody had begun."""
        found = self._extensions.find({"call_id": str(call_id)})
        return [one["_id"] async for one in found if one["at"] >= began.timestamp()]
