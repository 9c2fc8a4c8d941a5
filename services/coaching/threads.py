"""Where coaching keeps the messages of each initiative, and how far everybody has read."""

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts.model import Id
from services.chassis.database import Database, Repository
from services.coaching.domain.messages import Message


class Threads:
    """A message is read under two keys, its author's and the initiative's owner's: erasing either one erases it."""

    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self.messages = Repository(database, "messages", Message, personal={"text": "owner_id"})
        self._marks = database.collection("read_marks")

    async def prepare(self) -> None:
        messages = self.messages.collection
        await messages.create_index([("state.initiative_id", 1), ("state.place", 1)], name="thread")
        await self._marks.create_index("initiative_id", name="initiative")

    async def seal(self, author_id: Id, text: str) -> str | None:
        """``text`` sealed for its author; nothing once they are erased."""
        sealed = await self._vault.seal(str(author_id), text.encode())
        return None if sealed is None else b64encode(sealed).decode()

    async def page(self, initiative_id: Id, after: str, limit: int) -> list[tuple[Message, str | None]]:
        """Messages by place, from after ``after`` on, each with its words or, once a key is gone, nothing."""
        wanted = {"state.initiative_id": str(initiative_id), "state.place": {"$gt": after}}
        found = self.messages.collection.find(wanted, {"outbox": 0}).sort("state.place", 1).limit(limit)
        messages = [(await self.messages.read(document)).state async for document in found]
        return [(message, await self._words(message)) for message in messages]

    async def _words(self, message: Message) -> str | None:
        sealed = b64decode(message.text) if message.text else None
        plain = await self._vault.open(str(message.author_id), sealed)
        return None if plain is None else plain.decode()

    async def mark(self, initiative_id: Id, person_id: Id, place: str) -> None:
        """The person has read up to ``place``; a mark never goes back."""
        mine = {"_id": f"{initiative_id}:{person_id}"}
        names = {"initiative_id": str(initiative_id), "person_id": str(person_id)}
        await self._marks.update_one(mine, {"$max": {"place": place}, "$set": names}, upsert=True)

    async def marks(self, initiative_id: Id) -> dict[str, str]:
        """How far everybody has read, by person."""
        found = self._marks.find({"initiative_id": str(initiative_id)})
        return {each["person_id"]: each["place"] async for each in found}

    async def unread(self, initiative_ids: Sequence[Id], person_id: Id) -> dict[str, int]:
        """How many messages of others the person has not read, by initiative; those without any are left out."""
        ids = [str(each) for each in initiative_ids]
        marks = self._marks.find({"_id": {"$in": [f"{each}:{person_id}" for each in ids]}})
        read = {each["initiative_id"]: each["place"] async for each in marks}
        unread: Counter[str] = Counter()
        for each in ids:
            wanted: dict[str, Any] = {"state.initiative_id": each, "state.place": {"$gt": read.get(each, "")}}
            found = self.messages.collection.find(wanted, {"state.author_id": 1})
            unread[each] = sum([one["state"]["author_id"] != str(person_id) async for one in found])
        return {each: count for each, count in unread.items() if count}

    async def forget(self, person_id: Id) -> None:
        await self._marks.delete_many({"person_id": str(person_id)})
