"""Where notifications keeps mailings, whose words are sealed, and to whom each goes."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from uuid import UUID

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from services.chassis.database import Database, Repository
from services.notifications.domain.mailings import Content, Mailing

BATCH = 500
DUPLICATE_KEY = 11_000
_REMEMBERED = 16


class Mailings:
    """``waiting`` is set when the notices of a mailing are to be made."""

    def __init__(self, database: Database) -> None:
        self.mailings = Repository(database, "mailings", Mailing, personal={"content": "key"})
        self._recipients = database.collection("mailing_recipients")
        self._contents: OrderedDict[str, Content] = OrderedDict()
        self.waiting = asyncio.Event()

    async def prepare(self) -> None:
        await self._recipients.create_index("mailing_id", name="mailing")
        await self.mailings.collection.create_index("state.place", name="place")
        await self.mailings.collection.create_index("state.status", name="status")

    async def find(self, mailing_id: UUID) -> Mailing | None:
        stored = await self.mailings.load(str(mailing_id))
        return stored.state if stored else None

    async def page(self, before: str, limit: int) -> list[Mailing]:
        """Mailings, newest first, from before the place ``before`` on."""
        wanted = {"state.place": {"$lt": before}} if before else {}
        found = self.mailings.collection.find(wanted, {"answers": 0}).sort("state.place", -1).limit(limit)
        return [(await self.mailings.read(document)).state async for document in found]

    async def queueing(self) -> list[Mailing]:
        """Those whose notices are still to be made."""
        found = self.mailings.collection.find({"state.status": "queueing"}, {"answers": 0})
        return [(await self.mailings.read(document)).state async for document in found]

    async def content(self, mailing_id: str) -> Content | None:
        """What a mailing says; it never changes once it is drafted."""
        if known := self._contents.get(mailing_id):
            return known
        mailing = await self.find(UUID(mailing_id))
        if mailing is None or mailing.content is None:
            return None
        self._contents[mailing_id] = mailing.content
        if len(self._contents) > _REMEMBERED:
            self._contents.popitem(last=False)
        return mailing.content

    async def keep_recipients(self, mailing_id: UUID, persons: Iterable[UUID]) -> None:
        """Note to whom it goes; doing it again changes nothing."""
        everybody = list(dict.fromkeys(persons))
        for start in range(0, len(everybody), BATCH):
            await self._keep(mailing_id, everybody[start : start + BATCH])

    async def _keep(self, mailing_id: UUID, persons: Sequence[UUID]) -> None:
        key = str(mailing_id)
        writes = [InsertOne({"_id": f"{key}:{each}", "mailing_id": key, "person_id": str(each)}) for each in persons]
        try:
            await self._recipients.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in (error.details or {})["writeErrors"]):
                raise

    async def recipients(self, mailing_id: UUID) -> AsyncIterator[list[UUID]]:
        """To whom it goes, in parts of at most ``BATCH``."""
        found = self._recipients.find({"mailing_id": str(mailing_id)}, {"person_id": 1})
        everybody = sorted([UUID(one["person_id"]) async for one in found])
        for start in range(0, len(everybody), BATCH):
            yield everybody[start : start + BATCH]
