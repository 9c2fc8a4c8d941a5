"""Routes of invitations to edit an application: given, listed and taken back by its owner, accepted by who holds the token."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Path

from contracts.model import Email, Model
from services.applications.domain.application import Application, Invitation
from services.applications.domain.invitations import state_of
from services.applications.exchange_commands import RevokeInvitation
from services.applications.handlers import invitations
from services.applications.store import Store
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow

Answer = dict[str, Any]
Token = Annotated[str, Path(max_length=100)]


class NewInvitation(Model):
    """``email`` is for the owner's own list: no mail is sent, the owner gives the link themselves."""

    email: Email
    may_submit: bool = False


def add_routes(api: FastAPI, store: Store, clock: Clock) -> None:
    _owners(api, store, clock)
    _invited(api, store, clock)


def _owners(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/applications/{application_id}/invitations", status_code=201)
    async def invite_editor(
        application_id: UUID, body: NewInvitation, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Invite somebody to edit; the answer has the token of the link, which is shown only here."""
        return await invitations.invite_editor(
            command_id, application_id, caller, body.email, body.may_submit, store, clock
        )

    @api.get("/applications/{application_id}/invitations")
    async def list_invitations(application_id: UUID, caller: Caller = allow()) -> Answer:
        """The application's invitations, for its owner; never a token."""
        application = await invitations.list_invitations(application_id, caller.person_id, store)
        now = clock.now()
        return {"invitations": [_listed(application, each, now) for each in application.invitations]}

    @api.delete("/applications/{application_id}/invitations/{invitation_id}")
    async def revoke_invitation(
        application_id: UUID, invitation_id: UUID, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """Take an invitation back."""
        command = RevokeInvitation(
            command_id=command_id,
            application_id=application_id,
            person_id=caller.person_id,
            invitation_id=invitation_id,
        )
        return await invitations.revoke_invitation(command, store, clock)


def _invited(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/invitations/{token}")
    async def show_invitation(token: Token, caller: Caller = allow()) -> Answer:
        """What the holder of the token is invited to, and by whom."""
        application, invitation = await invitations.show_invitation(token, store, clock)
        call = await store.call(application.call_id)
        return {
            "call": {"call_id": str(call.call_id), "number": call.number, "title": call.definition.title.model_dump()},
            "title": application.content.answers.get("title"),
            "invited_by": str(application.owner_id),
            "applicant": _applicant(application),
            "editor": caller.person_id in application.editor_ids,
            **invitation.model_dump(mode="json", include={"may_submit", "expires_at"}),
        }

    @api.post("/invitations/{token}/acceptance")
    async def accept_invitation(token: Token, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        """Become an editor of the application."""
        return await invitations.accept_invitation(command_id, token, caller.person_id, store, clock)


def _applicant(application: Application) -> Answer:
    return application.content.applicant.model_dump(include={"name", "given_name", "family_name"}, exclude_none=True)


def _listed(application: Application, invitation: Invitation, now: datetime) -> Answer:
    kept = {"invitation_id", "may_submit", "created_at", "expires_at", "accepted_by"}
    return {
        **invitation.model_dump(mode="json", include=kept),
        "state": state_of(invitation, now),
        "email": application.content.invited.get(str(invitation.invitation_id)),
    }
