"""Persons and organisations, for tests of people's rules."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts import people as events
from services.people.commands import (
    GiveMandate,
    RegisterOrganisation,
    RegisterPerson,
)
from services.people.domain import roles
from services.people.domain.organisations import Organisation
from services.people.domain.persons import Person
from services.people.identity import Identity

NOW = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)
PERSON, OFFICER, ADMINISTRATOR = UUID(int=2), UUID(int=3), UUID(int=1)


def registration(*given: events.Role, email: str = "ada@atelier-numerique.fr") -> RegisterPerson:
    identity = Identity(given_name="Ada", family_name="Canary", email=email)
    return RegisterPerson(
        command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, identity=identity, departement="2A", roles=given
    )


def registered(*given: events.Role) -> Person:
    return roles.register(None, registration(*given), NOW).state


def organisation(**given: object) -> RegisterOrganisation:
    known = {"kind": "company", "name": "Atelier", "departement": "75", "siret": "73282932000074"}
    return RegisterOrganisation(command_id=uuid4(), by=PERSON, organisation_id=uuid4(), **{**known, **given})


def mandate(known: Organisation) -> GiveMandate:
    return GiveMandate(command_id=uuid4(), by=PERSON, person_id=PERSON, organisation_id=known.organisation_id)
