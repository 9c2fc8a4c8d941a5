"""Where people keeps persons and organisations; the names and whereabouts of a person are sealed under their own key."""

from collections.abc import Iterable
from uuid import UUID

from services.chassis.database import Database, Repository
from services.people.directory import Directory, found_by
from services.people.domain.organisations import Organisation
from services.people.domain.persons import Person

_LINK, _LOGIN = "state.invitation.digest", "state.login.login_id"
UNIQUE = ("siret", "rna", "ridet", "tahiti")


class Store:
    def __init__(self, database: Database) -> None:
        self._vault = database.vault
        self.persons = Repository(
            database,
            "persons",
            Person,
            personal={"private": "person_id"},
            beside=lambda person: found_by(database.vault, person),
        )
        self.organisations = Repository(database, "organisations", Organisation)
        self.directory = Directory(database, self.persons)

    async def prepare(self) -> None:
        """One organisation per identifier, one person per log-in; those without it do not count."""
        await self.directory.prepare()
        for name in UNIQUE:
            await self.organisations.collection.create_index(
                f"state.{name}", name=name, unique=True, partialFilterExpression={f"state.{name}": {"$gt": ""}}
            )
        await self.persons.collection.create_index(
            _LOGIN, name="login", unique=True, partialFilterExpression={_LOGIN: {"$gt": ""}}
        )
        await self.persons.collection.create_index(_LINK, name="link", sparse=True)

    async def person(self, person_id: UUID) -> Person | None:
        stored = await self.persons.load(str(person_id))
        return stored.state if stored else None

    def joining_token(self, invitation_id: UUID) -> str:
        """The token of a link: nobody without the master key can tell it, and only its digest is kept."""
        return self._vault.tag(b"joining/" + invitation_id.bytes)

    async def invited(self, digest: str) -> Person | None:
        """Whose account the link with this digest gives."""
        document = await self.persons.collection.find_one({_LINK: digest}, {"outbox": 0})
        return None if document is None else (await self.persons.read(document)).state

    async def joined(self, login_id: UUID) -> UUID | None:
        """The person known from paper whose log-in this is."""
        found = await self.persons.collection.find_one({_LOGIN: str(login_id)}, {"_id": 1})
        return UUID(found["_id"]) if found else None

    async def organisation(self, organisation_id: UUID) -> Organisation | None:
        stored = await self.organisations.load(str(organisation_id))
        return stored.state if stored else None

    async def organisations_of(self, ids: Iterable[UUID]) -> list[Organisation]:
        """Those of ``ids`` that are known, in the order of their ids."""
        found = self.organisations.collection.find({"_id": {"$in": sorted(map(str, ids))}}, {"outbox": 0})
        return [(await self.organisations.read(document)).state async for document in found]

    async def organisation_with(self, identifiers: dict[str, str | None]) -> UUID | None:
        """The organisation that has one of these identifiers, by name of identifier."""
        for name in UNIQUE:
            if value := identifiers.get(name):
                found = await self.organisations.collection.find_one({f"state.{name}": value}, {"_id": 1})
                if found:
                    return UUID(found["_id"])
        return None

    async def forget(self, person_id: UUID) -> None:
        """Delete the person's key; what it sealed can no longer be read, in backups neither."""
        await self._vault.erase(str(person_id))
