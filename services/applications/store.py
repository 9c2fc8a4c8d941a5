"""Where applications keeps its calls, applications, numbers, assignments and attachments."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo.errors import BulkWriteError

from contracts.decision import NotFound
from services.applications.batches import Batches
from services.applications.desk import Desk
from services.applications.domain.application import Application, Attachment
from services.applications.domain.calls import Call
from services.applications.numbers import Numbers
from services.applications.register import Registers, beside, tagging, touched_now
from services.applications.threads import Threads
from services.chassis.database import Database, Repository
from services.chassis.stored import Stored

CHUNK_BYTES = 256 * 1024
REMEMBERED = 50_000
DUPLICATE_KEY = 11_000
INSTRUCTABLE = ("submitted", "correction_requested", "admissible")


class Store:
    """The only code of applications that knows the database. Personal content is sealed under its owner's key."""

    def __init__(self, database: Database) -> None:
        self.calls = Repository(database, "calls", Call)
        tag = tagging(database.vault)
        self.applications = Repository(database, "applications", Application, {"private": "owner_id"}, beside(tag))
        self.registers = Registers(self.applications, tag)
        self.desk = Desk(database)
        self.numbers = Numbers(database.collection("counters"))
        self._assignments = database.collection("assignments")
        self._chunks = database.collection("attachment_chunks")
        self.threads = Threads(database)
        self.batches = Batches(database)
        self._vault = database.vault
        self._known: dict[UUID, Call] = {}
        self._calls_of: dict[UUID, UUID] = {}

    async def prepare(self) -> None:
        """Make the indexes: one number per call, one application per applicant, and every way of finding."""
        await self.calls.collection.create_index("state.number", unique=True, name="number")
        found = self.applications.collection
        taken = {"state.slot": {"$type": "string"}}
        await found.create_index("state.slot", unique=True, name="slot", partialFilterExpression=taken)
        await found.create_index("state.editor_ids", name="by_editor")
        await found.create_index("state.invitation_digests", name="by_invitation")
        await self._assignments.create_index("pair", name="pair")
        await self.registers.prepare()
        await self.desk.prepare()
        await self.threads.prepare()
        await self.batches.prepare()

    async def call(self, call_id: UUID, now: datetime | None = None) -> Call:
        """The call, perhaps some moments old: its definition never changes, and its deadline only ever moves away.

        With ``now``, a call whose deadline seems passed is read again. Raises ``NotFound``.
        """
        known = self._known.get(call_id)
        if known is None or (now is not None and now > known.closes_at):
            return await self.fresh_call(call_id)
        return known

    async def fresh_call(self, call_id: UUID) -> Call:
        """The call as it is now. Raises ``NotFound``."""
        stored = await self.calls.load(str(call_id))
        if stored is None:
            raise NotFound
        self._known[call_id] = stored.state
        return stored.state

    async def published_calls(self) -> list[Call]:
        """Every call, the newest deadline first."""
        found = [(await self.calls.read(document)).state async for document in self.calls.collection.find({})]
        return sorted(found, key=lambda call: call.closes_at, reverse=True)

    async def application(self, application_id: UUID) -> Stored[Application]:
        """The application. Raises ``NotFound``."""
        stored = await self.applications.load(str(application_id))
        if stored is None:
            raise NotFound
        return stored

    async def call_of(self, application_id: UUID) -> Call:
        """The call of the application, which never changes. Raises ``NotFound``."""
        call_id = self._calls_of.get(application_id)
        if call_id is None:
            found = await self.applications.collection.find_one({"_id": str(application_id)}, {"state.call_id": 1})
            if found is None:
                raise NotFound
            if len(self._calls_of) >= REMEMBERED:
                self._calls_of.clear()
            call_id = self._calls_of[application_id] = UUID(found["state"]["call_id"])
        return await self.call(call_id)

    async def count_submitted(self, call_id: UUID) -> int:
        """How many applications of the call have a number, those withdrawn since among them."""
        numbered = {"state.call_id": str(call_id), "state.ordinal": {"$gte": 1}}
        return await self.applications.collection.count_documents(numbered)

    async def drafts(self, call_id: UUID) -> list[tuple[UUID, UUID]]:
        """The call's drafts: application and owner."""
        waiting = {"state.call_id": str(call_id), "state.status": "draft"}
        found = self.applications.collection.find(waiting, {"state.owner_id": 1})
        return sorted([(UUID(item["_id"]), UUID(item["state"]["owner_id"])) async for item in found])

    async def edited_ids(self, person_id: UUID) -> list[UUID]:
        """The applications that the person owns or edits, the latest started first."""
        mine = {"state.editor_ids": str(person_id)}
        found = await self.applications.collection.find(mine, {"state.created_at": 1}).to_list(None)
        found.sort(key=lambda item: (datetime.fromisoformat(item["state"]["created_at"]), item["_id"]), reverse=True)
        return [UUID(item["_id"]) for item in found]

    def invitation_token(self, invitation_id: UUID) -> str:
        """The token of an invitation: nobody without the master key can tell it, and only its digest is kept."""
        return self._vault.tag(b"invitation/" + invitation_id.bytes)

    async def invited(self, digest: str) -> Application | None:
        """The application to which the token of this digest invites."""
        document = await self.applications.collection.find_one({"state.invitation_digests": digest}, {"outbox": 0})
        return None if document is None else (await self.applications.read(document)).state

    async def by_ids(self, application_ids: Sequence[UUID]) -> list[Application]:
        keys = {"$in": [str(each) for each in application_ids]}
        cursor = self.applications.collection.find({"_id": keys}, {"outbox": 0})
        return [(await self.applications.read(document)).state async for document in cursor]

    async def instructable(self, call_id: UUID, now: datetime) -> list[UUID]:
        """The applications on which rules can decide now: not those whose correction the applicant has time for."""
        rows = [row for row in (await self.registers.of(call_id)).all() if row.status in INSTRUCTABLE]
        asked = {"_id": {"$in": [row.application_id for row in rows if row.status == "correction_requested"]}}
        cursor = self.applications.collection.find(asked, {"state.correction": 1})
        early = {item["_id"] async for item in cursor if not _due(item["state"].get("correction"), now)}
        return [UUID(row.application_id) for row in rows if row.application_id not in early]

    async def freeze_pool(self, call_id: UUID) -> None:
        """Every eligible application of the call is under evaluation from now on; doing it again changes nothing."""
        eligible = {"state.call_id": str(call_id), "state.status": "eligible"}
        change = {"$set": {"state.status": "under_evaluation", "state.touched": touched_now()}, "$inc": {"version": 1}}
        await self.applications.collection.update_many(eligible, change)

    async def assign(self, member_id: UUID, application_ids: Sequence[UUID], sequence: int, given: bool) -> None:
        """Note that the member may read these applications from ``sequence`` on, or may not; the latest note counts."""
        pairs = [f"{member_id}:{each}" for each in application_ids]
        notes = [{"_id": f"{p}:{sequence}", "pair": p, "sequence": sequence, "given": given} for p in pairs]
        if not notes:
            return
        try:
            await self._assignments.insert_many(notes, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise

    async def assigned(self, member_id: UUID, application_id: UUID) -> bool:
        """Whether the member may read the application, as far as evaluation has told."""
        notes = await self._assignments.find({"pair": f"{member_id}:{application_id}"}).to_list(None)
        return bool(notes) and bool(max(notes, key=lambda note: int(note["sequence"]))["given"])

    async def keep_file(self, owner_id: UUID, attachment_id: UUID, digest: str, content: bytes) -> None:
        """Keep the bytes of an attachment, sealed, in chunks; the same bytes again change nothing."""
        for number, start in enumerate(range(0, len(content), CHUNK_BYTES)):
            sealed = await self._vault.seal(str(owner_id), content[start : start + CHUNK_BYTES])
            chunk = {"_id": _chunk(attachment_id, digest, number)}
            await self._chunks.update_one(chunk, {"$setOnInsert": {"data": sealed}}, upsert=True)

    async def file(self, owner_id: UUID, attachment: Attachment) -> AsyncIterator[bytes]:
        """The bytes of an attachment, chunk by chunk. Raises ``NotFound`` once the owner was erased."""
        for number in range(-(-attachment.size // CHUNK_BYTES)):
            chunk = await self._chunks.find_one({"_id": _chunk(attachment.attachment_id, attachment.digest, number)})
            plain = chunk and await self._vault.open(str(owner_id), chunk["data"])
            if not plain:
                raise NotFound
            yield plain

    async def drop_file(self, attachment_id: UUID, digest: str, size: int) -> None:
        """Remove what was kept of a file that was not attached after all."""
        keys = [_chunk(attachment_id, digest, number) for number in range(-(-size // CHUNK_BYTES))]
        await self._chunks.delete_many({"_id": {"$in": keys}})

    async def forget(self, person_id: UUID) -> None:
        """Delete the person's key, and with it all personal content of their applications."""
        await self._vault.erase(str(person_id))
        await self.registers.forget(person_id)
        await self.threads.forget(person_id)


def _chunk(attachment_id: UUID, digest: str, number: int) -> str:
    return f"{attachment_id}:{digest[:16]}:{number:03d}"


def _due(correction: dict[str, Any] | None, now: datetime) -> bool:
    return correction is None or datetime.fromisoformat(correction["due_at"]) < now
