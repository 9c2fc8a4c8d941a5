"""What funding keeps: envelopes, agreements, the public records of initiatives, and the books."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from contracts.decision import NotFound
from services.chassis.database import Database, Repository
from services.funding.documents import Documents
from services.funding.domain.agreement import Agreement, PublicRecord
from services.funding.domain.envelope import Envelope
from services.funding.domain.ledger import Entry
from services.funding.domain.refusals import RecordNotHere
from services.funding.domain.statement import Statement
from services.funding.register import Register
from services.funding.rows import Rows

PAGE = 100


class Store:
    """Agreements hold their tranches, payments and recoveries, and are found by the id of any of them."""

    def __init__(self, database: Database) -> None:
        self.envelopes = Repository(database, "envelopes", Envelope)
        self.agreements = Repository(database, "agreements", Agreement, personal={"private": "owner_id"})
        self.statements = Repository(database, "statements", Statement)
        self._records = database.collection("records")
        self._entries = database.collection("ledger")
        self._vault = database.vault
        self.register = Register(database, self.agreements)
        self.rows = Rows(self.agreements)
        self.documents = Documents(database)

    async def prepare(self) -> None:
        agreements = self.agreements.collection
        await agreements.create_index("state.parts", name="parts")
        await agreements.create_index("state.waits_for", name="work")
        await agreements.create_index("state.status", name="status")
        await self._entries.create_index("entry.envelope_id", name="envelope")
        await self.register.prepare()
        await self.rows.prepare()
        await self.documents.prepare()

    async def keep_record(self, initiative_id: UUID, record: PublicRecord) -> None:
        """Keep the public record of an initiative; a newer one replaces it."""
        change = {"$set": {"record": record.model_dump(mode="json")}}
        await self._records.update_one({"_id": str(initiative_id)}, change, upsert=True)

    async def record(self, initiative_id: UUID) -> PublicRecord:
        """The public record of an initiative. Raises ``RecordNotHere``."""
        found = await self._records.find_one({"_id": str(initiative_id)})
        if found is None:
            raise RecordNotHere
        return PublicRecord.model_validate(found["record"], extra="ignore")

    async def envelope(self, envelope_id: UUID) -> Envelope:
        """The envelope. Raises ``NotFound``."""
        stored = await self.envelopes.load(str(envelope_id))
        if stored is None:
            raise NotFound("There is no such envelope")
        return stored.state

    async def all_envelopes(self) -> list[Envelope]:
        documents = await self.envelopes.collection.find({}, {"outbox": 0}).to_list(None)
        return [(await self.envelopes.read(document)).state for document in documents]

    async def agreement(self, agreement_id: UUID) -> Agreement:
        """The agreement. Raises ``NotFound``."""
        stored = await self.agreements.load(str(agreement_id))
        if stored is None:
            raise NotFound("There is no such agreement")
        return stored.state

    async def agreement_key(self, part_id: UUID) -> str:
        """The key of the agreement that has this tranche, payment or recovery; the part's own when there is none."""
        found = await self.agreements.collection.find_one({"state.parts": str(part_id)}, {"_id": 1})
        return str(found["_id"]) if found else str(part_id)

    async def agreement_with(self, part_id: UUID) -> Agreement | None:
        """The agreement that has this tranche, payment or recovery."""
        stored = await self.agreements.load(await self.agreement_key(part_id))
        return stored.state if stored else None

    async def agreements_of(self, agreement_ids: Iterable[UUID]) -> list[Agreement]:
        """Those of the agreements that exist, in the order of their ids."""
        query = {"_id": {"$in": [str(each) for each in agreement_ids]}}
        return [each async for each in self._found(query, PAGE)]

    async def committing(self) -> list[Agreement]:
        """Agreements whose countersignature waits for the envelope's answer."""
        return [each async for each in self._found({"state.status": "committing"}, PAGE)]

    async def all_agreements(self) -> AsyncIterator[Agreement]:
        """Every agreement, by pages of keys."""
        after: str | None = ""
        while after is not None:
            page = [each async for each in self._found({"_id": {"$gt": after}}, PAGE)]
            for agreement in page:
                yield agreement
            after = str(page[-1].agreement_id) if len(page) == PAGE else None

    async def _found(self, query: dict[str, Any], limit: int) -> AsyncIterator[Agreement]:
        cursor = self.agreements.collection.find(query, {"outbox": 0}).sort("_id", 1).limit(limit)
        async for document in cursor:
            yield (await self.agreements.read(document)).state

    async def erase(self, person_id: UUID) -> None:
        await self._vault.erase(str(person_id))

    async def book(self, entry: Entry) -> None:
        """Add an entry to the books; the entry of an event is added once and never changed."""
        document = {"_id": entry_key(entry.booked_at, entry.event_id), "entry": entry.model_dump(mode="json")}
        try:
            await self._entries.insert_one(document)
        except DuplicateKeyError:
            return

    async def entries(self, after: str, limit: int) -> list[tuple[str, Entry]]:
        """Entries by instant, after the key ``after``, each with its key."""
        found = self._entries.find({"_id": {"$gt": after}}).sort("_id", 1).limit(limit)
        return [(document["_id"], Entry.model_validate(document["entry"], extra="ignore")) async for document in found]

    async def balance(self) -> dict[str, tuple[int, int]]:
        """Debits and credits of every account, in cents."""
        group = _SUMS | {"_id": "$entry.lines.account"}
        lines: list[dict[str, Any]] = [{"$unwind": "$entry.lines"}, {"$group": group}]
        found = await self._entries.aggregate(lines).to_list(None)
        return {each["_id"]: (each["debit"], each["credit"]) for each in found}

    async def balance_by_year(self, envelope_id: UUID) -> dict[int, dict[str, tuple[int, int]]]:
        """Debits and credits of an envelope's accounts, in cents, by budget year."""
        group = _SUMS | {"_id": {"year": "$entry.year", "account": "$entry.lines.account"}}
        mine = {"$match": {"entry.envelope_id": str(envelope_id)}}
        years: dict[int, dict[str, tuple[int, int]]] = {}
        async for each in self._entries.aggregate([mine, {"$unwind": "$entry.lines"}, {"$group": group}]):
            accounts = years.setdefault(each["_id"]["year"], {})
            accounts[each["_id"]["account"]] = (each["debit"], each["credit"])
        return years


_SUMS = {"debit": {"$sum": "$entry.lines.debit_cents"}, "credit": {"$sum": "$entry.lines.credit_cents"}}


def entry_key(booked_at: datetime, event_id: str) -> str:
    """The key of an entry: it follows from the event, and keys are in the order of their instants."""
    return f"{booked_at:%Y%m%dT%H%M%S.%f}-{event_id}"
