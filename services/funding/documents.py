"""Documents at rest: each sealed under the beneficiary's key, by agreement and digest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.decision import NotFound
from services.chassis.database import Database


class Documents:
    def __init__(self, database: Database) -> None:
        self._collection = database.collection("documents")
        self._vault = database.vault

    async def prepare(self) -> None:
        await self._collection.create_index("agreement_id", name="agreement")

    async def of(self, agreement_id: UUID) -> list[dict[str, Any]]:
        """What is kept for an agreement, the oldest first: digest, media type, size in bytes, when it came."""
        fields = {"_id": 0, "digest": 1, "media_type": 1, "size": 1, "received_at": 1}
        found = await self._collection.find({"agreement_id": str(agreement_id)}, fields).to_list(None)
        return sorted(found, key=lambda each: str(each["received_at"]))

    async def keep(
        self, owner_id: UUID, agreement_id: UUID, digest: str, media_type: str, content: bytes, now: datetime
    ) -> None:
        """Keep a document; the same again changes nothing. Raises ``NotFound`` once the owner was erased."""
        sealed = await self._vault.seal(str(owner_id), content)
        if sealed is None:
            raise NotFound("There is no such agreement")
        facts = {"agreement_id": str(agreement_id), "digest": digest, "media_type": media_type, "size": len(content)}
        document = facts | {"received_at": now.isoformat(), "data": sealed}
        await self._collection.update_one({"_id": _key(agreement_id, digest)}, {"$setOnInsert": document}, upsert=True)

    async def open(self, owner_id: UUID, agreement_id: UUID, digest: str) -> tuple[str, bytes]:
        """The media type and the content. Raises ``NotFound`` when there is none, or once the owner was erased."""
        found = await self._collection.find_one({"_id": _key(agreement_id, digest)})
        content = found and await self._vault.open(str(owner_id), found["data"])
        if not found or not content:
            raise NotFound("There is no such document")
        return str(found["media_type"]), content


def _key(agreement_id: UUID, digest: str) -> str:
    return f"{agreement_id}:{digest}"
