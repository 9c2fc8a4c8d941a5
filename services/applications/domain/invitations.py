"""Co-editors by invitation: a link that works once, for whoever the owner gave it to, until it expires or is taken back."""

from datetime import datetime, timedelta
from typing import Any, Literal

from contracts.applications import EditorInvited, InvitationAccepted, InvitationRevoked
from contracts.decision import Decision, NotFound
from contracts.model import Digest
from services.applications.domain import refusals
from services.applications.domain.application import (
    Application,
    Invitation,
    Status,
    existing,
    in_status,
    owned_by,
    without_address,
)
from services.applications.domain.drafting import MAX_EDITORS
from services.applications.exchange_commands import AcceptInvitation, ForgetEditor, InviteEditor, RevokeInvitation

VALID = timedelta(days=14)
KEPT = 50
"""How many invitations an application remembers, open ones always among them."""
SHARED: tuple[Status, ...] = ("draft", "submitted", "correction_requested")
State = Literal["open", "accepted", "revoked", "expired"]


def state_of(invitation: Invitation, now: datetime) -> State:
    if invitation.accepted_by:
        return "accepted"
    if invitation.revoked:
        return "revoked"
    return "expired" if now > invitation.expires_at else "open"


def invite(state: Application | None, command: InviteEditor, now: datetime) -> Decision[Application]:
    """The owner invites somebody, whose address is kept sealed while the invitation is open, or they edit by it."""
    found = in_status(owned_by(state, command.person_id), *SHARED)
    waiting = [each for each in found.invitations if state_of(each, now) == "open"]
    if len(found.editor_ids) + len(waiting) >= MAX_EDITORS:
        raise refusals.TooManyEditors(allowed=MAX_EDITORS)
    invitation = Invitation(
        invitation_id=command.invitation_id,
        digest=command.digest,
        may_submit=command.may_submit,
        created_at=now,
        expires_at=now + VALID,
    )
    over = [each for each in found.invitations if each not in waiting]
    kept = [*over[len(waiting) + 1 - KEPT :], *waiting, invitation]
    addresses = {**found.content.invited, str(invitation.invitation_id): str(command.email)}
    changed = _with(found, kept, addresses, now)
    event = EditorInvited(**_told(found, invitation), expires_at=invitation.expires_at)
    answer = {"invitation_id": str(invitation.invitation_id), "expires_at": invitation.expires_at.isoformat()}
    return Decision(changed, (event,), answer)


def revoke(state: Application | None, command: RevokeInvitation, now: datetime) -> Decision[Application]:
    """The owner takes an invitation back; one that was accepted stays so. Raises ``InvitationUsed``."""
    found = owned_by(state, command.person_id)
    invitation = next((each for each in found.invitations if each.invitation_id == command.invitation_id), None)
    if invitation is None:
        raise NotFound
    if invitation.accepted_by:
        raise refusals.InvitationUsed
    answer = {"invitation_id": str(invitation.invitation_id), "state": "revoked"}
    if invitation.revoked:
        return Decision(found, (), answer)
    changed = _replaced(found, invitation.model_copy(update={"revoked": True}), now)
    return Decision(changed, (InvitationRevoked(**_told(found, invitation)),), answer)


def shown(application: Application | None, digest: Digest, now: datetime) -> Invitation:
    """The invitation whose token has this digest, if it can be accepted; the refusal says why it cannot."""
    found = existing(application)
    invitation = next((each for each in found.invitations if each.digest == digest), None)
    if invitation is None:
        raise refusals.InvitationUnknown
    match state_of(invitation, now):
        case "accepted":
            raise refusals.InvitationUsed
        case "revoked":
            raise refusals.InvitationTakenBack
        case "expired":
            raise refusals.InvitationExpired(allowed={"until": invitation.expires_at.isoformat()})
    in_status(found, *SHARED)
    return invitation


def accept(state: Application | None, command: AcceptInvitation, now: datetime) -> Decision[Application]:
    """Whoever shows the token becomes an editor, once. Raises what ``shown`` raises, ``AlreadyEditor``, ``TooManyEditors``."""
    found, person = existing(state), command.person_id
    invitation = shown(found, command.digest, now)
    if person in found.editor_ids:
        raise refusals.AlreadyEditor
    if len(found.editor_ids) >= MAX_EDITORS:
        raise refusals.TooManyEditors(allowed=MAX_EDITORS)
    submitters = (*found.submitter_ids, person) if invitation.may_submit else found.submitter_ids
    joined = found.model_copy(update={"editor_ids": (*found.editor_ids, person), "submitter_ids": submitters})
    joined = _replaced(joined, invitation.model_copy(update={"accepted_by": person}), now)
    event = InvitationAccepted(**_told(found, invitation), editor_id=person)
    return Decision(joined, (event,), {"application_id": str(found.application_id), "status": found.status})


def forget(state: Application | None, command: ForgetEditor) -> Decision[Application]:
    """The address of an editor who was erased is kept no longer."""
    return Decision(without_address(existing(state), command.person_id), (), {})


def _replaced(application: Application, invitation: Invitation, now: datetime) -> Application:
    kept = [invitation if each.invitation_id == invitation.invitation_id else each for each in application.invitations]
    return _with(application, kept, application.content.invited, now)


def _with(
    application: Application, invitations: list[Invitation], addresses: dict[str, str], now: datetime
) -> Application:
    used = {
        str(each.invitation_id)
        for each in invitations
        if state_of(each, now) == "open" or each.accepted_by in application.editor_ids
    }
    left = {key: address for key, address in addresses.items() if key in used}
    return application.model_copy(
        update={
            "invitations": tuple(invitations),
            "invitation_digests": tuple(each.digest for each in invitations),
            "private": application.content.model_copy(update={"invited": left}),
        }
    )


def _told(application: Application, invitation: Invitation) -> dict[str, Any]:
    return {
        **application.model_dump(include={"application_id", "call_id", "owner_id"}),
        "invitation_id": invitation.invitation_id,
    }
