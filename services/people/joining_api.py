"""HTTP of log-ins that become those of a person known from paper."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Path

from contracts.decision import NotFound
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.people import joining
from services.people.commands import UnlinkLogin
from services.people.domain import persons, refusals
from services.people.domain.joining import state_of
from services.people.store import Store

Answer = dict[str, Any]
Token = Annotated[str, Path(max_length=100)]
DESK = ("programme_officer", "administrator")


def routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _desk(api, store, clock)
    _links(api, store, clock)

    @api.get("/logins/{login_id}")
    async def whose(login_id: UUID, caller: Caller = allow("operator")) -> Answer:
        """Whose a log-in is: the person that it has joined, else the person of this very id."""
        return {"person_id": str(await store.joined(login_id) or login_id)}


def _desk(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/persons/{person_id}/invitation", status_code=201)
    async def invite(person_id: UUID, caller: Caller = allow("operator"), *, command_id: CommandId) -> Answer:
        """A new link for somebody known from paper. The portal asks for an officer, with a token that has both roles:
        the officer, who is named in the trail, does not see the link."""
        if not caller.has("programme_officer"):
            raise refusals.MayNot(allowed=["programme_officer"])
        return await joining.invite(command_id, person_id, caller.person_id, store, clock)

    @api.get("/persons/{person_id}/invitation")
    async def invitation(person_id: UUID, caller: Caller = allow(*DESK)) -> Answer:
        """How far somebody known from paper is with an account of their own."""
        person = persons.existing(await store.person(person_id))
        given = (
            person.invitation.model_dump(mode="json", include={"invited_at", "expires_at"}) if person.invitation else {}
        )
        return {"person_id": str(person_id), "state": state_of(person, clock.now()), **given}

    @api.delete("/persons/{person_id}/logins/{login_id}")
    async def unlink(
        person_id: UUID, login_id: UUID, caller: Caller = allow("administrator"), *, command_id: CommandId
    ) -> Answer:
        """Take the log-in that came by a link off the person again: whoever has it is somebody else from now on."""
        command = UnlinkLogin(command_id=command_id, by=caller.person_id, person_id=person_id, login_id=login_id)
        return await joining.unlink(command, store, clock)


def _links(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/joinings/{token}")
    async def shown(token: Token, caller: Caller = allow()) -> Answer:
        """Whose account the link gives to the caller, by name. Raises what says why it does not."""
        person = await joining.invited(token, caller.person_id, store, clock)
        if person.private is None or person.invitation is None:
            raise NotFound
        name = person.private.model_dump(mode="json", include={"given_name", "family_name"})
        return {**name, "expires_at": person.invitation.expires_at.isoformat()}

    @api.post("/joinings/{token}/acceptance")
    async def join(token: Token, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """From now on the caller's log-in is the person's; the account that it had is erased."""
        return await joining.join(command_id, token, caller.person_id, store, clock)
