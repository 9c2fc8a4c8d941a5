"""A mailing: what an officer writes to a list of persons, drafted, looked at, then sent once to each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from contracts.decision import Decision, NotFound
from contracts.model import Id, Instant, Model
from services.notifications.commands import CancelMailing, DraftMailing, Language, SendMailing, Words
from services.notifications.domain import refusals
from services.notifications.domain.catalogue import MAILING
from services.notifications.domain.notices import Notice, identity

Status = Literal["draft", "queueing", "sending", "cancelled"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What of a person's contact says whether, and in which language, a mailing reaches them."""

    language: Language
    muted: bool
    erased: bool


class Content(Model):
    """What the officer wrote; sealed at rest under the mailing's own key, and nowhere else."""

    label: str
    fr: Words
    en: Words

    def words(self, language: Language) -> Words:
        return self.fr if language == "fr" else self.en


class Mailing(Model):
    """The aggregate. ``key`` names the key that seals ``content``; while ``queueing``, its notices are being made."""

    mailing_id: Id
    key: str
    place: str
    drafted_by: Id
    drafted_at: Instant
    recipients: int
    status: Status = "draft"
    sent_by: Id | None = None
    sent_at: Instant | None = None
    content: Content | None = None


def draft(state: Mailing | None, command: DraftMailing, now: datetime) -> Decision[Mailing]:
    """A new mailing, whose id is the command's."""
    drafted = state or Mailing(
        mailing_id=command.command_id,
        key=f"mailing:{command.command_id}",
        place=f"{now:%Y%m%dT%H%M%S.%f}_{command.command_id}",
        drafted_by=command.by,
        drafted_at=now,
        recipients=len(set(command.recipients)),
        content=Content(label=command.label, fr=command.fr, en=command.en),
    )
    return Decision(drafted, (), _answer(drafted))


def send(state: Mailing | None, command: SendMailing, now: datetime) -> Decision[Mailing]:
    """Let it leave. Raises ``NotFound``, ``NotDraft``."""
    mailing = _draft(state)
    changes = {"status": "queueing", "sent_by": command.by, "sent_at": now}
    sending = mailing.model_copy(update=changes)
    return Decision(sending, (), _answer(sending))


def cancel(state: Mailing | None, command: CancelMailing) -> Decision[Mailing]:
    """Drop it before anything was sent. Raises ``NotFound``, ``NotDraft``."""
    cancelled = _draft(state).model_copy(update={"status": "cancelled"})
    return Decision(cancelled, (), _answer(cancelled))


def queued(mailing: Mailing | None) -> Decision[Mailing]:
    """Every notice is there: from here on they leave one by one."""
    if mailing is None:
        raise NotFound
    status = "sending" if mailing.status == "queueing" else mailing.status
    return Decision(mailing.model_copy(update={"status": status}))


def notice(mailing_id: Id, person_id: Id) -> Notice:
    """What one person is to be told: the same for the same mailing and person."""
    subject = str(mailing_id)
    return Notice(
        id=identity(MAILING, subject, person_id),
        reason=MAILING,
        subject=subject,
        person_id=person_id,
        about=subject,
        page="mailings",
    )


def _draft(state: Mailing | None) -> Mailing:
    if state is None:
        raise NotFound
    if state.status != "draft":
        raise refusals.NotDraft
    return state


def _answer(mailing: Mailing) -> dict[str, object]:
    return {"mailing_id": str(mailing.mailing_id), "status": mailing.status, "recipients": mailing.recipients}
