"""Applications by the thousand, as copies of one that a person has drafted and submitted: in the service that owns them, and
as the services that have heard of them keep them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from contracts.applications import ApplicationSubmitted
from contracts.envelope import Envelope, wrap
from contracts.topics import events_of, shard_of
from services.applications.register import OVERLAP_MS
from services.chassis.database import Collection
from tests.benchmarks.drafts import Drafts
from tests.benchmarks.load import Connection, request
from tests.benchmarks.stand import Stand
from tests.platform import eventually

SHARDS = events_of("applications").partitions
CHUNK = 2_000
Document = dict[str, Any]


@dataclass
class Copies:
    """``draft`` and ``submitted`` are the one application before and after; ``event`` is what it told."""

    stand: Stand
    owner: str
    draft: Document
    submitted: Document
    event: Envelope

    @classmethod
    async def of(cls, stand: Stand) -> "Copies":
        """Draft and submit the one application."""
        kept, archive = (stand.database("applications").collection(name) for name in ("applications", "archive"))
        (sent,) = await (await Drafts.of(stand, 1)).make(1)
        draft = await eventually(lambda: kept.find_one({}), _published)
        assert draft
        await (await Connection.to(stand.port("applications"))).ask(sent)
        submitted = await eventually(lambda: kept.find_one({"state.status": "submitted"}), _published)
        assert submitted
        told = await archive.find_one({"record.type": ApplicationSubmitted.wire_type()})
        assert told
        token = sent.split(b"Bearer ", 1)[1].split(b"\r\n", 1)[0].decode()
        return cls(stand, token, draft, submitted, Envelope.model_validate(told["record"]))

    async def heard_by(self, service: str, count: int) -> None:
        """Let a service have heard of ``count`` more applications."""
        kept = self.stand.database(service).collection("applications")
        one = await eventually(lambda: kept.find_one({"_id": self.submitted["_id"]}))
        assert one
        await _insert(kept, count, lambda: {**one, "_id": str(uuid4())})

    async def there(self, count: int) -> None:
        """Let so many more applications have been submitted long ago."""
        kept = self.stand.database("applications").collection("applications")
        touched = self.submitted["state"]["touched"] - 2 * OVERLAP_MS
        await _insert(kept, count, lambda: _another(self.submitted, touched=touched, editor_ids=[str(uuid4())]))

    async def drafts(self, count: int) -> list[bytes]:
        """So many more drafts; the requests that submit them."""
        kept = self.stand.database("applications").collection("applications")
        made = await _insert(kept, count, lambda: _another(self.draft))
        return [request("POST", f"/applications/{each['_id']}/submit", self.owner) for each in made]

    async def waiting(self, count: int) -> None:
        """Let so many more have been submitted just now: their events wait in the outbox."""
        kept = self.stand.database("applications").collection("applications")
        await _insert(kept, count, lambda: self._told(_another(self.submitted)))

    def _told(self, document: Document) -> Document:
        key = document["_id"]
        data = ApplicationSubmitted.model_validate_json(self.event.data).model_copy(
            update={"application_id": UUID(key)}
        )
        envelope = wrap(data, identity=str(uuid4()), subject=key, time=self.event.time, version=document["version"])
        return {**document, "pending": document["shard"], "outbox": [envelope.record()]}


def _published(found: Document | None) -> bool:
    return found is not None and "pending" not in found


def _another(one: Document, **changed: Any) -> Document:
    key, state = str(uuid4()), {name: value for name, value in one["state"].items() if name != "slot"}
    return {
        **one,
        "_id": key,
        "shard": shard_of(key, SHARDS),
        "state": {**state, "application_id": key, **changed},
        "outbox": [],
        "answers": [],
    }


async def _insert(collection: Collection, count: int, make: Callable[[], Document]) -> Sequence[Document]:
    documents = [make() for _ in range(count)]
    for start in range(0, count, CHUNK):
        await collection.insert_many(documents[start : start + CHUNK], ordered=False)
    return documents
