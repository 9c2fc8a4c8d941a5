"""What applications is asked about those around an application: messages with the programme, invitations to edit."""

from typing import ClassVar, Literal

from contracts.applications import Side
from contracts.model import Command, Digest, Email, Id
from services.applications.commands import Reason


class _OnApplication(Command):
    service: ClassVar[str] = "applications"
    version: Literal[1] = 1
    application_id: Id
    person_id: Id


class SendMessage(_OnApplication):
    """``text_key`` is where the text is kept, sealed."""

    type: Literal["SendMessage"] = "SendMessage"
    side: Side
    text: Reason
    text_key: str


class MarkRead(_OnApplication):
    """The side has read every message up to number ``through``, counted from 1."""

    type: Literal["MarkRead"] = "MarkRead"
    side: Side
    through: int


class InviteEditor(_OnApplication):
    """``digest``: SHA-256 of the token that the invited person will show."""

    type: Literal["InviteEditor"] = "InviteEditor"
    invitation_id: Id
    digest: Digest
    email: Email
    may_submit: bool


class RevokeInvitation(_OnApplication):
    type: Literal["RevokeInvitation"] = "RevokeInvitation"
    invitation_id: Id


class AcceptInvitation(_OnApplication):
    """``person_id`` is whoever shows the token of ``digest``."""

    type: Literal["AcceptInvitation"] = "AcceptInvitation"
    digest: Digest


class ForgetEditor(_OnApplication):
    """``person_id`` was erased."""

    type: Literal["ForgetEditor"] = "ForgetEditor"
