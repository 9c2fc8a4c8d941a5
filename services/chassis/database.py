"""A service's database: aggregates that keep their events in the same document until the relay has taken them.

The driver is motor, behind this file and each ``store.py``; only calls that ``pymongo.AsyncMongoClient`` has too are used.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pydantic import BaseModel
from pydantic_core import from_json, to_json
from pymongo.errors import DuplicateKeyError

from contracts.decision import Decision, Refusal
from contracts.envelope import wrap
from contracts.model import Command, CommandRefused, Event
from contracts.topics import shard_of
from services.chassis.clock import Clock
from services.chassis.stored import Answer, Stored, content_of
from services.chassis.telemetry import traceparent
from services.chassis.turns import Late, current
from services.chassis.vault import Vault
from services.chassis.written import Written

S = TypeVar("S", bound=BaseModel)
Collection = AsyncIOMotorCollection[dict[str, Any]]
Decide = Callable[[S | None], Decision[S]]
ATTEMPTS = 20
KEPT_ANSWERS = 20
MAX_OUTBOX = 200


class Busy(Refusal):
    """Too many commands for one aggregate at once, or its events cannot leave: nothing was changed, try again."""

    code, status, title = "busy", 503, "The service is busy; nothing was changed"


class Taken(Exception):
    """A unique index other than the aggregate's id refuses the document; stores turn this into a refusal."""


class Database:
    """One service's collections, its vault, and the signal that wakes its relay."""

    def __init__(self, uri: str, name: str, service: str, shards: int, master_key: bytes, clock: Clock) -> None:
        self.client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            uri, tz_aware=True, serverSelectionTimeoutMS=5_000, appname=f"tremplin-{service}", minPoolSize=1
        )
        self.service, self.shards, self.clock = service, shards, clock
        self._database = self.client[name]
        self.vault = Vault(self.collection("keys"), master_key)
        self.outboxes: list[Collection] = []
        self.written = Written()
        self._refusals = self.outbox_collection("refusals")

    def collection(self, name: str) -> Collection:
        return self._database[name]

    def outbox_collection(self, name: str) -> Collection:
        """A collection whose documents have an outbox that the relay empties."""
        collection = self.collection(name)
        self.outboxes.append(collection)
        return collection

    async def prepare(self) -> None:
        """Make the indexes by which the relay finds what waits: sparse, on a mark that only what waits has.

        A partial index would say the same, but SecantusDB does not use one: every look at the outbox was a scan.
        """
        for collection in self.outboxes:
            await collection.create_index("pending", name="outbox", sparse=True)

    async def ping(self) -> None:
        """Raise when the database does not answer, or cannot write: one that lost its rights or its primary still reads."""
        await self.collection("leases").update_one({"_id": "ping"}, {"$set": {"at": time.time()}}, upsert=True)

    async def refuse(self, command: Command, refusal: Refusal, kind: type[CommandRefused]) -> None:
        """Answer a workflow's command with a refusal, once, whatever the aggregate."""
        if command.requester is None:
            return
        event = kind(
            command_id=command.command_id, command_type=command.type, requester=command.requester, code=refusal.code
        )  # type: ignore[call-arg]
        key = str(command.command_id)
        outbox = self.records("refusals", key, 1, [event], key)
        shard = shard_of(key, self.shards)
        document = {"_id": key, "version": 1, "shard": shard, "pending": shard, "outbox": outbox}
        try:
            await self._refusals.insert_one(document)
        except DuplicateKeyError:
            return
        self.written.note(self._refusals.name)

    def records(
        self, collection: str, key: str, version: int, events: Sequence[Event], causation: str | None
    ) -> list[dict[str, Any]]:
        """The envelopes of ``events`` as the outbox keeps them, with ids that follow from the aggregate's version."""
        base = f"{self.service}/{collection}/{key}/{version}"
        return [
            wrap(
                event,
                identity=str(uuid5(NAMESPACE_URL, f"{base}/{index}")),
                subject=key,
                time=self.clock.now(),
                version=version,
                causation=causation,
                traceparent=traceparent(),
            ).record()
            for index, event in enumerate(events)
        ]

    def close(self) -> None:
        self.client.close()


