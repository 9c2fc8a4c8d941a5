"""Who is known from what came on paper: a link that is mailed to them makes a log-in theirs, once."""

from datetime import datetime, timedelta
from typing import Literal

from contracts.decision import Decision
from contracts.model import Digest
from contracts.people import LoginUnlinked, PersonInvited, PersonJoined
from services.people.commands import InvitePerson, JoinPerson, UnlinkLogin
from services.people.domain import persons, refusals
from services.people.domain.persons import Invitation, Login, Person, Trace
from services.people.domain.rights import FREE_ROLES

VALID = timedelta(days=14)
State = Literal["own_account", "joined", "not_invited", "open", "expired"]


def state_of(person: Person, now: datetime) -> State:
    """Whether the person has an account of their own, or how far they are with getting one."""
    if person.login is not None:
        return "joined"
    if not person.from_paper or not FREE_ROLES.issuperset(person.role_names()):
        return "own_account"
    if person.invitation is None:
        return "not_invited"
    return "expired" if now > person.invitation.expires_at else "open"


def invite(person: Person | None, command: InvitePerson, now: datetime) -> Decision[Person]:
    """A new link, in place of the one before. Raises ``NotFound``, ``PersonErased``, ``LogsInAlready``.

    Whoever holds more than what anybody may hold, or registered themself, is no account that a mail gives away.
    """
    known = persons.existing(person)
    if state_of(known, now) in ("own_account", "joined"):
        raise refusals.LogsInAlready
    invitation = Invitation(
        invitation_id=command.invitation_id, digest=command.digest, invited_at=now, expires_at=now + VALID
    )
    trace = Trace(action="invited", by=command.by, at=now)
    event = PersonInvited(
        person_id=known.person_id,
        invitation_id=invitation.invitation_id,
        invited_by=command.by,
        expires_at=invitation.expires_at,
    )
    answer = {"invitation_id": str(invitation.invitation_id), "expires_at": invitation.expires_at.isoformat()}
    return Decision(known.changed(trace, invitation=invitation), (event,), answer)


def shown(person: Person | None, digest: Digest, now: datetime) -> Person:
    """Whose account the link with this digest gives. Raises ``LinkUnknown``, ``LinkUsed``, ``LinkExpired``."""
    if person is None or person.invitation is None or person.invitation.digest != digest:
        raise refusals.LinkUnknown
    match state_of(person, now):
        case "joined":
            raise refusals.LinkUsed
        case "expired":
            raise refusals.LinkExpired
        case "open":
            return person
        case _:
            raise refusals.LinkUnknown


def require_free(account: Person | None) -> None:
    """The account that a log-in has had so far is given up: it is nobody's but its own. Raises ``LoginInUse``."""
    if account is None or account.erased_at:
        return
    if account.from_paper or account.mandates or not FREE_ROLES.issuperset(account.role_names()):
        raise refusals.LoginInUse


def join(person: Person | None, command: JoinPerson, now: datetime) -> Decision[Person]:
    """From now on the log-in is the person's. Raises what ``shown`` raises."""
    known = shown(person, command.digest, now)
    trace = Trace(action="joined", by=known.person_id, at=now)
    changed = known.changed(trace, login=Login(login_id=command.login_id, since=now))
    event = PersonJoined(person_id=known.person_id, login_id=command.login_id)
    return Decision(changed, (event,), {"person_id": str(known.person_id)})


def unlink(person: Person | None, command: UnlinkLogin, now: datetime) -> Decision[Person]:
    """The log-in is the person's no more, nor is the link by which it came.

    Raises ``NotFound``, ``PersonErased``, ``NoLoginJoined``.
    """
    known = persons.existing(person)
    if known.login is None or known.login.login_id != command.login_id:
        raise refusals.NoLoginJoined
    trace = Trace(action="unlinked", by=command.by, at=now)
    event = LoginUnlinked(person_id=known.person_id, login_id=command.login_id, unlinked_by=command.by)
    return Decision(known.changed(trace, login=None, invitation=None), (event,), {"person_id": str(known.person_id)})
