"""HTTP of people: parse, ask a handler, answer."""

from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import FastAPI
from pydantic import Field, ValidationError

from contracts.decision import NotFound, Refusal
from contracts.model import Commune, Departement, Id, Model, Theme
from contracts.people import OrganisationKind, Role
from services.chassis import http
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, Verifier, allow
from services.chassis.problems import field_of
from services.people import directory_api, handlers, joining_api
from services.people.commands import (
    EndMandate,
    ErasePerson,
    GiveMandate,
    GrantRole,
    Identifier,
    LegalName,
    RegisterOrganisation,
    RegisterPerson,
    RevokeRole,
)
from services.people.domain import persons, rights
from services.people.domain.persons import Person
from services.people.identity import Identity
from services.people.store import Store

MAX_BATCH = 500
Answer = dict[str, Any]


class PersonBody(Identity):
    """A person to register. ``roles``: by default ``applicant``, or none when an administrator registers somebody.

    ``from_paper``: somebody else whose application did not come online, and who is invited to log in.
    """

    person_id: Id
    commune: Commune | None = None
    departement: Departement | None = None
    roles: tuple[Role, ...] | None = None
    territory: Departement | None = None
    sector: Theme | None = None
    from_paper: bool = False

    def command(self, command_id: UUID, caller: Caller) -> RegisterPerson:
        """The command of ``caller`` to register this person. Raises ``MayNot``."""
        default: tuple[Role, ...] = () if caller.has("administrator") else ("applicant",)
        roles = default if self.roles is None else self.roles
        rights.require_registration(caller.person_id, caller.roles, self.person_id, roles)
        identity = Identity.model_validate({name: getattr(self, name) for name in Identity.model_fields})
        return RegisterPerson(
            command_id=command_id, by=caller.person_id, person_id=self.person_id, identity=identity,
            commune=self.commune, departement=self.departement, roles=roles, territory=self.territory,
            sector=self.sector, from_paper=self.from_paper and caller.person_id != self.person_id,
        )  # fmt: skip


class OrganisationBody(Model):
    kind: OrganisationKind
    name: LegalName
    departement: Departement
    commune: Commune | None = None
    siren: Identifier | None = None
    siret: Identifier | None = None
    rna: Identifier | None = None
    ridet: Identifier | None = None
    tahiti: Identifier | None = None
    mandatary_id: Id | None = None


class PersonsBody(Model):
    """Persons to register, each checked on its own."""

    persons: Annotated[list[dict[str, Any]], Field(max_length=MAX_BATCH)]


class RoleBody(Model):
    role: Role
    territory: Departement | None = None
    sector: Theme | None = None


class MandateBody(Model):
    organisation_id: Id


def make_api(store: Store, clock: Clock, verifier: Verifier) -> FastAPI:
    """The HTTP API of people."""
    api = http.make_api("people", "Tremplin: people", verifier)
    _registration(api, store, clock)
    _reading(api, store)
    _roles(api, store, clock)
    _organisations(api, store, clock)
    _mandates(api, store, clock)
    directory_api.routes(api, store)
    joining_api.routes(api, store, clock)
    return api