class Repository(Generic[S]):
    """The aggregates of one kind. ``personal`` maps a field that is sealed to the field that names its subject.

    ``beside`` gives what is kept in the same document, in fields that the state does not have, to find it by.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        state: type[S],
        personal: Mapping[str, str] | None = None,
        beside: Callable[[S], dict[str, Any]] | None = None,
    ) -> None:
        self.collection = database.outbox_collection(name)
        self._database, self._name, self._state = database, name, state
        self._personal = dict(personal or {})
        self._beside = beside

    async def load(self, key: str) -> Stored[S] | None:
        document = await self.collection.find_one({"_id": key}, {"outbox": 0})
        return None if document is None else await self.read(document)

    async def read(self, document: dict[str, Any]) -> Stored[S]:
        """The aggregate in a document that a store found itself; what belonged to an erased person is nothing."""
        state = dict(document["state"])
        for name, subject in self._personal.items():
            plain = await self._database.vault.open(str(state[subject]), state.get(name))
            state[name] = None if plain is None else from_json(plain)
        parsed = self._state.model_validate(state, extra="ignore")
        return Stored(
            document["_id"],
            document["version"],
            parsed,
            document.get("answers", []),
            document.get("marks", {}),
            self._database.vault.tag,
        )

    async def decide(self, key: str, command: Command, decide: Decide[S], loaded: Stored[S] | None = None) -> Answer:
        """Load, decide, save, in one optimistic turn; the closure is synchronous, so a decision cannot do I/O.

        Returns the decision's answer, or the first answer when this very command was carried out before. ``loaded``, which
        the caller has read itself, saves the first load: when it is old by now, nothing is written and the next turn loads.
        Raises the closure's refusals, ``Busy`` when others always came first, ``Taken`` when a unique index refuses, ``Late``
        when the aggregate has gone past the event in hand.
        """
        for _ in range(ATTEMPTS):
            stored, loaded = loaded or await self.load(key), None
            if stored and (answer := stored.answered(command)) is not None:
                return answer
            if stored and (turn := current()) and turn.is_late(stored.marks):
                raise Late
            decision = decide(stored.state if stored else None)
            if await self._save(key, stored, decision, command):
                return decision.answer
        raise Busy

    async def _save(self, key: str, stored: Stored[S] | None, decision: Decision[S], command: Command) -> bool:
        version = stored.version + 1 if stored else 1
        causation = str(command.command_id)
        outbox = self._database.records(self._name, key, version, decision.events, causation)
        answer = {"id": causation, "digest": self._database.vault.tag(content_of(command)), "answer": decision.answer}
        state = await self._dump(decision.state)
        if stored is None:
            saved = await self._insert(key, state, outbox, answer)
        else:
            saved = await self._update(key, stored.version, state, outbox, answer)
        if saved and outbox:
            self._database.written.note(self._name)
        return saved

    async def _insert(self, key: str, state: dict[str, Any], outbox: list[Any], answer: dict[str, Any]) -> bool:
        shard = shard_of(key, self._database.shards)
        document = {"_id": key, "version": 1, "shard": shard, "state": state, "outbox": outbox, "answers": [answer]}
        if outbox:
            document["pending"] = shard
        if turn := current():
            document["marks"] = {turn.place: turn.mark}
        try:
            await self.collection.insert_one(document)
        except DuplicateKeyError:
            if await self.collection.find_one({"_id": key}, {"_id": 1}) is None:
                raise Taken from None
            return False
        return True

    async def _update(
        self, key: str, version: int, state: dict[str, Any], outbox: list[Any], answer: dict[str, Any]
    ) -> bool:
        change: dict[str, Any] = {
            "$set": {"state": state},
            "$inc": {"version": 1},
            "$push": {"answers": {"$each": [answer], "$slice": -KEPT_ANSWERS}},
        }
        if outbox:
            change["$push"]["outbox"] = {"$each": outbox}
            change["$set"]["pending"] = shard_of(key, self._database.shards)
        if turn := current():
            change["$set"][f"marks.{turn.place}"] = turn.mark
        room = {f"outbox.{MAX_OUTBOX}": {"$exists": False}}
        try:
            result = await self.collection.update_one({"_id": key, "version": version, **room}, change)
        except DuplicateKeyError:
            raise Taken from None
        return bool(result.matched_count)

    async def _dump(self, state: S) -> dict[str, Any]:
        dumped: dict[str, Any] = state.model_dump(mode="json", exclude=set(self._personal))
        for name, subject in self._personal.items():
            value = getattr(state, name)
            if value is not None:
                dumped[name] = await self._database.vault.seal(str(dumped[subject]), to_json(value))
        return {**dumped, **self._beside(state)} if self._beside else dumped
