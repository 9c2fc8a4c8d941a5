"""Lists of what funding keeps, by key: agreements, their payments and recoveries, and the lines of the books."""

import json
from datetime import UTC, datetime
from typing import Any, Literal

from services.chassis.database import Database, Repository
from services.funding.domain.agreement import Agreement
from services.funding.domain.ledger import Entry
from services.funding.domain.refusals import PlaceInvalid

PATHS = {
    "envelope_id": "state.envelope_id",
    "status": "state.status",
    "departement": "state.departement",
    "theme": "state.theme",
    "number": "state.record.number",
    "siret": "state.record.siret",
    "outcome": "state.tranches.payments.outcome",
}
Sort = Literal["number", "amount", "since"]
SORTS = {"number": "state.record.number", "amount": "state.amount_cents", "since": "state.since"}


class Register:
    def __init__(self, database: Database, agreements: Repository[Agreement]) -> None:
        self._agreements = agreements
        self._entries = database.collection("ledger")

    async def prepare(self) -> None:
        for name in ("envelope_id", "number", "siret"):
            await self._agreements.collection.create_index(PATHS[name], name=name)
        await self._entries.create_index("entry.agreement_id", name="agreement")
        await self._entries.create_index("entry.lines.account", name="account")

    async def agreements(self, after: str, limit: int, **wanted: object) -> list[Agreement]:
        """Agreements by id, from after ``after`` on; ``wanted`` by the names of ``PATHS``, None for any."""
        query: dict[str, Any] = {PATHS[name]: str(value) for name, value in wanted.items() if value is not None}
        return await self._page(query, after, limit)

    async def in_order(
        self, sort: Sort, descending: bool, after: str, limit: int, **wanted: object
    ) -> tuple[list[Agreement], str | None]:
        """Agreements by what ``sort`` names, then by id, and the place after which the next page begins.

        ``after`` is such a place. Raises ``PlaceInvalid``.
        """
        query: dict[str, Any] = {PATHS[name]: str(value) for name, value in wanted.items() if value is not None}
        way = -1 if descending else 1
        if after:
            query |= _beyond(SORTS[sort], *_place(sort, after), way)
        found = self._agreements.collection.find(query, {"outbox": 0, "answers": 0})
        documents = await found.sort([(SORTS[sort], way), ("_id", way)]).limit(limit).to_list(None)
        agreements = [(await self._agreements.read(document)).state for document in documents]
        return agreements, _told(documents[-1], sort) if len(documents) == limit else None

    async def recovering(self, after: str, limit: int) -> list[Agreement]:
        """Agreements with a recovery order."""
        return await self._page({"state.recoveries.recovery_id": {"$gt": ""}}, after, limit)

    async def _page(self, query: dict[str, Any], after: str, limit: int) -> list[Agreement]:
        if after:
            query["_id"] = {"$gt": after}
        found = self._agreements.collection.find(query, {"outbox": 0, "answers": 0}).sort("_id", 1).limit(limit)
        return [(await self._agreements.read(document)).state async for document in found]

    async def entries(
        self, after: str, limit: int, since: datetime | None, until: datetime | None, **wanted: object
    ) -> list[tuple[str, Entry]]:
        """Entries by instant, after the key ``after``, from ``since`` and before ``until``, each with its key.

        ``wanted``: ``envelope_id``, ``agreement_id``, ``account``; None for any.
        """
        paths = {"account": "lines.account"}
        query: dict[str, Any] = {
            f"entry.{paths.get(name, name)}": str(value) for name, value in wanted.items() if value is not None
        }
        query["_id"] = {"$gt": max(after, _key(since) if since else "")}
        if until:
            query["_id"]["$lt"] = _key(until)
        found = self._entries.find(query).sort("_id", 1).limit(limit)
        return [(document["_id"], Entry.model_validate(document["entry"], extra="ignore")) async for document in found]


def _told(document: dict[str, Any], sort: Sort) -> str:
    value: Any = document
    for name in SORTS[sort].split("."):
        value = value.get(name) if value else None
    return json.dumps([value, document["_id"]], separators=(",", ":"))


def _place(sort: Sort, after: str) -> tuple[Any, str]:
    try:
        value, last = json.loads(after)
    except (ValueError, TypeError, RecursionError):
        raise PlaceInvalid(field="after") from None
    kept = 0 <= value < 2**63 if isinstance(value, int) and sort == "amount" else isinstance(value, str | None)
    if not isinstance(last, str) or not kept:
        raise PlaceInvalid(field="after")
    return value, last


def _beyond(path: str, value: Any, last: str, way: int) -> dict[str, Any]:
    """What comes after ``value`` and then ``last``; those without a value come before all others."""
    further = "$gt" if way > 0 else "$lt"
    beside = {path: value, "_id": {further: last}}
    if value is None:
        return {"$or": [beside, {path: {"$ne": None}}]} if way > 0 else beside
    return {"$or": [beside, {path: {further: value}}, *([] if way > 0 else [{path: None}])]}


def _key(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
