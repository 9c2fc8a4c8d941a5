"""Tokens of links that only one person may have, sealed under their key, and kept no longer than until the mail has left."""

from uuid import UUID

from services.chassis.database import Database


class Links:
    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self._links = database.collection("links")

    async def keep(self, notice_id: str, person_id: UUID, token: str) -> None:
        sealed = await self._vault.seal(str(person_id), token.encode())
        await self._links.update_one({"_id": notice_id}, {"$set": {"sealed": sealed}}, upsert=True)

    async def token(self, notice_id: str, person_id: UUID) -> str | None:
        """The token that a notice brings; nothing once it has left, or once its person is erased."""
        found = await self._links.find_one({"_id": notice_id})
        plain = await self._vault.open(str(person_id), found["sealed"]) if found else None
        return plain.decode() if plain else None

    async def drop(self, notice_id: str) -> None:
        await self._links.delete_one({"_id": notice_id})
