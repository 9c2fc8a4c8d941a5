"""What notifications is asked: about contacts only, over HTTP; what to tell comes with other services' events."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from contracts.model import Command, Email, Id, Phone

ChannelName = Literal["email", "sms"]
Language = Literal["fr", "en"]
Channels = Annotated[tuple[ChannelName, ...], Field(min_length=1, max_length=2)]


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
