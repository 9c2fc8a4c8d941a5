"""Ballots at rest: one document per round, member and application, its content sealed under the round's key; no time is kept."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError

from services.chassis.database import Database
from services.evaluation.domain.ballots import Content, State, padded

BATCH = 1_000
_DUPLICATE = 11_000


def subject(round_id: UUID) -> str:
    """Whose key seals a round's ballots: erasing it destroys them all."""
    return f"round:{round_id}"


@dataclass(frozen=True, slots=True)
class Ballot:
    """A ballot as it is kept. ``sealed_content`` is opened by ``Ballots.content``."""

    application_id: UUID
    state: State
    sealed: bool
    set_aside: bool
    sealed_content: bytes | None = None


class Ballots:
    def __init__(self, database: Database) -> None:
        self._collection = database.collection("ballots")
        self._vault = database.vault

    async def prepare(self) -> None:
        queue = [("reader", 1), ("set_aside", 1), ("state", 1), ("_id", 1)]
        await self._collection.create_index(queue, name="queue")

    async def make(self, round_id: UUID, member_id: UUID, application_ids: Iterable[UUID]) -> None:
        """Make the member's empty ballots; those that are there stay, and count again if they had been set aside."""
        ids = list(application_ids)
        for start in range(0, len(ids), BATCH):
            await self._make(round_id, member_id, ids[start : start + BATCH])

    async def _make(self, round_id: UUID, member_id: UUID, ids: list[UUID]) -> None:
        reader = _reader(round_id, member_id)
        documents = [
            {"_id": f"{reader}:{each}", "reader": reader, "state": "empty", "sealed": False, "set_aside": False}
            for each in ids
        ]
        try:
            await self._collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            if any(found["code"] != _DUPLICATE for found in (error.details or {})["writeErrors"]):
                raise
            again = {"_id": {"$in": [document["_id"] for document in documents]}, "sealed": False, "set_aside": True}
            await self._collection.update_many(again, {"$set": {"set_aside": False}})

    async def write(
        self, round_id: UUID, member_id: UUID, application_id: UUID, state: State, content: Content
    ) -> bool:
        """Put ``content`` into the ballot, in one round trip; false when there is none that is open."""
        sealed = await self._vault.seal(subject(round_id), padded(content))
        if sealed is None:
            return False
        ballot = {"_id": f"{round_id}:{member_id}:{application_id}", "sealed": False, "set_aside": False}
        written = await self._collection.update_one(ballot, {"$set": {"state": state, "content": sealed}})
        return bool(written.matched_count)

    async def find(self, round_id: UUID, member_id: UUID, application_ids: Iterable[UUID]) -> list[Ballot]:
        """The member's ballots on these applications, in no order."""
        reader = _reader(round_id, member_id)
        found = self._collection.find({"_id": {"$in": [f"{reader}:{each}" for each in application_ids]}})
        return [_ballot(document) async for document in found]

    async def of(self, round_id: UUID, member_id: UUID, contents: bool = False) -> AsyncIterator[Ballot]:
        """All ballots of a member."""
        fields = None if contents else {"content": 0}
        async for document in self._collection.find({"reader": _reader(round_id, member_id)}, fields):
            yield _ballot(document)

    async def states(self, round_id: UUID, member_id: UUID) -> dict[str, State]:
        """The state of each of the member's ballots that count, in the order of application ids: in one read of an index."""
        wanted = {"reader": _reader(round_id, member_id), "set_aside": False}
        found = self._collection.find(wanted, {"state": 1}).batch_size(BATCH)
        return dict(sorted([(each["_id"].rsplit(":", 1)[-1], each["state"]) async for each in found]))

    async def has_empty(self, round_id: UUID, member_id: UUID) -> bool:
        empty = {"reader": _reader(round_id, member_id), "state": "empty", "set_aside": False}
        return await self._collection.find_one(empty, {"_id": 1}) is not None

    async def content(self, round_id: UUID, ballot: Ballot) -> Content | None:
        """What the ballot says; nothing when it is empty, or destroyed with its round's key."""
        plain = await self._vault.open(subject(round_id), ballot.sealed_content)
        return None if plain is None else Content.model_validate_json(plain)

    async def set_aside(self, round_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> None:
        """Set the open ballots of these members on these applications aside."""
        keys = [f"{round_id}:{member}:{application}" for member, application in pairs]
        for start in range(0, len(keys), BATCH):
            wanted = {"_id": {"$in": keys[start : start + BATCH]}, "sealed": False, "set_aside": False}
            await self._collection.update_many(wanted, {"$set": {"set_aside": True}})

    async def set_aside_all(self, round_id: UUID, member_id: UUID) -> None:
        """Set a member's open ballots aside; sealed ones stand."""
        wanted = {"reader": _reader(round_id, member_id), "sealed": False, "set_aside": False}
        await self._collection.update_many(wanted, {"$set": {"set_aside": True}})

    async def seal(self, round_id: UUID, member_id: UUID) -> None:
        """Seal all of a member's ballots: from now on nothing changes them."""
        wanted = {"reader": _reader(round_id, member_id), "sealed": False}
        await self._collection.update_many(wanted, {"$set": {"sealed": True}})

    async def destroy(self, round_id: UUID, member_ids: Iterable[UUID]) -> None:
        """Delete the key of the round's ballots, here and in backups, then the ballots themselves."""
        await self._vault.erase(subject(round_id))
        for member_id in member_ids:
            await self._collection.delete_many({"reader": _reader(round_id, member_id)})


def _reader(round_id: UUID, member_id: UUID) -> str:
    return f"{round_id}:{member_id}"


def _ballot(document: dict[str, Any]) -> Ballot:
    return Ballot(
        application_id=UUID(document["_id"].rsplit(":", 1)[-1]),
        state=document["state"],
        sealed=document["sealed"],
        set_aside=document["set_aside"],
        sealed_content=document.get("content"),
    )
