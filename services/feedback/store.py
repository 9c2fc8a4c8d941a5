"""Where feedback keeps opinions. What was written is sealed under a key of the opinion's own, which can be deleted alone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.feedback import Satisfaction, Step
from services.chassis.database import Database, Repository
from services.feedback.domain.opinions import Opinion, instant

_NOT_READ = {"outbox": 0, "answers": 0}
BATCH = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """Which opinions are wanted: given from ``since`` on and before ``until``; ``unread`` leaves what nobody has read."""

    step: Step | None = None
    call_id: UUID | None = None
    initiative_id: UUID | None = None
    satisfaction: Satisfaction | None = None
    since: datetime | None = None
    until: datetime | None = None
    unread: bool = False

    def query(self, after: str | None = None) -> dict[str, Any]:
        """What to look for: all of them, or those that come after the place ``after``, which are older."""
        named = ("step", "call_id", "initiative_id", "satisfaction")
        given = {name: getattr(self, name) for name in named}
        wanted = {
            f"state.{name}": str(value) if isinstance(value, UUID) else value
            for name, value in given.items()
            if value is not None
        }
        if self.unread:
            wanted["state.read_at"] = None
        ends = [end for end in (after, self.until and instant(self.until)) if end]
        places = {"$lt": min(ends)} if ends else {}
        if self.since:
            places["$gte"] = instant(self.since)
        if places:
            wanted["state.place"] = places
        return wanted


class Store:
    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        sealed = {"words": "opinion_id", "answer": "opinion_id"}
        self.opinions = Repository(database, "opinions", Opinion, personal=sealed)

    async def prepare(self) -> None:
        """One index for each way of finding, all of them in the order of time."""
        opinions = self.opinions.collection
        await opinions.create_index("state.place", name="place")
        for name in ("step", "call_id", "initiative_id", "satisfaction"):
            await opinions.create_index([(f"state.{name}", 1), ("state.place", 1)], name=name)
        await opinions.create_index("state.person_id", name="person")
        await opinions.create_index("state.words_until", name="words_until")

    def tag(self, content: bytes) -> str:
        """A keyed digest of ``content``, which tells nothing to whoever lacks the key."""
        return self._vault.tag(content)

    async def opinion(self, opinion_id: UUID) -> Opinion | None:
        stored = await self.opinions.load(str(opinion_id))
        return stored.state if stored else None

    async def page(self, filters: Filters, after: str | None, limit: int) -> tuple[list[Opinion], int]:
        """Up to ``limit`` opinions, the newest first, from after the place ``after`` on; and how many there are in all."""
        total = await self.opinions.collection.count_documents(filters.query())
        found = self.opinions.collection.find(filters.query(after), _NOT_READ).sort("state.place", -1).limit(limit)
        return [(await self.opinions.read(document)).state async for document in found], total

    async def of_person(self, person_id: UUID) -> list[Opinion]:
        """The opinions that the person gave while signed in, the newest first."""
        found = self.opinions.collection.find({"state.person_id": str(person_id)}, _NOT_READ).sort("state.place", -1)
        return [(await self.opinions.read(document)).state async for document in found]

    async def expired(self, now: datetime) -> list[UUID]:
        """Opinions whose words have been kept long enough, some of them."""
        whole = now.isoformat().replace("+00:00", "Z")
        found = self.opinions.collection.find({"state.words_until": {"$gt": "", "$lte": whole}}, {"_id": 1})
        return [UUID(document["_id"]) async for document in found.limit(BATCH)]

    async def forget(self, opinion_id: UUID) -> None:
        """Delete the opinion's key; what it sealed can no longer be read, in backups neither."""
        await self._vault.erase(str(opinion_id))
