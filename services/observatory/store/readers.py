"""Where the observatory keeps for what a person reads: by event, so that any order and any repetition come to the same."""

from typing import Any
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from services.chassis.database import Collection


class Readers:
    def __init__(self, collection: Collection) -> None:
        self._readers = collection

    async def note(self, person_id: UUID, event_id: str, entry: dict[str, Any]) -> None:
        change = {"$set": {f"entries.{event_id}": entry}}
        try:
            await self._readers.update_one({"_id": str(person_id)}, change, upsert=True)
        except DuplicateKeyError:
            await self._readers.update_one({"_id": str(person_id)}, change)

    async def entries(self, person_id: UUID) -> dict[str, dict[str, Any]]:
        """What was noted of the person, by event; nothing of whoever is erased."""
        found = await self._readers.find_one({"_id": str(person_id)})
        return {} if found is None or found.get("erased") else found.get("entries", {})

    async def erase(self, person_id: UUID) -> None:
        """Of whoever never read for anything, nothing is kept."""
        change = {"$set": {"erased": True, "entries": {}}}
        await self._readers.update_one({"_id": str(person_id)}, change)
