"""The register of workflows: which were started, what each belongs to, what it waits for, how it ended.

It outlives Temporal's retention, so that an event read again after a year does not start a finished workflow anew.
"""

from collections.abc import AsyncIterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from services.chassis.database import Database
from workflows.messages import Ended, Told, Waits

State = Literal["starting", "open", "closed"]
PAGE = 100


class Entry(BaseModel):
    """One workflow. ``group`` is what it can be told together with; ``ended`` is how it ended, ``waits_for`` what is overdue."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    workflow_id: str
    state: State
    group: str | None = None
    waits_for: str | None = None
    ended: str | None = None


class Store:
    def __init__(self, database: Database) -> None:
        self._workflows = database.collection("open_workflows")
        self._stops = database.collection("stops")

    async def prepare(self) -> None:
        await self._workflows.create_index([("state", 1), ("_id", 1)], name="state")
        await self._workflows.create_index([("group", 1)], name="group")
        await self._workflows.create_index(
            "waits_for", name="waits", partialFilterExpression={"waits_for": {"$exists": True}}
        )

    async def begin(self, workflow_id: str, group: str | None) -> State:
        """Note that the workflow is about to be started; the state it is in now."""
        first = {"state": "starting", "group": group}
        begun = await self._workflows.update_one({"_id": workflow_id}, {"$setOnInsert": first}, upsert=True)
        if begun.upserted_id is not None:
            return "starting"
        entry = await self.find(workflow_id)
        return entry.state if entry else "starting"

    async def opened(self, workflow_id: str) -> None:
        await self._workflows.update_one({"_id": workflow_id, "state": "starting"}, {"$set": {"state": "open"}})

    async def closed(self, workflow_id: str) -> None:
        await self._workflows.update_one({"_id": workflow_id}, {"$set": {"state": "closed"}})

    async def find(self, workflow_id: str) -> Entry | None:
        document = await self._workflows.find_one({"_id": workflow_id})
        return _entry(document) if document else None

    async def open(self) -> AsyncIterator[Entry]:
        """Every workflow that is open or starting."""
        async for document in self._workflows.find({"state": {"$in": ["open", "starting"]}}):
            yield _entry(document)

    async def together(self, group: str) -> list[Entry]:
        """The workflows of ``group`` that are not closed."""
        found = self._workflows.find({"group": group, "state": {"$in": ["open", "starting"]}})
        return [_entry(document) async for document in found]

    async def page(self, state: State, after: str, waiting: bool) -> list[Entry]:
        """The next ``PAGE`` workflows in ``state`` by id, all or only those that wait for something overdue."""
        wanted: dict[str, Any] = {"state": state, "_id": {"$gt": after}}
        if waiting:
            wanted["waits_for"] = {"$exists": True}
        found = self._workflows.find(wanted).sort("_id", 1).limit(PAGE)
        return [_entry(document) async for document in found]

    async def waits(self, note: Waits) -> None:
        change = {"$set": {"waits_for": note.waits_for}} if note.waits_for else {"$unset": {"waits_for": ""}}
        await self._workflows.update_one({"_id": note.workflow_id}, change)

    async def waiting(self) -> int:
        """How many workflows wait for something overdue."""
        return await self._workflows.count_documents({"waits_for": {"$exists": True}})

    async def ended(self, note: Ended) -> None:
        change = {"$set": {"state": "closed", "ended": note.state}}
        await self._workflows.update_one({"_id": note.workflow_id}, change)

    async def stop(self, group: str, told: Told) -> None:
        """Keep the event that stops ``group``, for its workflows that are still to be started; the first counts."""
        kept = {"told": told.model_dump(mode="json")}
        await self._stops.update_one({"_id": group}, {"$setOnInsert": kept}, upsert=True)

    async def stop_of(self, group: str) -> Told | None:
        document = await self._stops.find_one({"_id": group})
        return Told.model_validate(document["told"]) if document else None


def _entry(document: dict[str, Any]) -> Entry:
    return Entry.model_validate({"workflow_id": document["_id"], **document})
