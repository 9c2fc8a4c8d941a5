"""What an application's people and the programme write to each other: who wrote when, and what each side has read."""

from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from contracts.applications import MessageSent, Side
from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from services.applications.domain.application import Application
from services.applications.domain.refusals import ThreadFull
from services.applications.exchange_commands import MarkRead, SendMessage

MOST_MESSAGES = 500


class Head(Model):
    """A message without its text, which is sealed at ``text_key``."""

    message_id: Id
    side: Side
    author_id: Id
    sent_at: Instant
    text_key: str


class Thread(Model):
    """The messages about one application, in order. ``read``: by side, the number of the last one that it has read.

    ``waiting``: by side that has something to read, since when, then the application's id: by this key they are listed.
    """

    application_id: Id
    call_id: Id
    owner_id: Id
    messages: tuple[Head, ...] = ()
    read: dict[Side, int] = Field(default_factory=dict)
    waiting: dict[Side, str] = Field(default_factory=dict)

    def unread(self, side: Side) -> tuple[Head, ...]:
        """What the other side wrote and this one has not read."""
        return tuple(head for head in self.messages[self.read.get(side, 0) :] if head.side != side)


def other(side: Side) -> Side:
    return "programme" if side == "applicant" else "applicant"


def side_of(application: Application, person_id: Id, *, officer: bool, thread: Thread | None) -> Side:
    """The side on which a person stands. Raises ``NotFound`` for whoever has none.

    An officer sees no draft; when somebody wrote about one, the officer sees what was written.
    """
    if person_id in application.editor_ids:
        return "applicant"
    if officer and (application.number is not None or (thread and thread.messages)):
        return "programme"
    raise NotFound


def sealed_for(side: Side, author_id: Id, owner_id: Id) -> Id:
    """Whose key seals a text: an applicant's words are theirs; an officer's are about the application's owner."""
    return author_id if side == "applicant" else owner_id


def send(thread: Thread | None, command: SendMessage, application: Application, now: datetime) -> Decision[Thread]:
    """Add a message; the other side is told once for all that it has not read. Raises ``ThreadFull``."""
    found = thread or Thread(
        application_id=application.application_id, call_id=application.call_id, owner_id=application.owner_id
    )
    if len(found.messages) >= MOST_MESSAGES:
        raise ThreadFull(allowed=MOST_MESSAGES)
    head = Head(
        message_id=command.command_id,
        side=command.side,
        author_id=command.person_id,
        sent_at=now,
        text_key=command.text_key,
    )
    sent = _waiting(found.model_copy(update={"messages": (*found.messages, head)}))
    event = MessageSent(
        application_id=sent.application_id,
        call_id=sent.call_id,
        message_id=head.message_id,
        since_id=sent.unread(other(head.side))[0].message_id,
        side=head.side,
        recipients=application.editor_ids if head.side == "programme" else (),
    )
    answer = {"message_id": str(head.message_id), "number": len(sent.messages), "sent_at": now.isoformat()}
    return Decision(sent, (event,), answer)


def mark_read(thread: Thread | None, command: MarkRead) -> Decision[Thread]:
    """Note how far a side has read; it never reads less than before, nor more than there is."""
    if thread is None:
        raise NotFound
    through = max(thread.read.get(command.side, 0), min(command.through, len(thread.messages)))
    read = _waiting(thread.model_copy(update={"read": {**thread.read, command.side: through}}))
    return Decision(read, (), {"read": through, "unread": len(read.unread(command.side))})


def _waiting(thread: Thread) -> Thread:
    sides: tuple[Side, ...] = ("applicant", "programme")
    first = {side: unread[0] for side in sides if (unread := thread.unread(side))}
    waiting = {side: _key(head.sent_at, thread.application_id) for side, head in first.items()}
    return thread.model_copy(update={"waiting": waiting})


def _key(sent_at: datetime, application_id: Id) -> str:
    return f"{sent_at.astimezone(UTC).isoformat(timespec='microseconds')}~{application_id}"


def since(thread: Thread, side: Side) -> dict[str, Any]:
    """How much this side has to read, and since when."""
    return {"unread": len(thread.unread(side)), "since": thread.waiting[side].split("~")[0]}
