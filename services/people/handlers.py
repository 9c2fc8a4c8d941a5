"""One function per command: load, decide, save."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from contracts.decision import Decision, Refusal
from services.chassis.clock import Clock
from services.chassis.database import Taken
from services.chassis.stored import IdempotencyKeyReused
from services.people.commands import (
    EndMandate,
    ErasePerson,
    GiveMandate,
    GrantRole,
    RegisterOrganisation,
    RegisterPerson,
    RevokeRole,
)
from services.people.domain import identifiers, mandates, organisations, persons, refusals, roles
from services.people.domain.organisations import Organisation
from services.people.store import Store

CONCURRENT = 8
Answer = dict[str, Any]


async def register_person(command: RegisterPerson, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: roles.register(person, command, clock.now())
    )


async def register_persons(commands: Sequence[RegisterPerson], store: Store, clock: Clock) -> list[Answer | Refusal]:
    """Register each on its own; the answer or the refusal of each, in their order."""
    slots = asyncio.Semaphore(CONCURRENT)

    async def one(command: RegisterPerson) -> Answer | Refusal:
        async with slots:
            try:
                return await register_person(command, store, clock)
            except IdempotencyKeyReused:
                return refusals.PersonExists(field="person_id")
            except Refusal as refusal:
                return refusal

    return await asyncio.gather(*(one(command) for command in commands))


async def ensure_administrator(person_id: UUID, store: Store, clock: Clock) -> None:
    """Whoever starts an installation is its first administrator, whatever was revoked; once erased, they stay erased."""
    person = await store.person(person_id)
    if person is None:
        command_id = uuid5(person_id, "first administrator")
        command = RegisterPerson(command_id=command_id, by=person_id, person_id=person_id, roles=("administrator",))
        await register_person(command, store, clock)
    elif person.erased_at is None and not person.holds("administrator"):
        command_id = uuid5(person_id, f"administrator again {len(person.trail)}")
        again = GrantRole(command_id=command_id, by=person_id, person_id=person_id, role="administrator")
        await grant_role(again, store, clock)


async def grant_role(command: GrantRole, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: roles.grant(person, command, clock.now())
    )


async def revoke_role(command: RevokeRole, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: roles.revoke(person, command, clock.now())
    )


async def register_organisation(command: RegisterOrganisation, store: Store, clock: Clock) -> Answer:
    """Raises ``OrganisationExists``, which tells its id, when another one has an identifier of this one."""

    def decide(state: Organisation | None) -> Decision[Organisation]:
        return organisations.register(state, command, clock.now())

    try:
        return await store.organisations.decide(str(command.organisation_id), command, decide)
    except Taken:
        found, _ = identifiers.check(command)
        known = await store.organisation_with({name: getattr(found, name) for name in identifiers.NAMES})
        raise refusals.OrganisationExists(allowed={"organisation_id": str(known)} if known else None) from None


async def give_mandate(command: GiveMandate, organisation: Organisation, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: mandates.give(person, organisation, command, clock.now())
    )


async def end_mandate(command: EndMandate, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: mandates.end(person, command, clock.now())
    )


async def erase_person(command: ErasePerson, store: Store, clock: Clock) -> Answer:
    """The decision first, then the key: should the process die between, the service's own event deletes the key."""
    answer = await store.persons.decide(
        str(command.person_id), command, lambda person: persons.erase(person, command, clock.now())
    )
    await store.forget(command.person_id)
    return answer


async def export_person(person_id: UUID, store: Store) -> Answer:
    """Everything that people holds of a person, as JSON. Raises ``NotFound``, ``PersonErased``."""
    person = persons.existing(await store.person(person_id))
    found = await store.organisations_of(mandate.organisation_id for mandate in person.mandates)
    return {
        **person.model_dump(mode="json", exclude={"private": True, "erased_at": True, "invitation": {"digest"}}),
        "identity": person.private.model_dump(mode="json") if person.private else None,
        "organisations": [organisation.model_dump(mode="json") for organisation in found],
    }
