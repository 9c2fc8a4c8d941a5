"""What came on paper or by telephone: typed in by an officer for its applicant, who is asked to confirm it."""

from datetime import datetime

from contracts.decision import Decision
from contracts.officers import ApplicationConfirmed, ApplicationEntered
from services.applications.commands import StartDraft
from services.applications.desk_commands import ConfirmApplication, EnterApplication
from services.applications.domain import desk_refusals as refusals
from services.applications.domain import drafting
from services.applications.domain.application import Application, Entry, owned_by
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
            "editor_ids": tuple(person for person in found.editor_ids if person != entry.entered_by),
            "submitter_ids": tuple(person for person in found.submitter_ids if person != entry.entered_by),
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
