"""The base models of everything that crosses the street: events, commands, and the values they are made of."""

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Id = UUID
Instant = Annotated[AwareDatetime, Field(description="an instant with its offset, RFC 3339")]
Cents = Annotated[int, Field(strict=True, ge=0, le=10**13, description="euro cents")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Siren = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
Siret = Annotated[str, StringConstraints(pattern=r"^[0-9]{14}$")]
DEPARTEMENT = r"^(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[678])$"
Departement = Annotated[str, StringConstraints(pattern=DEPARTEMENT)]
COMMUNE = r"^([0-9]{2}|2[AB])[0-9]{3}$"
Commune = Annotated[str, StringConstraints(pattern=COMMUNE)]
Theme = Code
Number = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}(-[A-Z0-9]{2,8}){1,3}$")]
"""What people quote: ``AIC-2021`` for a call, ``AIC-2021-000187`` for an application."""
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+-]+){0,2}$")]
"""An IANA time zone, such as ``Europe/Paris``."""
EMAIL = (
    r"^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$"
)
EMAIL_LENGTH = 254
Email = Annotated[str, StringConstraints(max_length=EMAIL_LENGTH, pattern=EMAIL)]
"""A dot-atom address (RFC 5322) at a domain of several labels. In commands of people only: no event has one."""
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""ITU-T E.164."""
WorkflowId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]
TypeName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{1,63}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Model(BaseModel):
    """A frozen value; unknown fields are refused when it is written, and input never shows in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Message(Model):
    """What travels: an event or a command, of a ``type`` and a ``version`` that are literal in each model."""

    service: ClassVar[str]
    type: str
    version: int

    @classmethod
    def wire_type(cls) -> str:
        """The CloudEvents ``type``, such as ``tremplin.applications.ApplicationSubmitted.v1``."""
        fields = cls.model_fields
        return f"tremplin.{cls.service}.{fields['type'].default}.v{fields['version'].default}"


class Event(Message):
    """Something that a service decided, in the past tense. Holds ids, states, amounts, dates and territory codes only."""


class Command(Message):
    """A request to one service, in the imperative.

    ``command_id`` survives retries: the same id with the same content gets the first answer. ``requester`` is the workflow
    to which a refusal is told, and nothing when a person asked over HTTP.
    """

    command_id: Id
    requester: WorkflowId | None = None


class CommandRefused(Event):
    """The answer to a workflow's command that a service does not carry out; each service has its own."""

    command_id: Id
    command_type: TypeName
    requester: WorkflowId
    code: Code


def seconds(instant: datetime) -> datetime:
    """``instant`` without its fraction of a second: what people are shown and what receipts hold."""
    return instant.replace(microsecond=0)
