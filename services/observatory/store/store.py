"""What the observatory keeps: fact documents by subject, and the programme's published record."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import orjson
from pymongo import ReplaceOne
from pymongo.errors import DuplicateKeyError

from services.chassis.database import Database
from services.observatory.domain import record
from services.observatory.domain.applications import application
from services.observatory.domain.facts import SUBJECTS, Fact, Note, Subject, fact
from services.observatory.memo import Memo
from services.observatory.store.newest import Newest
from services.observatory.store.readers import Readers

DATA = Path(__file__).parent.parent / "data"
_REBUILD = "rebuild"
FEW: tuple[Subject, ...] = ("calls", "rounds", "cycles", "grants", "envelopes")
"""Of which there are so few that a process that is alone keeps all of them in mind."""

MARKS = ("departement", "theme")
"""By which submitted applications are found."""


class Store:
    """``shared``: whether several processes write these facts."""

    def __init__(self, database: Database, shared: bool = True) -> None:
        self._facts = {subject: database.collection(subject) for subject in SUBJECTS}
        self._record = database.collection("record")
        self._state = database.collection("state")
        self._cursors = database.collection("cursors")
        self.readers = Readers(database.collection("readers"))
        self._shared, self._noted = shared, 0
        self.memo = Memo(self._heard)
        self.applications = Newest(self._facts["applications"], application, shared)
        kept = () if shared else FEW
        self._newest = {subject: Newest(self._facts[subject], _itself, shared) for subject in kept}
        self.published_totals: dict[str, dict[str, int]] = {}

    async def prepare(self) -> None:
        for subject in ("applications", "cycles", "grants", "opinions"):
            await self._facts[subject].create_index("call_id", name="call")
        await self._facts["applications"].create_index(
            "selected", name="selected", partialFilterExpression={"selected": True}
        )
        for mark in MARKS:
            await self._facts["applications"].create_index(mark, name=mark)
        with (DATA / record.FIGURES).open(encoding="utf-8", newline="") as lines:
            self.published_totals = record.published_totals(lines)
        with (DATA / record.PROJECTS).open(encoding="utf-8", newline="") as lines:
            rows = record.projects(lines)
        await self._record.bulk_write([ReplaceOne({"_id": row["id"]}, row, upsert=True) for row in rows])

    async def note(self, noted: Note, event_id: str) -> None:
        """Write the entry under its event's id: again or out of order makes no difference."""
        change = {"$set": {**noted.marks, f"entries.{event_id}": noted.entry}}
        facts = self._facts[noted.subject]
        try:
            await facts.update_one({"_id": noted.key}, change, upsert=True)
        except DuplicateKeyError:
            await facts.update_one({"_id": noted.key}, change)
        if noted.subject == "applications":
            self.applications.noted(noted.key)
        elif newest := self._newest.get(noted.subject):
            newest.noted(noted.key)
        self._noted += 1

    async def fact(self, subject: Subject, key: str, upto: datetime | None = None) -> Fact | None:
        """The subject's fact as it was at ``upto``; nothing when nothing had happened."""
        if upto is None and (newest := self._newest.get(subject)):
            return await newest.one(key)
        document = await self._facts[subject].find_one({"_id": key})
        found = _fact(document, upto) if document else None
        return found if found and found.entries else None

    async def facts(
        self, subject: Subject, call_id: str | None = None, upto: datetime | None = None, selected: bool = False
    ) -> list[Fact]:
        """The facts of one kind, of a call or of all, as they were at ``upto``; ``selected`` leaves laureates only."""
        if upto is None and not selected and (newest := self._newest.get(subject)):
            return sorted(await newest.of(call_id), key=attrgetter("key"))
        wanted: dict[str, Any] = {"call_id": call_id} if call_id else {}
        if selected:
            wanted["selected"] = True
        found = self._facts[subject].find(wanted).sort("_id", 1)
        return [each for each in [_fact(document, upto) async for document in found] if each.entries]

    async def marked(self, mark: str, value: str) -> list[Fact]:
        """The submitted applications whose ``mark`` is ``value``."""
        found = self._facts["applications"].find({mark: value}).sort("_id", 1)
        return [_fact(document) async for document in found]

    async def some(self, subject: Subject, keys: Iterable[str]) -> dict[str, Fact]:
        """Those facts of ``keys`` that there are, by key."""
        found = self._facts[subject].find({"_id": {"$in": list(keys)}})
        return {document["_id"]: _fact(document) async for document in found}

    async def record(self) -> list[dict[str, Any]]:
        return [row async for row in self._record.find({}, {"_id": 0}).sort("_id", 1)]

    async def reset(self, now: datetime) -> dict[str, Any]:
        """Empty the projections, and remember how much was there and how far it had come."""
        before = await self.digest()
        marker = {
            "entries": before["entries"],
            "cursors": await self._positions(),
            "digest": before["digest"],
            "at": now.isoformat(),
        }
        await self._state.update_one({"_id": _REBUILD}, {"$set": marker}, upsert=True)
        for facts in self._facts.values():
            await facts.delete_many({})
        self.applications.forget()
        for newest in self._newest.values():
            newest.forget()
        self._noted += 1
        return before

    async def digest(self) -> dict[str, Any]:
        """SHA-256 over all content in a canonical form, and how much it is: equal digests, equal content."""
        total, facts, entries = hashlib.sha256(), 0, 0
        for subject in SUBJECTS:
            async for document in self._facts[subject].find({}).sort("_id", 1):
                total.update(orjson.dumps([subject, document], option=orjson.OPT_SORT_KEYS))
                facts += 1
                entries += len(document["entries"])
        for row in await self.record():
            total.update(orjson.dumps(["record", row], option=orjson.OPT_SORT_KEYS))
        return {"digest": total.hexdigest(), "facts": facts, "entries": entries}

    async def rebuild(self, entries: int) -> dict[str, Any] | None:
        """How far the last rebuild is, for the number of entries there are now; nothing when there never was one."""
        marker = await self._state.find_one({"_id": _REBUILD})
        if marker is None:
            return None
        positions = await self._positions()
        behind = sum(max(0, goal - positions.get(place, 0)) for place, goal in marker["cursors"].items())
        return {
            "since": marker["at"],
            "digest_before": marker["digest"],
            "entries_before": marker["entries"],
            "events_behind": behind,
            "done": behind == 0 and entries >= marker["entries"],
        }

    async def _heard(self) -> object:
        """Another thing after everything that was heard: alone, a process knows what it noted."""
        return await self._positions() if self._shared else self._noted

    async def _positions(self) -> dict[str, int]:
        return {item["_id"]: item["position"] async for item in self._cursors.find({})}


def _fact(document: dict[str, Any], upto: datetime | None = None) -> Fact:
    return fact(document["_id"], document.get("call_id"), document["entries"], upto)


def _itself(found: Fact) -> Fact:
    return found
