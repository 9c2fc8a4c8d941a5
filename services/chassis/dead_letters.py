"""Messages that could not be handled, in the database of the service that could not, with the reason.

Later messages of the same aggregate wait behind the failed one; replaying it releases all, in order. No cursor passes a record
without a position: once discarded, it is remembered for longer than a broker has it, or it would come back with the next start.
"""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.decision import NotFound, Refusal
from contracts.envelope import MAX_ATTRIBUTE_BYTES, MAX_DATA_BYTES
from services.chassis.database import Collection

KEPT_BYTES = MAX_DATA_BYTES
KEPT_HEADERS, KEPT_NAME = 50, 100
POSITION_DIGITS = 15
AT_ONCE, MOST_AT_ONCE = 100, 500
SEARCHED = ("_id", "aggregate", "type", "reason")
REMEMBERED = timedelta(days=30)
"""How long a discarded record without a position is known, at least; longer than any topic keeps one."""

Handle = Callable[["Raw"], Awaitable[None]]


class StillFailing(Refusal):
    code, status, title = "still_failing", 409, "The dead letter fails again; it stays"


class LetterCut(Refusal):
    code, status, title = "letter_cut", 409, "The dead letter was too large to be kept whole; it can only be discarded"


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it came from the broker (or from here, at replay)."""

    topic: str
    partition: int
    headers: tuple[tuple[str, bytes], ...]
    value: bytes

    def header(self, name: str) -> str | None:
        """An attribute as text, unless it is missing or larger than any attribute may be."""
        found = next((raw for key, raw in self.headers if key == f"ce_{name}"), None)
        return found.decode(errors="replace") if found is not None and len(found) <= MAX_ATTRIBUTE_BYTES else None

    @property
    def kept_headers(self) -> list[list[Any]]:
        """The headers as a letter keeps them: not too many of them, and none too large."""
        return [[key[:KEPT_NAME], value[:MAX_ATTRIBUTE_BYTES]] for key, value in self.headers[:KEPT_HEADERS]]

    @property
    def source(self) -> str:
        return self.topic.removeprefix("tremplin.")

    @property
    def aggregate(self) -> str:
        """Topic and aggregate: what later messages have in common with a failed one."""
        return f"{self.topic}/{self.header('partitionkey') or self.digest}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.value).hexdigest()

    @property
    def position(self) -> int | None:
        found = self.header("sequence") or ""
        written = found.isascii() and found.isdecimal() and len(found) <= POSITION_DIGITS
        return int(found) if written else None


class DeadLetters:
    """``discarded`` keeps the ids of those that are not to come back; ``shared``: whether other processes work here, too."""

    def __init__(self, collection: Collection, discarded: Collection, shared: bool) -> None:
        self._collection, self._discarded, self._shared = collection, discarded, shared
        self._blocked: set[str] = set()

    async def prepare(self) -> None:
        await self._collection.create_index("order", name="order")
        await self._discarded.delete_many({"at": {"$lt": datetime.now(UTC) - REMEMBERED}})
        await self.remember()

    async def remember(self) -> None:
        """Read from the database behind which aggregates messages have to wait."""
        self._blocked = {letter["aggregate"] async for letter in self._collection.find({}, {"aggregate": 1})}

    async def blocks(self, raw: Raw) -> bool:
        """Whether an earlier message of this aggregate is here."""
        if raw.aggregate in self._blocked and self._shared:
            released = await self._collection.find_one({"aggregate": raw.aggregate}, {"_id": 1}) is None
            if released:
                self._blocked.discard(raw.aggregate)
        return raw.aggregate in self._blocked

    async def bury(self, raw: Raw, reason: str, attempts: int, now: datetime) -> None:
        """Keep ``raw`` with its reason (a code), unless it is here already or was discarded. Oversized data is cut."""
        key = f"{raw.topic}/{raw.header('id') or raw.digest}"
        if raw.position is None and await self._discarded.find_one({"_id": key}, {"_id": 1}):
            return
        letter = {
            "aggregate": raw.aggregate,
            "topic": raw.topic,
            "partition": raw.partition,
            "position": raw.position,
            "type": raw.header("type"),
            "order": f"{raw.partition:03d}:{raw.position or 0:012d}",
            "reason": reason,
            "attempts": attempts,
            "headers": raw.kept_headers,
            "value": raw.value[:KEPT_BYTES],
            "cut": len(raw.value) > KEPT_BYTES or raw.kept_headers != [list(each) for each in raw.headers],
            "digest": raw.digest,
            "bytes": len(raw.value),
            "buried_at": now,
        }
        await self._collection.update_one({"_id": key}, {"$setOnInsert": letter}, upsert=True)
        self._blocked.add(raw.aggregate)

    async def list(self, q: str = "", after: str = "", limit: int = AT_ONCE) -> list[dict[str, Any]]:
        """What is here, oldest position first, from after the place ``after`` on, without the data; of that, what has ``q``
        in its id, aggregate, type or reason."""
        order, _, key = after.partition("/")
        beyond = {"$or": [{"order": {"$gt": order}}, {"order": order, "_id": {"$gt": key}}]} if after else {}
        found, letters = self._collection.find(beyond, {"value": 0, "headers": 0}), list[dict[str, Any]]()
        async for letter in found.sort([("order", 1), ("_id", 1)]):
            if any(q.lower() in (letter[name] or "").lower() for name in SEARCHED):
                letters.append(_shown(letter))
            if len(letters) == limit:
                break
        return letters

    async def count(self) -> int:
        return await self._collection.count_documents({}) if self._blocked or self._shared else 0

    async def show(self, identity: str) -> dict[str, Any]:
        """One letter with its headers; its data stays here, since a letter may hold what nobody should read."""
        letter = await self._get(identity)
        headers = {key: value.decode(errors="replace") for key, value in letter["headers"]}
        return {**_shown(letter), "headers": headers}

    async def replay(self, identity: str, handle: Handle) -> int:
        """Handle the letter's aggregate again from its first letter on; how many were released.

        Raises ``StillFailing`` or ``LetterCut`` at the first that cannot be handled; it and the later ones stay.
        """
        aggregate = (await self._get(identity))["aggregate"]
        return await self._release(aggregate, handle)

    async def discard(self, identity: str, handle: Handle) -> int:
        """Drop one letter for good, then release those that waited behind it; how many were released.

        Nothing is released from behind an earlier letter. Raises as ``replay`` does, once the letter is gone.
        """
        letter = await self._get(identity)
        gone = {"_id": letter["_id"]}
        if letter["position"] is None:
            await self._discarded.update_one(gone, {"$setOnInsert": {"at": datetime.now(UTC)}}, upsert=True)
        await self._collection.delete_one(gone)
        earlier = {"aggregate": letter["aggregate"], "order": {"$lt": letter["order"]}}
        if await self._collection.find_one(earlier, {"_id": 1}):
            return 0
        return await self._release(letter["aggregate"], handle)

    async def _release(self, aggregate: str, handle: Handle) -> int:
        released = 0
        while letters := await self._collection.find({"aggregate": aggregate}).sort("order", 1).to_list(None):
            for letter in letters:
                await _handle_again(letter, handle)
                await self._collection.delete_one({"_id": letter["_id"]})
            released += len(letters)
        self._blocked.discard(aggregate)
        return released

    async def _get(self, identity: str) -> dict[str, Any]:
        letter: dict[str, Any] | None = await self._collection.find_one({"_id": identity})
        if letter is None:
            raise NotFound("There is no such dead letter")
        return letter


async def _handle_again(letter: dict[str, Any], handle: Handle) -> None:
    if letter["cut"]:
        raise LetterCut
    headers = tuple((key, bytes(value)) for key, value in letter["headers"])
    try:
        await handle(Raw(letter["topic"], letter["partition"], headers, bytes(letter["value"])))
    except Exception as error:
        raise StillFailing(reason_of(error)) from None


def reason_of(error: Exception) -> str:
    """What is kept of an error: its code when it has one, else its class; never its text."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else type(error).__name__


def _shown(letter: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": letter["_id"],
        "place": f"{letter['order']}/{letter['_id']}",
        **{key: value for key, value in letter.items() if key not in ("_id", "value", "headers")},
    }
