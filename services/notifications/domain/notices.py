"""A notice: one reason, one subject, one person; sent at most once by each channel."""

from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts.decision import NotFound
from contracts.model import Id, Model
from services.notifications.commands import ChannelName
from services.notifications.domain import refusals
from services.notifications.domain.catalogue import INVITATION, MAILING, OPTIONAL, Page
from services.notifications.domain.contacts import Contact

State = Literal["pending", "sending", "sent", "no_contact", "muted", "cancelled", "failed"]
MOST_ATTEMPTS = 8
LONGEST_DELAY_SECONDS = 3_600.0
NUMBER_PATIENCE = 3


class Notice(Model):
    """What is to be told, without address or words. ``done`` are the channels that have taken it."""

    id: str
    reason: str
    subject: str
    person_id: Id
    about: str
    page: Page
    number: str | None = None
    state: State = "pending"
    attempts: int = 0
    done: tuple[ChannelName, ...] = ()
    code: str | None = None


def identity(reason: str, subject: str, person_id: UUID) -> str:
    """The notice's id: the same reason, subject and person is the same notice."""
    return str(uuid5(NAMESPACE_URL, f"tremplin/notices/{reason}/{subject}/{person_id}"))


def obstacle(notice: Notice, contact: Contact | None) -> State | None:
    """The state in which ``notice`` stays unsent, given the person's contact; None when it can be sent."""
    if contact is None:
        return "no_contact"
    if contact.erased or contact.private is None:
        return "cancelled"
    if notice.reason in contact.muted and notice.reason in OPTIONAL:
        return "muted"
    return None


def waits_for_number(notice: Notice, number: str | None) -> bool:
    """Whether the event that tells the number is still worth waiting for: a mail without it is better than none."""
    return number is None and notice.reason not in (MAILING, INVITATION) and notice.attempts < NUMBER_PATIENCE


def delay(attempt: int) -> float | None:
    """Seconds of system time to wait after failed attempt number ``attempt`` (from 1), or None to give up."""
    return None if attempt >= MOST_ATTEMPTS else min(LONGEST_DELAY_SECONDS, 4.0 ** (attempt - 1))


def require_failed(state: str | None) -> None:
    """Raise ``NotFound`` or ``NotFailed`` unless a notice in ``state`` may be sent again by hand."""
    if state is None:
        raise NotFound
    if state != "failed":
        raise refusals.NotFailed(allowed=["failed"])
