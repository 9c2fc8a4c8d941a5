"""A round's large and immutable documents: its frozen pool with labels, its assignment plans, its results and published ballots.

Each is written once; whoever comes second gets the first.
"""

import hashlib
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from pydantic_core import from_json, to_json
from pymongo.errors import DuplicateKeyError

from services.chassis.database import Collection, Database
from services.evaluation.domain.assignment import Plan
from services.evaluation.domain.results import Results
from services.evaluation.domain.rounds import Counts
from services.evaluation.store.ballots import subject

T = TypeVar("T")
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What closing found; ``digest`` is that of the document to publish, which holds so many ``ballots``."""

    counts: Counts
    digest: str
    ballots: int


class Pools:
    def __init__(self, database: Database) -> None:
        self._pools = database.collection("pools")
        self._plans = database.collection("plans")
        self._results = database.collection("results")
        self._vault = database.vault
        self._known: OrderedDict[UUID, list[UUID]] = OrderedDict()
        self._parsed: OrderedDict[UUID, Results] = OrderedDict()

    async def freeze(self, round_id: UUID, labels: Mapping[UUID, str]) -> None:
        """Fix the pool and its labels, which are sealed with the ballots."""
        sealed = await self._vault.seal(subject(round_id), to_json({str(key): label for key, label in labels.items()}))
        pool = sorted(map(str, labels))
        await _once(self._pools, {"_id": str(round_id), "applications": pool, "labels": sealed})

    async def pool(self, round_id: UUID) -> list[UUID]:
        """The applications of the frozen pool, sorted; empty while there is none."""
        if known := self._known.get(round_id):
            return known
        found = await self._pools.find_one({"_id": str(round_id)}, {"applications": 1})
        if found is None:
            return []
        return _keep(self._known, round_id, [UUID(each) for each in found["applications"]])

    async def labels(self, round_id: UUID) -> dict[str, str]:
        """The label of each application; empty when there is no pool, or its key is destroyed."""
        found = await self._pools.find_one({"_id": str(round_id)}, {"labels": 1})
        plain = await self._vault.open(subject(round_id), found["labels"]) if found else None
        labels: dict[str, str] = from_json(plain) if plain else {}
        return labels

    async def plan(self, round_id: UUID, run: int) -> Plan | None:
        """The plan of an assignment, if it was made."""
        found = await self._plans.find_one({"_id": f"{round_id}:{run}"})
        if found is None:
            return None
        pool = await self.pool(round_id)
        added = {UUID(member): [pool[index] for index in array("I", raw)] for member, raw in found["added"].items()}
        return Plan(added, found["short"])

    async def keep_plan(self, round_id: UUID, run: int, plan: Plan) -> None:
        place = {application: index for index, application in enumerate(await self.pool(round_id))}
        added = {str(member): array("I", [place[each] for each in ids]).tobytes() for member, ids in plan.added.items()}
        await _once(self._plans, {"_id": f"{round_id}:{run}", "added": added, "short": plan.short})

    async def conclude(self, round_id: UUID, results: Results, document: dict[str, Any], counts: Counts) -> Conclusion:
        """Keep a round's results, sealed under a key that outlives its ballots'; the first conclusion is the one that stands."""
        published = to_json(document)
        body: dict[str, Any] = {
            "_id": str(round_id),
            "counts": counts.model_dump(),
            "digest": hashlib.sha256(published).hexdigest(),
            "ballots": len(document["ballots"]),
            "results": await self._vault.seal(_results(round_id), zlib.compress(results.model_dump_json().encode())),
            "published": await self._vault.seal(_results(round_id), zlib.compress(published)),
        }
        await _once(self._results, body)
        found = await self._results.find_one({"_id": str(round_id)}, {"counts": 1, "digest": 1, "ballots": 1}) or body
        return Conclusion(Counts.model_validate(found["counts"]), found["digest"], found["ballots"])

    async def results(self, round_id: UUID) -> Results | None:
        if known := self._parsed.get(round_id):
            return known
        plain = await self._sealed(round_id, "results")
        return None if plain is None else _keep(self._parsed, round_id, Results.model_validate_json(plain))

    async def published(self, round_id: UUID) -> bytes | None:
        """The published document, byte for byte as its digest says."""
        return await self._sealed(round_id, "published")

    async def _sealed(self, round_id: UUID, name: str) -> bytes | None:
        found = await self._results.find_one({"_id": str(round_id)}, {name: 1})
        plain = await self._vault.open(_results(round_id), found[name]) if found else None
        return None if plain is None else zlib.decompress(plain)


def _results(round_id: UUID) -> str:
    return f"results:{round_id}"


async def _once(collection: Collection, document: dict[str, Any]) -> None:
    try:
        await collection.insert_one(document)
    except DuplicateKeyError:
        return


def _keep(cache: OrderedDict[UUID, T], key: UUID, value: T) -> T:
    cache[key] = value
    if len(cache) > _KEPT:
        cache.popitem(last=False)
    return value
