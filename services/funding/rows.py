"""Rows inside agreements, found, put in order and paged by the database: what waits for whom, payments, recoveries."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from services.chassis.database import Repository
from services.funding.domain.agreement import Agreement
from services.funding.places import beyond, place, told

Sort = Literal["number", "amount", "since"]
Query = dict[str, Any]
NUMBER = "state.record.number"
WITHOUT_WORK: Query = {"state.waits_for.0": {"$exists": True}, "state.work": {"$exists": False}}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows: the ``arrays`` they are in, from the outside in; what is in ``key``; what they are sorted by."""

    arrays: tuple[str, ...]
    key: tuple[str, ...]
    sorts: dict[Sort, str]


WORK = Kind(
    ("state.work",),
    ("state.work.step", "state.work.part_id"),
    {"number": NUMBER, "amount": "state.work.amount_cents", "since": "state.work.since"},
)
PAYMENTS = Kind(
    ("state.tranches", "state.tranches.payments"),
    ("state.tranches.payments.payment_id",),
    {"number": NUMBER, "amount": "state.tranches.amount_cents", "since": "state.tranches.payments.issued_at"},
)
RECOVERIES = Kind(
    ("state.recoveries",),
    ("state.recoveries.recovery_id",),
    {"number": NUMBER, "amount": "state.recoveries.amount_cents", "since": "state.recoveries.ordered_at"},
)


@dataclass(frozen=True, slots=True)
class Order:
    """A page of rows: by what ``sort`` names, then by agreement and key, from after the place ``after`` on."""

    sort: Sort = "since"
    descending: bool = False
    after: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: ``agreements`` chooses agreements, ``rows`` chooses among the rows in them."""

    agreements: Query = field(default_factory=dict)
    rows: Query = field(default_factory=dict)


class Rows:
    def __init__(self, agreements: Repository[Agreement]) -> None:
        self._agreements = agreements

    async def prepare(self) -> None:
        """Agreements that were saved before what waits was kept get it, once."""
        collection = self._agreements.collection
        async for document in collection.find(WITHOUT_WORK, {"outbox": 0, "answers": 0}):
            work = (await self._agreements.read(document)).state.model_dump(mode="json", include={"work"})["work"]
            await collection.update_one({"_id": document["_id"], **WITHOUT_WORK}, {"$set": {"state.work": work}})

    async def page(
        self, kind: Kind, wanted: Wanted, order: Order
    ) -> tuple[list[tuple[Agreement, list[str | None]]], str | None]:
        """Rows as their agreement and their key, and the place after which the next page begins. Raises ``PlaceInvalid``."""
        way = -1 if order.descending else 1
        after = beyond("value", *place(order.after, order.sort == "amount"), way) if order.after else {}
        texts = [{"$ifNull": [f"${each}", ""]} for each in kind.key]
        row = {
            "_id": {"$concat": ["$_id", *(part for text in texts for part in ("/", text))]},
            "agreement": "$_id",
            "key": [f"${each}" for each in kind.key],
            "value": f"${kind.sorts[order.sort]}",
        }
        found = await self._rows(
            kind, wanted, {"$project": row}, {"$match": after}, {"$sort": {"value": way, "_id": way}},
            {"$limit": order.limit},
        )  # fmt: skip
        known = await self._read({each["agreement"] for each in found})
        rows = [(known[each["agreement"]], each["key"]) for each in found]
        last = told(found[-1].get("value"), found[-1]["_id"]) if len(found) == order.limit else None
        return rows, last

    async def counts(self, kind: Kind, wanted: Wanted, path: str) -> dict[str, int]:
        """How many rows there are for each value of ``path``."""
        found = await self._rows(kind, wanted, {"$group": {"_id": f"${path}", "count": {"$sum": 1}}})
        return {str(each["_id"]): each["count"] for each in found}

    async def _rows(self, kind: Kind, wanted: Wanted, *stages: Query) -> list[Query]:
        opened: list[Query] = [{"$unwind": f"${each}"} for each in kind.arrays]
        pipeline = [{"$match": wanted.agreements}, *opened, {"$match": wanted.rows}, *stages]
        return await self._agreements.collection.aggregate(pipeline).to_list(None)

    async def _read(self, ids: set[str]) -> dict[str, Agreement]:
        found = self._agreements.collection.find({"_id": {"$in": sorted(ids)}}, {"outbox": 0, "answers": 0})
        return {document["_id"]: (await self._agreements.read(document)).state async for document in found}


def work_for(role: str, person_id: UUID, owner_id: UUID | None, step: str = "") -> Wanted:
    """What waits for the person as ``role``, of one owner when named; who confirmed the account is not waited for again."""
    agreements: Query = {"state.waits_for": role}
    if owner_id is not None:
        agreements["state.owner_id"] = str(owner_id)
    confirmed = {"state.work.step": "bank_details_confirmation", "state.bank.confirmed_by": str(person_id)}
    rows: Query = {"state.work.role": role, "$nor": [confirmed]}
    return Wanted(agreements, rows | ({"state.work.step": step} if step else {}))


def payments_of(number: str | None, outcome: str | None) -> Wanted:
    rows = {"state.tranches.payments.outcome": outcome} if outcome else {}
    return Wanted(rows | _numbered(number), rows)


def recoveries_of(number: str | None, collected: bool | None) -> Wanted:
    some: Query = {"state.recoveries.recovery_id": {"$gt": ""}}
    wanted = None if collected is None else {"state.recoveries.collected_at": {"$ne" if collected else "$eq": None}}
    return Wanted(some | _numbered(number), wanted or {})


def _numbered(number: str | None) -> Query:
    return {NUMBER: number} if number else {}
