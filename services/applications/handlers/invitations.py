"""Invitations to edit: given as a token of which only the digest is kept, accepted once by whoever shows it."""

from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.applications.domain import invitations
from services.applications.domain.application import Application, Invitation, owned_by, without_address
from services.applications.domain.refusals import InvitationUnknown
from services.applications.exchange_commands import AcceptInvitation, ForgetEditor, InviteEditor, RevokeInvitation
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller

Answer = dict[str, Any]


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def invite_editor(
    command_id: UUID, application_id: UUID, caller: Caller, email: str, may_submit: bool, store: Store, clock: Clock
) -> Answer:
    """Invite somebody; the answer has the token, which nobody is told again but whoever repeats this very request."""
    token = store.invitation_token(command_id)
    command = InviteEditor(
        command_id=command_id,
        application_id=application_id,
        person_id=caller.person_id,
        invitation_id=command_id,
        digest=_digest(token),
        email=email,
        may_submit=may_submit,
    )
    answer = await store.applications.decide(
        str(application_id), command, lambda state: invitations.invite(state, command, clock.now())
    )
    return {**answer, "token": token}


async def revoke_invitation(command: RevokeInvitation, store: Store, clock: Clock) -> Answer:
    return await store.applications.decide(
        str(command.application_id), command, lambda state: invitations.revoke(state, command, clock.now())
    )


async def list_invitations(application_id: UUID, person_id: UUID, store: Store) -> Application:
    """The application with its invitations, for its owner."""
    return owned_by((await store.application(application_id)).state, person_id)


async def show_invitation(token: str, store: Store, clock: Clock) -> tuple[Application, Invitation]:
    """What whoever holds the token is invited to. Raises what says why it cannot be accepted."""
    application = await _invited_to(token, store)
    return application, invitations.shown(application, _digest(token), clock.now())


async def accept_invitation(command_id: UUID, token: str, person_id: UUID, store: Store, clock: Clock) -> Answer:
    application = await _invited_to(token, store)
    command = AcceptInvitation(
        command_id=command_id,
        application_id=application.application_id,
        person_id=person_id,
        digest=_digest(token),
    )
    return await store.applications.decide(
        str(command.application_id), command, lambda state: invitations.accept(state, command, clock.now())
    )


async def forget_editor(command_id: UUID, person_id: UUID, store: Store) -> None:
    """Take the address of a person who was erased out of the applications that they edited by invitation."""
    for application in await store.by_ids(await store.edited_ids(person_id)):
        if without_address(application, person_id) is application:
            continue
        command = ForgetEditor(command_id=command_id, application_id=application.application_id, person_id=person_id)
        await store.applications.decide(
            str(application.application_id), command, partial(invitations.forget, command=command)
        )


async def _invited_to(token: str, store: Store) -> Application:
    application = await store.invited(_digest(token))
    if application is None:
        raise InvitationUnknown
    return application
