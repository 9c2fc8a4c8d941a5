"""What came on paper or by telephone: typed in by an officer for its applicant, who is asked to confirm it."""

from datetime import datetime

from contracts.decision import Decision, NotFound
from contracts.model import Id
from contracts.officers import ApplicationConfirmed, ApplicationEntered, EntryTakenOver
from services.applications.commands import StartDraft
from services.applications.desk_commands import ConfirmApplication, EnterApplication, TakeOverEntry
from services.applications.domain import desk_refusals as refusals
from services.applications.domain import drafting
from services.applications.domain.application import Application, Entry, owned_by
from services.applications.domain.assignment import applicants_of, seen_by_officers
from services.applications.domain.calls import Call


def enter(state: Application | None, command: EnterApplication, call: Call, now: datetime) -> Decision[Application]:
    """Start the applicant's draft for them: theirs from the start, edited and submitted by the officer until confirmed.

    Raises ``OwnApplication``, ``ReceivedOutsideCall``, and what ``drafting.start`` does: the call's dates hold on paper, too.
    """
    if command.owner_id == command.person_id:
        raise refusals.OwnApplication(field="owner_id")
    decision = drafting.start(state, _draft(command), call, now)
    opens_at = call.definition.schedule.opens_at
    if not opens_at <= command.received_at <= now:
        raise refusals.ReceivedOutsideCall(field="received_at", allowed={"from": opens_at.isoformat()})
    both = (command.owner_id, command.person_id)
    entered = decision.state.model_copy(
        update={
            "editor_ids": both,
            "submitter_ids": both,
            "entry": Entry(channel=command.channel, received_at=command.received_at, entered_by=command.person_id),
            "private": decision.state.content.model_copy(
                update={"contact": command.contact.model_dump(exclude_none=True)}
            ),
        }
    )
    event = ApplicationEntered(
        application_id=entered.application_id,
        call_id=entered.call_id,
        owner_id=entered.owner_id,
        channel=command.channel,
        received_at=command.received_at,
        entered_by=command.person_id,
    )
    return Decision(entered, (*decision.events, event), decision.answer)


def _draft(command: EnterApplication) -> StartDraft:
    return StartDraft(
        command_id=command.command_id,
        application_id=command.application_id,
        call_id=command.call_id,
        person_id=command.owner_id,
        kind=command.kind,
        applicant=command.applicant,
        answers=command.answers,
        synthetic=command.synthetic,
    )


def take_over(state: Application | None, command: TakeOverEntry) -> Decision[Application]:
    """Another officer goes on typing: the first may be away on the last day. Raises ``NotFound`` or ``OwnApplication``."""
    found = seen_by_officers(state)
    if found.entry is None or not found.entered_unconfirmed:
        raise NotFound
    if command.person_id in applicants_of(found):
        raise refusals.OwnApplication
    answer = {"application_id": str(found.application_id), "officer_id": str(command.person_id)}
    previous = found.entry.typist
    if previous == command.person_id:
        return Decision(found, (), answer)
    taken = found.model_copy(
        update={
            "entry": found.entry.model_copy(update={"taken_over_by": command.person_id}),
            "editor_ids": _replaced(found.editor_ids, previous, command.person_id),
            "submitter_ids": _replaced(found.submitter_ids, previous, command.person_id),
        }
    )
    event = EntryTakenOver(
        application_id=found.application_id,
        call_id=found.call_id,
        officer_id=command.person_id,
        previous_id=previous,
    )
    return Decision(taken, (event,), answer)


def _replaced(persons: tuple[Id, ...], previous: Id, officer_id: Id) -> tuple[Id, ...]:
    return (*(person for person in persons if person != previous), officer_id)


def confirm(state: Application | None, command: ConfirmApplication, now: datetime) -> Decision[Application]:
    """The owner takes the application as their own; the officer who typed it in edits it no more.

    Raises ``NotFound``, ``OwnerOnly``, ``NothingToConfirm`` or ``AlreadyConfirmed``.
    """
    found = owned_by(state, command.person_id)
    entry = found.entry
    if entry is None:
        raise refusals.NothingToConfirm
    if entry.confirmed_at:
        raise refusals.AlreadyConfirmed
    confirmed = found.model_copy(
        update={
            "entry": entry.model_copy(update={"confirmed_at": now}),
            "editor_ids": tuple(person for person in found.editor_ids if person != entry.typist),
            "submitter_ids": tuple(person for person in found.submitter_ids if person != entry.typist),
        }
    )
    event = ApplicationConfirmed(
        application_id=found.application_id, call_id=found.call_id, owner_id=found.owner_id, confirmed_at=now
    )
    answer = {
        "application_id": str(found.application_id),
        "status": found.status,
        "confirmed_at": now.isoformat(),
    }
    return Decision(confirmed, (event,), answer)
