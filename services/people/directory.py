"""Finding persons whose names are sealed, and everything that was changed about anybody, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError

from contracts.people import Role
from services.chassis.database import Database, Repository
from services.chassis.vault import Vault
from services.people.domain.persons import Person

DUPLICATE_KEY = 11_000


def tag_of(vault: Vault, email: str) -> str:
    """What an address is found by: a keyed digest, the same however its letters are written."""
    return vault.tag(b"email\0" + email.strip().lower().encode())


def found_by(vault: Vault, person: Person) -> dict[str, Any]:
    """What is kept beside a person to find them by; nothing once they are erased."""
    return {"email_tag": tag_of(vault, person.private.email)} if person.private else {}


@dataclass(frozen=True)
class Lines:
    """Which lines of the trail are wanted: about a person, by a person, of a kind, from an instant on and before another."""

    person_id: UUID | None = None
    by: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self, before: str) -> dict[str, Any]:
        """The same for the database, of what lies before the place ``before``."""
        named = {"person_id": self.person_id, "by": self.by, "action": self.action}
        wanted: dict[str, Any] = {name: str(value) for name, value in named.items() if value}
        earlier = [place for place in (before, _place(self.until) if self.until else "") if place]
        place = {"$lt": min(earlier)} if earlier else {}
        if self.since:
            place["$gte"] = _place(self.since)
        return {**wanted, "place": place} if place else wanted


class Directory:
    def __init__(self, database: Database, persons: Repository[Person]) -> None:
        self._vault, self._persons = database.vault, persons
        self._audit = database.collection("audit")

    async def prepare(self) -> None:
        await self._persons.collection.create_index("state.email_tag", name="email", sparse=True)
        await self._persons.collection.create_index("state.roles.role", name="role")
        await self._audit.create_index("place", name="place")
        await self._audit.create_index("person_id", name="person")
        await self._audit.create_index("by", name="by")

    async def page(self, role: Role | None, after: str, limit: int) -> list[Person]:
        """Persons by id, from after ``after`` on; those who hold ``role`` when it is given."""
        wanted: dict[str, Any] = {"_id": {"$gt": after}} if after else {}
        if role:
            wanted["state.roles.role"] = role
        found = self._persons.collection.find(wanted, {"outbox": 0, "answers": 0}).sort("_id", 1).limit(limit)
        return [(await self._persons.read(document)).state async for document in found]

    async def with_email(self, email: str) -> list[Person]:
        """Everybody who registered with this very address."""
        found = self._persons.collection.find({"state.email_tag": tag_of(self._vault, email)}, {"outbox": 0})
        return [(await self._persons.read(document)).state async for document in found]

    async def several(self, ids: Iterable[UUID]) -> list[Person]:
        """Those of ``ids`` who are known."""
        found = self._persons.collection.find({"_id": {"$in": sorted(map(str, ids))}}, {"outbox": 0, "answers": 0})
        return [(await self._persons.read(document)).state async for document in found]

    async def note(self, person: Person) -> None:
        """Add what the person's own trail says to that of all; what is there stays as it is."""
        lines = [
            {
                "_id": f"{person.person_id}:{number}",
                "place": f"{_place(trace.at)}_{person.person_id}_{number:04d}",
                "person_id": str(person.person_id),
                **trace.model_dump(mode="json"),
            }
            for number, trace in enumerate(person.trail)
        ]
        try:
            await self._audit.insert_many(lines, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {})["writeErrors"]):
                raise

    async def trail(self, wanted: Lines, before: str, limit: int) -> list[dict[str, Any]]:
        """Lines of the trail, newest first, from before the place ``before`` on."""
        found = self._audit.find(wanted.query(before), {"_id": 0}).sort("place", -1).limit(limit)
        return [line async for line in found]


def _place(at: datetime) -> str:
    """Where a moment is in the trail, which is in the order of such texts."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
