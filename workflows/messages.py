"""What every workflow is told. Like all that enters a history: ids, dates, amounts, states and codes, never a name or a text."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from contracts.envelope import Envelope
from contracts.model import Event
from contracts.registry import decode


class Message(BaseModel):
    """A frozen value in a history. Tolerant on read, since a history outlives the program that wrote it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Told(Message):
    """An event of a service, as its envelope had it. ``time`` is season time; ``data`` is the event's JSON text."""

    id: str
    type: str
    time: AwareDatetime
    data: str
    causation: UUID | None = None

    def event(self) -> Event:
        """The event in its newest version. Raises ``contracts.registry.UnknownType`` or ``Malformed``."""
        envelope = Envelope(
            id=self.id, source="", type=self.type, subject="", time=self.time, data=self.data, partitionkey=""
        )
        event = decode(envelope)
        assert isinstance(event, Event)  # noqa: S101
        return event

    @classmethod
    def of(cls, event: Event, identity: str, time: datetime, causation: str | None) -> "Told":
        """``event`` with what its envelope says of it."""
        return cls(
            id=identity,
            type=event.wire_type(),
            time=time,
            data=event.model_dump_json(),
            causation=UUID(causation) if causation else None,
        )


class Waits(Message):
    """What a workflow has waited for too long, or ``None`` when it waits no more. Shown to operators."""

    workflow_id: str
    waits_for: str | None


class Ended(Message):
    """How a workflow ended."""

    workflow_id: str
    state: str


class Condition(Message):
    """Where a workflow is in its story, the season instant that it waits for, and whether a service owes it an answer."""

    state: str
    next_deadline: AwareDatetime | None
    asking: bool
