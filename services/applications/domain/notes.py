"""Internal notes on an application, among officers: sealed, in no event, and leaving a trace when deleted."""

from datetime import datetime
from typing import Any

from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from services.applications.desk_commands import DeleteNote, WriteNote
from services.applications.domain.application import Application
from services.applications.domain.assignment import applicants_of, seen_by_officers
from services.applications.domain.desk_refusals import AuthorOnly, NoteDeleted


class Words(Model):
    text: str


class Note(Model):
    """A note. ``owner_id`` is the applicant, under whose key ``private`` is sealed and with whom it is forgotten.

    ``place`` orders notes of an application by time.
    """

    note_id: Id
    application_id: Id
    owner_id: Id
    author_id: Id
    written_at: Instant
    place: str
    deleted_at: Instant | None = None
    deleted_by: Id | None = None
    private: Words | None = None


def readable(application: Application, person_id: Id) -> Application:
    """The application, if this officer may read and write notes on it. Raises ``NotFound`` for its own applicants."""
    found = seen_by_officers(application)
    if person_id in applicants_of(found):
        raise NotFound
    return found


def write(state: Note | None, command: WriteNote, application: Application, now: datetime) -> Decision[Note]:
    """Write a note. Raises ``NotFound`` for what this officer does not see."""
    found = readable(application, command.person_id)
    note = Note(
        note_id=command.command_id,
        application_id=found.application_id,
        owner_id=found.owner_id,
        author_id=command.person_id,
        written_at=now,
        place=f"{now.isoformat(timespec='microseconds')}~{command.command_id}",
        private=Words(text=command.text),
    )
    return Decision(note, (), trace(note))


def delete(state: Note | None, command: DeleteNote, now: datetime) -> Decision[Note]:
    """Take the words away; who wrote and who deleted, and when, stay. Raises ``NotFound``, ``AuthorOnly``, ``NoteDeleted``."""
    if state is None or state.application_id != command.application_id:
        raise NotFound
    if state.author_id != command.person_id:
        raise AuthorOnly
    if state.deleted_at:
        raise NoteDeleted
    deleted = state.model_copy(update={"deleted_at": now, "deleted_by": command.person_id, "private": None})
    return Decision(deleted, (), trace(deleted))


def trace(note: Note) -> dict[str, Any]:
    """All of a note but its words: what is remembered as the answer to a command."""
    kept = {"note_id", "application_id", "author_id", "written_at", "deleted_at", "deleted_by"}
    return note.model_dump(mode="json", include=kept)
