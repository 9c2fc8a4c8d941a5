"""Where applications keeps what is the programme officers' own: who they are, their absences, their notes."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from services.applications.domain.notes import Note
from services.applications.domain.officers import Officer
from services.chassis.database import Database, Repository


class Desk:
    """Notes are sealed under the applicant's key, and forgotten with the applicant."""

    def __init__(self, database: Database) -> None:
        self.officers = Repository(database, "officers", Officer)
        self.notes = Repository(database, "notes", Note, personal={"private": "owner_id"})
        self._roles = database.collection("officer_roles")

    async def prepare(self) -> None:
        order = [("state.application_id", 1), ("state.place", 1)]
        await self.notes.collection.create_index(order, name="by_application")

    async def note_role(self, person_id: UUID, held: bool, sequence: int) -> None:
        """Note that the person is a programme officer from ``sequence`` on, or is not; an older note changes nothing."""
        newer = {"_id": str(person_id), "sequence": {"$lt": sequence}}
        with suppress(DuplicateKeyError):
            await self._roles.update_one(newer, {"$set": {"sequence": sequence, "held": held}}, upsert=True)

    async def is_officer(self, person_id: UUID) -> bool:
        """Whether the person is a programme officer, as far as people has told."""
        found = await self._roles.find_one({"_id": str(person_id)})
        return bool(found and found["held"])

    async def known_officers(self) -> list[UUID]:
        return sorted([UUID(found["_id"]) async for found in self._roles.find({"held": True})])

    async def absences(self) -> dict[UUID, Officer]:
        """Every officer for whom someone has ever stood in; there are as many as an office has desks."""
        cursor = self.officers.collection.find({}, {"outbox": 0, "answers": 0})
        found = [(await self.officers.read(document)).state async for document in cursor]
        return {officer.officer_id: officer for officer in found}

    async def notes_on(self, application_id: UUID, before: str | None, limit: int) -> tuple[Sequence[Note], str | None]:
        """The notes on an application, the newest first, and where to go on from, if anywhere."""
        query: dict[str, object] = {"state.application_id": str(application_id)}
        if before is not None:
            query["state.place"] = {"$lt": before}
        cursor = self.notes.collection.find(query, {"outbox": 0, "answers": 0}).sort("state.place", -1).limit(limit + 1)
        found = [(await self.notes.read(document)).state async for document in cursor]
        return found[:limit], found[limit - 1].place if len(found) > limit else None
