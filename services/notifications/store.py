"""Where notifications keeps contacts, notices, the numbers that people quote, and who the officers are."""

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pymongo import UpdateOne

from services.chassis.database import Database, Repository
from services.notifications.candidates import Candidates
from services.notifications.domain.catalogue import MAILING
from services.notifications.domain.contacts import Contact
from services.notifications.domain.mailings import Reach
from services.notifications.domain.notices import Notice, State
from services.notifications.links import Links
from services.notifications.mailings import Mailings

Document = dict[str, Any]
LOOKED_AT = 1_000
_TELLING = {"about": 0, "page": 0, "number": 0, "done": 0, "claim": 0}


class Store:
    """``waiting`` is set when something may be sent."""

    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self.contacts = Repository(database, "contacts", Contact, personal={"private": "person_id"})
        self._notices = database.collection("notices")
        self._numbers = database.collection("numbers")
        self._officers = database.collection("officers")
        self.candidates = Candidates(database)
        self.mailings = Mailings(database)
        self.links = Links(database)
        self.waiting = asyncio.Event()
        self._due: list[str] = []

    async def prepare(self) -> None:
        """Indexes by which the few notices that wait are found among the many that were sent."""
        await self._notices.create_index("person_id", name="person")
        await self._notices.create_index([("state", 1), ("_id", 1)], name="state")
        await self._notices.create_index("subject", name="subject")
        await self.candidates.prepare()
        await self.mailings.prepare()

    async def contact(self, person_id: UUID) -> Contact | None:
        stored = await self.contacts.load(str(person_id))
        return stored.state if stored else None

    async def contacts_of(self, persons: Iterable[UUID]) -> dict[UUID, Contact]:
        """The contacts of those of ``persons`` who have one."""
        keys = sorted({str(person_id) for person_id in persons})
        found = self.contacts.collection.find({"_id": {"$in": keys}}, {"answers": 0})
        return {UUID(one["_id"]): (await self.contacts.read(one)).state async for one in found}

    async def reach(self, persons: Iterable[UUID]) -> dict[UUID, Reach]:
        """Whether a mailing reaches those of ``persons`` who have a contact, without opening it."""
        wanted = {"_id": {"$in": sorted(map(str, persons))}}
        fields = {"state.language": 1, "state.muted": 1, "state.erased": 1}
        found = self.contacts.collection.find(wanted, fields)
        return {UUID(one["_id"]): _reach(one["state"]) async for one in found}

    async def forget(self, person_id: UUID) -> None:
        """Delete the person's key, and what was still to be told to them."""
        await self._vault.erase(str(person_id))
        unsent = {"person_id": str(person_id), "state": {"$in": ["pending", "no_contact", "failed"]}}
        await self._notices.update_many(unsent, {"$set": {"state": "cancelled"}})

    async def remember_number(self, subject: UUID, number: str) -> None:
        await self._numbers.update_one({"_id": str(subject)}, {"$set": {"number": number}}, upsert=True)

    async def number(self, subject: str) -> str | None:
        found = await self._numbers.find_one({"_id": subject})
        return found["number"] if found else None

    async def set_officer(self, person_id: UUID, *, officer: bool) -> None:
        key = {"_id": str(person_id)}
        if officer:
            await self._officers.update_one(key, {"$set": {"officer": True}}, upsert=True)
        else:
            await self._officers.delete_one(key)

    async def officers(self) -> list[UUID]:
        return [UUID(found["_id"]) async for found in self._officers.find({})]

    async def add(self, notices: Iterable[Notice], now: datetime, pace: float = 0.0, before: int = 0) -> None:
        """Keep these notices, each due ``pace`` seconds (system time) after the one before; known ones stay as they are.

        ``before``: how many go before them at the same pace.
        """
        writes, begin = [], time.time()
        for number, notice in enumerate(notices, before):
            kept = notice.model_dump(mode="json", exclude={"id"})
            due = begin + number * pace if pace else 0.0
            known = {**kept, "due": due, "created_at": now.isoformat()}
            writes.append(UpdateOne({"_id": notice.id}, {"$setOnInsert": known}, upsert=True))
        if writes:
            await self._notices.bulk_write(writes, ordered=False)
            self.waiting.set()

    async def claim(self, most: int, seconds: float) -> tuple[str, list[Notice]]:
        """Take up to ``most`` notices that are due, for ``seconds`` of system time; the claim, and what it got."""
        claim = str(uuid4())
        while ids := await self._next_due(most):
            now = time.time()
            taken = {"$set": {"state": "sending", "claim": claim, "until": now + seconds}}
            due = {"_id": {"$in": ids}, "state": "pending", "due": {"$lte": now}}
            await self._notices.update_many(due, taken)
            mine = self._notices.find({"_id": {"$in": ids}, "claim": claim, "state": "sending"})
            if got := [_notice(found) async for found in mine]:
                return claim, got
        return claim, []

    async def _next_due(self, most: int) -> list[str]:
        """The next that were due when last looked for. SecantusDB reads all that wait at each look: it is for many at once."""
        if not self._due:
            waiting = {"state": "pending", "due": {"$lte": time.time()}}
            self._due = [each["_id"] async for each in self._notices.find(waiting, {"_id": 1}).limit(LOOKED_AT)]
        found, self._due = self._due[:most], self._due[most:]
        return found

    async def settle(self, notice: Notice, claim: str, state: State, **more: Any) -> None:
        """Leave a claimed notice in ``state``, unless the claim was lost."""
        mine = {"_id": notice.id, "claim": claim}
        await self._notices.update_one(mine, {"$set": {"state": state, **more}, "$unset": {"claim": "", "until": ""}})

    async def note_done(self, notice: Notice, claim: str, channel: str) -> None:
        """One of several channels has taken the notice."""
        await self._notices.update_one({"_id": notice.id, "claim": claim}, {"$addToSet": {"done": channel}})

    async def take_back(self, *, repeatable: bool) -> int:
        """What a sender left in hand when it died: sent again where that leaves one message, otherwise failed.

        Returns how many there were.
        """
        again = {"state": "pending", "due": 0.0}
        fate = again if repeatable else {"state": "failed", "code": "interrupted"}
        lost = {"state": "sending", "until": {"$lt": time.time()}}
        done = await self._notices.update_many(lost, {"$set": fate, "$unset": {"claim": "", "until": ""}})
        return int(done.modified_count)

    async def release(self, person_id: UUID) -> None:
        """The person can be told now: send what waited for their contact, old mailings left out."""
        waited = {"person_id": str(person_id), "state": "no_contact", "reason": {"$ne": MAILING}}
        done = await self._notices.update_many(waited, {"$set": {"state": "pending", "due": 0.0}})
        if done.modified_count:
            self.waiting.set()

    async def state_of(self, notice_id: str) -> str | None:
        found = await self._notices.find_one({"_id": notice_id}, {"state": 1})
        return found["state"] if found else None

    async def overdue(self) -> int:
        """How many notices have been due for more than a minute and have not left."""
        return await self._notices.count_documents({"state": "pending", "due": {"$lt": time.time() - 60.0}})

    async def failed(self) -> int:
        """How many notices did not leave and are not tried again."""
        return await self._notices.count_documents({"state": "failed"})

    async def retry(self, notice_id: str) -> None:
        """Send a failed notice again, with fresh attempts."""
        await self._retry({"_id": notice_id, "state": "failed"})

    async def retry_certain(self, reason: str | None) -> int:
        """Send again every failed notice (of this reason) that certainly did not arrive; how many they were."""
        failed = {"state": "failed", "code": {"$ne": "interrupted"}}
        return await self._retry(failed | ({"reason": reason} if reason else {}))

    async def _retry(self, failed: Document) -> int:
        again = {"state": "pending", "due": 0.0, "attempts": 0, "code": None}
        done = await self._notices.update_many(failed, {"$set": again})
        self.waiting.set()
        return int(done.modified_count)

    async def listed(self, state: State, after: str, limit: int) -> list[Document]:
        """Notices in ``state`` by id, after the id ``after``: ids, reasons and codes."""
        found = self._notices.find({"state": state, "_id": {"$gt": after}}, _TELLING).sort("_id", 1).limit(limit)
        return [{"notice_id": one.pop("_id"), **one} async for one in found]

    async def told(self, subject: str, reason: str) -> dict[str, int]:
        """How many notices of a subject and reason are in each state."""
        match = {"$match": {"subject": subject, "reason": reason}}
        found = self._notices.aggregate([match, {"$group": {"_id": "$state", "notices": {"$sum": 1}}}])
        return {one["_id"]: one["notices"] async for one in found}

    async def unsent(self, subjects: Iterable[str], reason: str) -> set[str]:
        """Those of the subjects of which notices for this reason are still to be sent."""
        waiting = {"state": {"$in": ["pending", "sending"]}, "subject": {"$in": list(subjects)}, "reason": reason}
        found = self._notices.aggregate([{"$match": waiting}, {"$group": {"_id": "$subject"}}])
        return {one["_id"] async for one in found}

    async def told_to(self, subject: str, reason: str, state: State | None, after: str, limit: int) -> list[Document]:
        """Who is told of a subject, by person's id after ``after``: the state of each notice and its code."""
        wanted: Document = {"subject": subject, "reason": reason, "person_id": {"$gt": after}}
        if state:
            wanted["state"] = state
        shown = {"_id": 0, "person_id": 1, "state": 1, "code": 1, "attempts": 1, "sent_at": 1}
        found = self._notices.find(wanted, shown).sort("person_id", 1).limit(limit)
        return [one async for one in found]

    async def counts(self) -> list[tuple[str, str, int]]:
        """How many notices there are by reason and state."""
        group = {"$group": {"_id": {"reason": "$reason", "state": "$state"}, "notices": {"$sum": 1}}}
        found = self._notices.aggregate([group])
        return [(one["_id"]["reason"], one["_id"]["state"], one["notices"]) async for one in found]


def _reach(state: Document) -> Reach:
    return Reach(state["language"], MAILING in state["muted"], state["erased"])


def _notice(document: Document) -> Notice:
    return Notice.model_validate({**document, "id": document["_id"]}, extra="ignore")
