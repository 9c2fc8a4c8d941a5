"""How a person wants to be told: where (sealed under their own key), in which language, by which channels, of what not."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from contracts.decision import Decision, NotFound
from contracts.model import Email, Id, Instant, Model, Phone
from services.notifications.commands import ChannelName, EraseContact, Language, MuteReasons, PutContact
from services.notifications.domain import refusals
from services.notifications.domain.catalogue import OPTIONAL, REASONS

STAFF = frozenset({"programme_officer", "administrator"})


class Address(Model):
    """Where a person is reached; never in a log or an error."""

    email: Email
    phone: Phone | None = None


class Contact(Model):
    """The aggregate. ``private`` is absent once the person is erased."""

    person_id: Id
    updated_at: Instant
    private: Address | None = None
    language: Language = "fr"
    channels: tuple[ChannelName, ...] = ("email",)
    muted: tuple[str, ...] = ()
    erased: bool = False


def put(contact: Contact | None, command: PutContact, available: Collection[str], now: datetime) -> Decision[Contact]:
    """Set where and how the person is told; what they turned off stays off.

    ``available`` are the channels of this installation. Raises ``PersonErased``, ``ChannelUnavailable``, ``PhoneRequired``.
    """
    if contact is not None and contact.erased:
        raise refusals.PersonErased
    if not set(command.channels) <= set(available):
        raise refusals.ChannelUnavailable(field="channels", allowed=sorted(available))
    if "sms" in command.channels and command.phone is None:
        raise refusals.PhoneRequired(field="phone")
    changed = Contact(
        person_id=command.person_id,
        updated_at=now,
        private=Address(email=command.email, phone=command.phone),
        language=command.language,
        channels=tuple(dict.fromkeys(command.channels)),
        muted=contact.muted if contact else (),
    )
    return Decision(changed, (), _answer(changed))


def mute(contact: Contact | None, command: MuteReasons, now: datetime) -> Decision[Contact]:
    """Turn off exactly these reasons. Raises ``NotFound``, ``PersonErased``, ``UnknownReason``, ``MandatoryReason``."""
    if contact is None:
        raise NotFound
    if contact.erased:
        raise refusals.PersonErased
    if not set(command.muted) <= set(REASONS):
        raise refusals.UnknownReason(field="muted", allowed=list(OPTIONAL))
    if mandatory := sorted(set(command.muted) - set(OPTIONAL)):
        problems = [{"field": f"muted.{reason}", "code": "mandatory_reason"} for reason in mandatory]
        raise refusals.MandatoryReason(field="muted", allowed=list(OPTIONAL), problems=problems)
    changed = contact.model_copy(update={"muted": tuple(sorted(set(command.muted))), "updated_at": now})
    return Decision(changed, (), _answer(changed))


def erase(command: EraseContact, now: datetime) -> Decision[Contact]:
    """Forget the person for good, known or not: nobody can be told anything under this id again."""
    return Decision(Contact(person_id=command.person_id, updated_at=now, erased=True))


def require_self(by: Id, held: Collection[str], person_id: Id, *, staff: bool) -> None:
    """Only the person, or staff where ``staff`` says so. Raises ``NotFound``: others learn nothing."""
    if by != person_id and not (staff and not STAFF.isdisjoint(held)):
        raise NotFound


def _answer(contact: Contact) -> dict[str, Any]:
    kept = {"person_id", "language", "channels", "muted"}
    return contact.model_dump(mode="json", include=kept)
