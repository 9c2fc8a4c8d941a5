"""Lists of what funding keeps: agreements in an order, and the lines of the books by key."""

from datetime import UTC, datetime
from typing import Any

from services.chassis.database import Database, Repository
from services.funding.domain.agreement import Agreement
from services.funding.domain.ledger import Entry
from services.funding.places import beyond, place, told
from services.funding.rows import Sort

PATHS = {
    "envelope_id": "state.envelope_id",
    "status": "state.status",
    "departement": "state.departement",
    "theme": "state.theme",
    "number": "state.record.number",
    "siret": "state.record.siret",
}
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

    async def in_order(
        self, sort: Sort, descending: bool, after: str, limit: int, **wanted: object
    ) -> tuple[list[Agreement], str | None]:
        """Agreements by what ``sort`` names, then by id, and the place after which the next page begins.

        ``after`` is such a place. Raises ``PlaceInvalid``.
        """
        query: dict[str, Any] = {PATHS[name]: str(value) for name, value in wanted.items() if value is not None}
        way = -1 if descending else 1
        if after:
            query |= beyond(SORTS[sort], *place(after, sort == "amount"), way)
        found = self._agreements.collection.find(query, {"outbox": 0, "answers": 0})
        documents = await found.sort([(SORTS[sort], way), ("_id", way)]).limit(limit).to_list(None)
        agreements = [(await self._agreements.read(document)).state for document in documents]
        last = documents[-1] if len(documents) == limit else None
        return agreements, told(_value(last, sort), last["_id"]) if last else None

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


def _value(document: dict[str, Any], sort: Sort) -> Any:
    value: Any = document
    for name in SORTS[sort].split("."):
        value = value.get(name) if value else None
    return value


def _key(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
