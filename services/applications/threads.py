"""Where applications keeps what is written about an application: the threads, and apart from them the sealed texts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.applications import Side
from services.applications.domain.messages import Head, Thread, sealed_for
from services.chassis.database import Database, Repository
from services.chassis.stored import Stored


class Threads:
    """The threads by application, and the texts of their messages."""

    def __init__(self, database: Database) -> None:
        self.threads = Repository(database, "threads", Thread)
        self._texts = database.collection("message_texts")
        self._vault = database.vault

    async def prepare(self) -> None:
        """Make the indexes by which what waits is found, and what goes with an owner."""
        found = self.threads.collection
        await found.create_index([("state.call_id", 1), ("state.waiting.programme", 1)], name="programme_waits")
        await self._texts.create_index("owner", name="owner")

    async def load(self, application_id: UUID) -> Stored[Thread] | None:
        return await self.threads.load(str(application_id))

    def text_key(self, message_id: UUID, text: str) -> str:
        """Where the text of a message is kept: another text under the same id is kept apart."""
        return f"{message_id}:{self._vault.tag(text.encode())[:16]}"

    async def keep_text(self, key: str, subject: UUID, owner_id: UUID, text: str) -> bool:
        """Keep a text, sealed for ``subject``; whether that was possible, for it is not once the person was erased."""
        sealed = await self._vault.seal(str(subject), text.encode())
        if sealed is None:
            return False
        kept = {"owner": str(owner_id), "data": sealed}
        await self._texts.update_one({"_id": key}, {"$setOnInsert": kept}, upsert=True)
        return True

    async def drop_text(self, key: str) -> None:
        """Remove the text of a message that was not sent after all."""
        await self._texts.delete_one({"_id": key})

    async def texts(self, thread: Thread, heads: Sequence[Head]) -> list[str | None]:
        """The texts of these messages of the thread; nothing for what was erased."""
        keys = [head.text_key for head in heads]
        found = {item["_id"]: item["data"] async for item in self._texts.find({"_id": {"$in": keys}})}
        return [await self._open(thread, head, found.get(head.text_key)) for head in heads]

    async def _open(self, thread: Thread, head: Head, sealed: bytes | None) -> str | None:
        subject = sealed_for(head.side, head.author_id, thread.owner_id)
        plain = await self._vault.open(str(subject), sealed)
        return None if plain is None else plain.decode()

    async def unread(
        self, side: Side, among: dict[str, Any], after: str, limit: int
    ) -> tuple[list[Thread], str | None]:
        """Threads with something unread for ``side``, those that wait longest first, and after which key to go on."""
        name = f"state.waiting.{side}"
        found = self.threads.collection.find({**among, name: {"$gt": after}}, {"outbox": 0})
        page = await found.sort(name, 1).limit(limit + 1).to_list(None)
        threads = [(await self.threads.read(document)).state for document in page[:limit]]
        return threads, threads[-1].waiting[side] if len(page) > limit else None

    async def unread_in_call(self, call_id: UUID, after: str, limit: int) -> tuple[list[Thread], str | None]:
        return await self.unread("programme", {"state.call_id": str(call_id)}, after, limit)

    async def waiting_in_call(self, call_id: UUID) -> int:
        """How many threads of the call have something that no officer has read."""
        among = {"state.call_id": str(call_id), "state.waiting.programme": {"$gt": ""}}
        return await self.threads.collection.count_documents(among)

    async def unread_of(
        self, application_ids: Sequence[UUID], after: str, limit: int
    ) -> tuple[list[Thread], str | None]:
        """Of these applications, those about which the programme wrote something unread."""
        return await self.unread("applicant", {"_id": {"$in": list(map(str, application_ids))}}, after, limit)

    async def forget(self, owner_id: UUID) -> None:
        """Delete all texts about the person's applications, those of others too."""
        await self._texts.delete_many({"owner": str(owner_id)})
