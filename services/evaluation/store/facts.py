"""What other services told about applications, persons and calls: one document each, whatever the order it came in.

Each fact is ``{"value": …, "position": …}``, where the position in the source's archive says which is newer. Of whoever is
erased nothing is kept, not even what is heard afterwards: topics are not ordered among each other.
"""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from contracts.applications import ApplicationSubmitted
from contracts.evaluation import FreezePool
from contracts.people import PersonRegistered
from services.chassis.database import Collection, Database
from services.evaluation.domain.conflicts import Candidate, Person

Outcome = Literal["undecided", "eligible", "ineligible", "inadmissible"]
STAYING = ("eligible", "undecided")
TRAITS = {f"submitted.value.{name}": "" for name in ("siren", "mail_domain", "commune")}
"""What leads from an application to where its applicant is."""


async def _put(collection: Collection, key: object, name: str, value: Any, position: int, **constants: Any) -> None:
    newer = {"_id": str(key), "erased": {"$ne": True}, f"{name}.position": {"$not": {"$gte": position}}}
    try:
        await collection.update_one(
            newer, {"$set": {name: {"value": value, "position": position}, **constants}}, upsert=True
        )
    except DuplicateKeyError:
        return


class Facts:
    def __init__(self, database: Database) -> None:
        self._applications = database.collection("applications")
        self._persons = database.collection("persons")
        self._calls = database.collection("calls")

    async def prepare(self) -> None:
        await self._applications.create_index("call_id", name="call")
        await self._applications.create_index("submitted.value.owner_id", name="owner")

    async def submitted(self, event: ApplicationSubmitted, position: int) -> None:
        """The traits from which conflicts follow."""
        kept = {"owner_id", "number", "siren", "mail_domain", "commune", "territorial"}
        value = event.model_dump(mode="json", include=kept)
        await _put(self._applications, event.application_id, "submitted", value, position, call_id=str(event.call_id))
        if await self._persons.find_one({"_id": value["owner_id"], "erased": True}, {"_id": 1}):
            await self._applications.update_one({"_id": str(event.application_id)}, {"$unset": TRAITS})

    async def decided(self, application_id: UUID, call_id: UUID, outcome: Outcome, position: int) -> None:
        await _put(self._applications, application_id, "outcome", outcome, position, call_id=str(call_id))

    async def instructed(self, application_id: UUID, call_id: UUID, officer: UUID | None) -> None:
        """An officer took part in the application's instruction."""
        if officer:
            change = {"$addToSet": {"officers": str(officer)}, "$set": {"call_id": str(call_id)}}
            await self._applications.update_one({"_id": str(application_id)}, change, upsert=True)

    async def withdrawn(self, application_id: UUID, call_id: UUID) -> None:
        change = {"$set": {"withdrawn": True, "call_id": str(call_id)}}
        await self._applications.update_one({"_id": str(application_id)}, change, upsert=True)

    async def call_closed(self, call_id: UUID, submitted: int) -> None:
        await self._calls.update_one({"_id": str(call_id)}, {"$set": {"submitted": submitted}}, upsert=True)

    async def freeze_asked(self, command: FreezePool) -> None:
        """Remember that a workflow waits for the pool to be frozen."""
        change = {"$set": {"freeze": command.model_dump(mode="json")}}
        await self._calls.update_one({"_id": str(command.call_id)}, change, upsert=True)

    async def freeze_pending(self, call_id: UUID) -> FreezePool | None:
        found = await self._calls.find_one({"_id": str(call_id)}, {"freeze": 1})
        asked = found and found.get("freeze")
        return FreezePool.model_validate(asked, extra="ignore") if asked else None

    async def freeze_answered(self, command: FreezePool) -> None:
        """The answer is given; a request that came meanwhile stays."""
        asked = {"_id": str(command.call_id), "freeze.command_id": str(command.command_id)}
        await self._calls.update_one(asked, {"$unset": {"freeze": ""}})

    async def eligible(self, call_id: UUID) -> tuple[int, list[UUID]]:
        """How many of the call's applications are undecided or not here yet, and those that are eligible."""
        call = await self._calls.find_one({"_id": str(call_id)}, {"submitted": 1}) or {}
        documents = await self._applications.find({"call_id": str(call_id)}).to_list(None)
        submitted = [document for document in documents if "submitted" in document]
        waiting = sum(_outcome(document) == "undecided" for document in submitted)
        absent = call["submitted"] - len(submitted) if "submitted" in call else 1
        found = [UUID(document["_id"]) for document in submitted if _outcome(document) == "eligible"]
        return waiting + max(0, absent), sorted(found)

    async def left(self, call_id: UUID) -> set[UUID]:
        """The call's applications that were withdrawn or found wanting; one whose decision is being corrected is still in."""
        documents = self._applications.find({"call_id": str(call_id)}, {"outcome": 1, "withdrawn": 1})
        return {UUID(document["_id"]) async for document in documents if _outcome(document) not in STAYING}

    async def has_left(self, application_id: UUID) -> bool:
        """Whether the application is out as things stand, whatever was decided of it before."""
        found = await self._applications.find_one({"_id": str(application_id)}, {"outcome": 1, "withdrawn": 1})
        return found is not None and _outcome(found) not in STAYING

    async def candidates(self, call_id: UUID) -> list[Candidate]:
        """The call's eligible applications."""
        documents = self._applications.find({"call_id": str(call_id), "outcome.value": "eligible"})
        return [_candidate(document) async for document in documents if "submitted" in document]

    async def owner(self, application_id: UUID) -> UUID | None:
        found = await self._applications.find_one({"_id": str(application_id)}, {"submitted.value.owner_id": 1})
        return UUID(found["submitted"]["value"]["owner_id"]) if found and "submitted" in found else None

    async def numbers(self, ids: Iterable[UUID]) -> dict[UUID, str]:
        """The numbers that people quote of these applications."""
        wanted = {"_id": {"$in": list(map(str, ids))}}
        found = self._applications.find(wanted, {"submitted.value.number": 1})
        return {UUID(each["_id"]): each["submitted"]["value"]["number"] async for each in found if "submitted" in each}

    async def registered(self, event: PersonRegistered, position: int) -> None:
        value = {"mail_domain": event.mail_domain, "commune": event.commune}
        await _put(self._persons, event.person_id, "traits", value, position)

    async def role(self, person_id: UUID, role: str, held: bool, position: int) -> None:
        await _put(self._persons, person_id, f"roles.{role}", held, position)

    async def mandate(self, person_id: UUID, organisation_id: UUID, siren: str | None, position: int) -> None:
        """``siren`` is None once the mandate has ended, and for an organisation without one."""
        await _put(self._persons, person_id, f"mandates.{organisation_id}", siren, position)

    async def erased(self, person_id: UUID) -> None:
        """Forget what is known of a person, and what leads from their applications to where they are, for good."""
        change = {"$set": {"erased": True}, "$unset": {"traits": "", "mandates": "", "roles": ""}}
        await self._persons.update_one({"_id": str(person_id)}, change, upsert=True)
        await self._applications.update_many({"submitted.value.owner_id": str(person_id)}, {"$unset": TRAITS})

    async def roles(self, ids: Iterable[UUID]) -> dict[UUID, set[str]]:
        """The roles that each of these persons holds."""
        found = self._persons.find({"_id": {"$in": list(map(str, ids))}}, {"roles": 1})
        return {
            UUID(document["_id"]): {name for name, fact in document.get("roles", {}).items() if fact["value"]}
            async for document in found
        }

    async def holders(self, role: str, most: int) -> list[UUID]:
        """Persons who hold the role, in the order of their ids."""
        found = self._persons.find({f"roles.{role}.value": True}, {"_id": 1}).sort("_id", 1).limit(most)
        return [UUID(document["_id"]) async for document in found]

    async def persons(self, ids: Iterable[UUID]) -> list[Person]:
        """What is known of these persons; somebody unknown has no traits."""
        wanted = list(ids)
        found = self._persons.find({"_id": {"$in": list(map(str, wanted))}})
        known = {document["_id"]: document async for document in found}
        return [_person(each, known.get(str(each), {})) for each in wanted]


def _outcome(document: dict[str, Any]) -> str:
    if document.get("withdrawn"):
        return "withdrawn"
    return str(document.get("outcome", {}).get("value", "undecided"))


def _candidate(document: dict[str, Any]) -> Candidate:
    traits = document["submitted"]["value"]
    return Candidate(
        application_id=UUID(document["_id"]),
        owner_id=UUID(traits["owner_id"]),
        siren=traits.get("siren"),
        mail_domain=traits.get("mail_domain"),
        commune=traits.get("commune"),
        territorial=traits["territorial"],
        officers=frozenset(map(UUID, document.get("officers", ()))),
    )


def _person(person_id: UUID, document: dict[str, Any]) -> Person:
    traits = document.get("traits", {}).get("value") or {}
    sirens = {fact["value"] for fact in document.get("mandates", {}).values() if fact["value"]}
    return Person(person_id, frozenset(sirens), traits.get("mail_domain"), traits.get("commune"))