def _registration(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/persons", status_code=201)
    async def register(body: PersonBody, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        return await handlers.register_person(body.command(command_id, caller), store, clock)

    @api.post("/persons/batch")
    async def register_batch(body: PersonsBody, caller: Caller = allow("administrator")) -> Answer:
        """Register up to 500 persons, each on its own: sending the same again gives the same answers."""
        items: list[RegisterPerson | Answer] = [_item(index, item, caller) for index, item in enumerate(body.persons)]
        commands = [item for item in items if isinstance(item, RegisterPerson)]
        answers = iter(await handlers.register_persons(commands, store, clock))
        return {"items": [_told(item, next(answers)) if isinstance(item, RegisterPerson) else item for item in items]}

    @api.post("/persons/{person_id}/erasure")
    async def erase(person_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        rights.require_self(caller.person_id, caller.roles, person_id, "administrator")
        command = ErasePerson(command_id=command_id, by=caller.person_id, person_id=person_id)
        return await handlers.erase_person(command, store, clock)


def _item(index: int, item: dict[str, Any], caller: Caller) -> RegisterPerson | Answer:
    try:
        body = PersonBody.model_validate(item)
    except ValidationError as error:
        problems = [
            {"field": field_of(found["loc"]), "code": found["type"]}
            for found in error.errors(include_input=False, include_context=False)
        ]
        return {"index": index, "problem": {"code": "invalid_request", "status": 422, "problems": problems}}
    return body.command(uuid5(caller.person_id, f"register {body.person_id}"), caller)


def _told(command: RegisterPerson, answer: Answer | Refusal) -> Answer:
    if not isinstance(answer, Refusal):
        return answer
    problem = {"code": answer.code, "status": answer.status, "title": answer.title, "field": answer.field}
    return {"person_id": str(command.person_id), "problem": problem}


def _reading(api: FastAPI, store: Store) -> None:
    async def readable(person_id: UUID, caller: Caller, *others: str) -> Person:
        rights.require_self(caller.person_id, caller.roles, person_id, *others)
        person = await store.person(person_id)
        if person is None:
            raise NotFound
        return person

    @api.get("/persons/{person_id}")
    async def read(person_id: UUID, caller: Caller = allow()) -> Answer:
        person = persons.existing(await readable(person_id, caller, "administrator"))
        return person.model_dump(mode="json", exclude={"trail", "mail_domain", "invitation", "erased_at"})

    @api.get("/persons/{person_id}/roles")
    async def read_roles(person_id: UUID, caller: Caller = allow()) -> Answer:
        """The roles that the person holds, and for which territory or sector; none once they are erased."""
        person = await readable(person_id, caller, "operator", "administrator")
        territories = {held.role: held.territory for held in person.roles if held.territory}
        sectors = {held.role: held.sector for held in person.roles if held.sector}
        held = {"roles": person.role_names(), "territories": territories, "sectors": sectors}
        return {"person_id": str(person_id), **held}

    @api.get("/persons/{person_id}/audit")
    async def audit(person_id: UUID, caller: Caller = allow("administrator")) -> Answer:
        """Who changed what about the person, and when, oldest first."""
        person = await readable(person_id, caller, "administrator")
        return {"person_id": str(person_id), "trail": [trace.model_dump(mode="json") for trace in person.trail]}

    @api.get("/persons/{person_id}/export")
    async def export(person_id: UUID, caller: Caller = allow()) -> Answer:
        """Everything that is held of the person here (GDPR, articles 15 and 20)."""
        await readable(person_id, caller, "administrator")
        return await handlers.export_person(person_id, store)


def _roles(api: FastAPI, store: Store, clock: Clock) -> None:
    administrator = allow("administrator")

    @api.post("/persons/{person_id}/roles", status_code=201)
    async def grant(
        person_id: UUID, body: RoleBody, caller: Caller = administrator, *, command_id: CommandId
    ) -> Answer:
        command = GrantRole(command_id=command_id, by=caller.person_id, person_id=person_id, **body.model_dump())
        return await handlers.grant_role(command, store, clock)

    @api.delete("/persons/{person_id}/roles/{role}")
    async def revoke(person_id: UUID, role: Role, caller: Caller = administrator, *, command_id: CommandId) -> Answer:
        command = RevokeRole(command_id=command_id, by=caller.person_id, person_id=person_id, role=role)
        return await handlers.revoke_role(command, store, clock)


def _organisations(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/organisations", status_code=201)
    async def register(body: OrganisationBody, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        identity = uuid5(command_id, "organisation")
        command = RegisterOrganisation(
            command_id=command_id, by=caller.person_id, organisation_id=identity, **body.model_dump()
        )
        return await handlers.register_organisation(command, store, clock)

    @api.get("/organisations/{organisation_id}")
    async def read(organisation_id: UUID, caller: Caller = allow()) -> Answer:
        organisation = await store.organisation(organisation_id)
        if organisation is None:
            raise NotFound
        rights.require_organisation(caller.person_id, caller.roles, organisation)
        return organisation.model_dump(mode="json")


def _mandates(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/persons/{person_id}/mandates", status_code=201)
    async def give(person_id: UUID, body: MandateBody, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        organisation = await store.organisation(body.organisation_id)
        if organisation is None:
            raise NotFound(field="organisation_id")
        rights.require_mandate(caller.person_id, caller.roles, person_id, organisation)
        command = GiveMandate(
            command_id=command_id, by=caller.person_id, person_id=person_id, organisation_id=body.organisation_id
        )
        return await handlers.give_mandate(command, organisation, store, clock)

    @api.delete("/persons/{person_id}/mandates/{organisation_id}")
    async def end(person_id: UUID, organisation_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        rights.require_self(caller.person_id, caller.roles, person_id, *rights.STAFF)
        command = EndMandate(
            command_id=command_id, by=caller.person_id, person_id=person_id, organisation_id=organisation_id
        )
        return await handlers.end_mandate(command, store, clock)
