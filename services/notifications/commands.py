"""What notifications is asked over HTTP: about contacts, and for mailings; what else to tell comes with other services' events."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from contracts.model import Command, Email, Id, Model, Number, Phone

ChannelName = Literal["email", "sms"]
Language = Literal["fr", "en"]
Channels = Annotated[tuple[ChannelName, ...], Field(min_length=1, max_length=2)]


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""One line, as the subject of a mail has to be."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
MOST_RECIPIENTS = 5_000


LinkToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,100}$")]


class Words(Model):
    """A mail's subject and text in one language, as somebody wrote them."""

    subject: Line
    text: Text


class _Command(Command):
    service: ClassVar[str] = "notifications"
    version: Literal[1] = 1
    person_id: Id


class PutContact(_Command):
    type: Literal["PutContact"] = "PutContact"
    email: Email
    phone: Phone | None = None
    language: Language = "fr"
    channels: Channels = ("email",)


class MuteReasons(_Command):
    """From now on the person is told nothing for these reasons, and told for all others."""

    type: Literal["MuteReasons"] = "MuteReasons"
    muted: tuple[str, ...]


class EraseContact(_Command):
    type: Literal["EraseContact"] = "EraseContact"


class SendLink(_Command):
    """Mail somebody the link whose token this is; ``about`` is the application that it is for."""

    type: Literal["SendLink"] = "SendLink"
    invitation_id: Id
    token: LinkToken
    about: Id
    number: Number | None = None


class _MailingCommand(Command):
    service: ClassVar[str] = "notifications"
    version: Literal[1] = 1
    by: Id


class DraftMailing(_MailingCommand):
    type: Literal["DraftMailing"] = "DraftMailing"
    label: Line
    fr: Words
    en: Words
    recipients: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_RECIPIENTS)]


class SendMailing(_MailingCommand):
    type: Literal["SendMailing"] = "SendMailing"
    mailing_id: Id


class CancelMailing(_MailingCommand):
    type: Literal["CancelMailing"] = "CancelMailing"
    mailing_id: Id


class QueueMailing(_MailingCommand):
    """Every notice of the mailing is there."""

    type: Literal["QueueMailing"] = "QueueMailing"
    mailing_id: Id
