"""Messages around an initiative: between its team, its mentor and the programme's officers."""

from datetime import datetime
from typing import Literal

from contracts.coaching import CycleMessageSent
from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from services.coaching.commands import SendMessage
from services.coaching.domain.cycles import may_read
from services.coaching.domain.state import Cycle

Side = Literal["team", "mentor", "officer"]


class Message(Model):
    """``text`` is sealed twice: for its author here, and for the initiative's owner at rest; gone when either is erased."""

    message_id: Id
    initiative_id: Id
    owner_id: Id
    author_id: Id
    side: Side
    sent_at: Instant
    place: str
    text: str | None = None


def follower(cycle: Cycle | None, person_id: Id, officer: bool) -> Cycle:
    """The cycle, for its owner, its mentor and officers, over or not. Raises ``NotFound`` for anybody else."""
    if cycle is None or not may_read(cycle, person_id, officer):
        raise NotFound
    return cycle


def send(
    known: Message | None, command: SendMessage, cycle: Cycle, sealed: str | None, now: datetime
) -> Decision[Message]:
    """A new message, whose id is the command's; ``sealed`` is its text, sealed for its author."""
    message = known or Message(
        message_id=command.command_id,
        initiative_id=cycle.initiative_id,
        owner_id=cycle.owner_id,
        author_id=command.by,
        side=_side(cycle, command.by),
        sent_at=now,
        place=f"{now:%Y%m%dT%H%M%S.%f}_{command.command_id}",
        text=sealed,
    )
    told = CycleMessageSent(
        initiative_id=cycle.initiative_id,
        message_id=message.message_id,
        author_id=command.by,
        recipients=tuple(each for each in cycle.followers if each != command.by),
        sent_at=message.sent_at,
    )
    answer = {"message_id": str(message.message_id), "sent_at": message.sent_at.isoformat(), "place": message.place}
    return Decision(message, (told,), answer)


def _side(cycle: Cycle, person_id: Id) -> Side:
    if person_id == cycle.owner_id:
        return "team"
    return "mentor" if person_id == cycle.mentor_id else "officer"
