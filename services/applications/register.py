"""The registers of calls, kept in memory and brought up to date by what has changed since.

SecantusDB reads every document that matches, whatever the limit; so does any database for a count. An application's document
says when it was last touched, in an index: bringing a register up to date costs what was touched meanwhile, and nothing
when nothing was. Only the first look at a call after a start reads all of it.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.applications.domain.application import Application
from services.applications.domain.register import Register, Row
from services.applications.domain.searching import Tag, terms
from services.chassis.database import Repository
from services.chassis.vault import Vault

OVERLAP_MS = 30_000
"""How long before the last look a write may have begun that is only seen now; clocks of processes that differ are in it."""
TAG_LETTERS = 16
_ROW = (
    "status", "kind", "created_at", "ordinal", "number", "submitted_at", "facts", "assigned_to", "entry", "tags",
    "decisions.step", "decisions.decided_at",
)  # fmt: skip
_PROJECTION = {"version": 1, **{f"state.{name}": 1 for name in _ROW}}


def touched_now() -> int:
    """The system's time in milliseconds: a season's clock may stand still."""
    return time.time_ns() // 1_000_000


def tagging(vault: Vault) -> Tag:
    """Short keyed digests of terms: equal for equal terms, and nothing to whoever lacks the service's key."""
    return lambda term: vault.tag(f"search:{term}".encode())[:TAG_LETTERS]


def beside(tag: Tag) -> Callable[[Application], dict[str, Any]]:
    """What is kept beside an application's state, to find it by."""
    return lambda application: {"touched": touched_now(), "tags": [tag(term) for term in terms(application)]}


class Registers:
    """Every call's register."""

    def __init__(self, applications: Repository[Application], tag: Tag) -> None:
        self._applications = applications
        self.tag = tag
        self._known: dict[UUID, tuple[int, Register]] = {}
        self._first: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def prepare(self) -> None:
        touched = [("state.call_id", 1), ("state.touched", 1)]
        await self._applications.collection.create_index(touched, name="by_touch")

    async def of(self, call_id: UUID) -> Register:
        """The call's register, with everything that was written before now."""
        if call_id not in self._known:
            async with self._first[call_id]:
                if call_id not in self._known:
                    await self._look(call_id, 0, Register())
                    return self._known[call_id][1]
        seen, register = self._known[call_id]
        await self._look(call_id, seen - OVERLAP_MS, register)
        return register

    async def _look(self, call_id: UUID, since: int, register: Register) -> None:
        now, query = touched_now(), {"state.call_id": str(call_id)}
        changed = query | {"state.touched": {"$gt": since}} if since else query
        documents = await self._applications.collection.find(changed, _PROJECTION).to_list(None)
        register.note(map(_row, documents))
        known = self._known.get(call_id)
        self._known[call_id] = (max(now, known[0] if known else 0), register)

    async def applications(self, rows: Sequence[Row]) -> list[Application]:
        """The applications of ``rows``, whole, in their order."""
        keys = [row.application_id for row in rows]
        cursor = self._applications.collection.find({"_id": {"$in": keys}}, {"outbox": 0, "answers": 0})
        found = await asyncio.gather(*map(self._applications.read, await cursor.to_list(None)))
        by_key = {stored.key: stored.state for stored in found}
        return [by_key[key] for key in keys if key in by_key]

    async def forget(self, person_id: UUID) -> None:
        """Take away what the person's applications could be found by."""
        theirs = {"state.editor_ids": str(person_id), "state.owner_id": str(person_id)}
        change = {"$set": {"state.tags": [], "state.touched": touched_now()}, "$inc": {"version": 1}}
        await self._applications.collection.update_many(theirs, change)


def _row(document: dict[str, Any]) -> Row:
    state = document["state"]
    facts, entry = state.get("facts") or {}, state.get("entry")
    decided = [each for each in state.get("decisions", ()) if each["step"] == "admissibility"]
    assigned_to = state.get("assigned_to")
    return Row(
        application_id=document["_id"],
        version=document["version"],
        status=state["status"],
        kind=state["kind"],
        created_at=datetime.fromisoformat(state["created_at"]),
        ordinal=state.get("ordinal") or 0,
        number=state.get("number") or "",
        submitted_at=_instant(state.get("submitted_at")),
        admissibility_at=_instant(decided[0]["decided_at"]) if decided else None,
        theme=facts.get("theme", ""),
        needs=tuple(facts.get("needs", ())),
        cents=facts.get("requested_cents", 0),
        departement=facts.get("departement", ""),
        siren=facts.get("siren"),
        assigned_to=UUID(assigned_to) if assigned_to else None,
        channel=entry["channel"] if entry else "online",
        confirmed=entry is None or entry.get("confirmed_at") is not None,
        tags=frozenset(state.get("tags", ())),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
