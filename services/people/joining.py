"""Log-ins that become those of a person known from paper: invited, joined, and looked up at every log-in."""

from contextlib import suppress
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from contracts.decision import NotFound
from services.chassis.clock import Clock
from services.chassis.database import Taken
from services.people import handlers
from services.people.commands import ErasePerson, InvitePerson, JoinPerson, UnlinkLogin
from services.people.domain import joining, refusals
from services.people.domain.persons import Person
from services.people.store import Store

Answer = dict[str, Any]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def invite(command_id: UUID, person_id: UUID, by: UUID, store: Store, clock: Clock) -> Answer:
    """A new link; the answer has its token, which nobody is told again but whoever repeats this very request."""
    token = store.joining_token(command_id)
    command = InvitePerson(
        command_id=command_id, by=by, person_id=person_id, invitation_id=command_id, digest=_digest(token)
    )
    answer = await store.persons.decide(
        str(person_id), command, lambda person: joining.invite(person, command, clock.now())
    )
    return {**answer, "token": token}


async def invited(token: str, login_id: UUID, store: Store, clock: Clock) -> Person:
    """Whose account the link gives, for a log-in that may have it. Raises what says why not."""
    digest = _digest(token)
    person = joining.shown(await store.invited(digest), digest, clock.now())
    joining.require_free(await store.person(login_id))
    return person


async def join(command_id: UUID, token: str, login_id: UUID, store: Store, clock: Clock) -> Answer:
    """The log-in becomes that of the link's person; the account that it has had so far is erased."""
    digest = _digest(token)
    person = await store.invited(digest)
    if person is None:
        raise refusals.LinkUnknown
    joining.require_free(await store.person(login_id))
    command = JoinPerson(
        command_id=command_id, by=login_id, person_id=person.person_id, login_id=login_id, digest=digest
    )
    try:
        answer = await store.persons.decide(
            str(person.person_id), command, lambda state: joining.join(state, command, clock.now())
        )
    except Taken:
        raise refusals.LoginInUse from None
    await give_up(person.person_id, login_id, store, clock)
    return answer


async def unlink(command: UnlinkLogin, store: Store, clock: Clock) -> Answer:
    return await store.persons.decide(
        str(command.person_id), command, lambda person: joining.unlink(person, command, clock.now())
    )


async def give_up(person_id: UUID, login_id: UUID, store: Store, clock: Clock) -> None:
    """Erase the account that a log-in had before it was this person's; doing it again changes nothing."""
    person, account = await store.person(person_id), await store.person(login_id)
    if person is None or person.login is None or person.login.login_id != login_id:
        return
    with suppress(refusals.LoginInUse, NotFound):
        joining.require_free(account)
        command = ErasePerson(command_id=uuid5(login_id, "joined"), by=person_id, person_id=login_id)
        await handlers.erase_person(command, store, clock)
