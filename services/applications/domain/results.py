"""What becomes of an application once the results are announced: a place, the reserve, or neither; accepted or declined."""

from datetime import datetime
from typing import Any

from contracts.applications import (
    ApplicationNotSelected,
    ApplicationReserved,
    ApplicationSelected,
    InitiativePublished,
    LapseSelection,
    SelectionAccepted,
    SelectionDeclined,
)
from contracts.decision import Decision
from contracts.model import Event
from services.applications.commands import AcceptPlace, DeclinePlace, OfferPlace, RecordResult
from services.applications.domain import refusals
from services.applications.domain.applicants import NATURAL
from services.applications.domain.application import Application, Place, existing, in_status, owned_by
from services.applications.domain.calls import Call


def record(state: Application | None, command: RecordResult, call: Call) -> Decision[Application]:
    """Apply the announced result, once. Who withdrew meanwhile and was selected has declined."""
    found = existing(state)
    if found.status == "withdrawn":
        return Decision(found, (_declined(found, lapsed=False),) if command.outcome == "selected" else ())
    if found.place is not None:
        return Decision(found)
    in_status(found, "eligible", "under_evaluation")
    place = Place(rank=command.rank, announced_at=command.announced_at)
    if command.outcome == "selected":
        return _selected(found, place, command.announced_at, call)
    changed = found.model_copy(update={"status": command.outcome, "place": place})
    told = _told(found)
    if command.outcome == "reserve":
        return Decision(changed, (ApplicationReserved(**told, rank=command.rank or 0),))
    return Decision(changed, (ApplicationNotSelected(**told),))


def offer(state: Application | None, command: OfferPlace, call: Call) -> Decision[Application]:
    """Give the reserve's next a freed place; who declined or withdrew meanwhile declines it, so that it goes on."""
    found = existing(state)
    if found.status in ("declined", "withdrawn"):
        return Decision(found, (_declined(found, lapsed=False),))
    if found.status == "selected":
        return Decision(found)
    in_status(found, "reserve")
    place = found.place or Place(announced_at=command.offered_at)
    return _selected(found, place.model_copy(update={"from_reserve": True}), command.offered_at, call)


def _selected(found: Application, place: Place, since: datetime, call: Call) -> Decision[Application]:
    programme = call.definition.programme
    place = place.model_copy(update={"accept_by": call.definition.end_of_day(since, programme.accept_days)})
    facts = found.facts
    assert facts  # noqa: S101
    event = ApplicationSelected(
        **_told(found),
        initiative_id=found.application_id,
        theme=facts.theme,
        departement=facts.departement,
        from_reserve=place.from_reserve,
        accept_by=place.accept_by,
        programme=programme,
        applicant_kind=found.kind,
        zone=call.definition.schedule.zone,
    )
    return Decision(found.model_copy(update={"status": "selected", "place": place}), (event,))


def accept(state: Application | None, command: AcceptPlace, now: datetime) -> Decision[Application]:
    """The laureate takes the place in time; the public record of the initiative is published with it."""
    found, place = _offered(owned_by(state, command.person_id))
    if place.accept_by and now > place.accept_by:
        raise refusals.AcceptanceOverdue(allowed={"accept_by": place.accept_by.isoformat()})
    accepted = found.model_copy(update={"place": place.model_copy(update={"accepted_at": now})})
    event = SelectionAccepted(
        initiative_id=found.application_id,
        application_id=found.application_id,
        call_id=found.call_id,
        owner_id=found.owner_id,
        accepted_at=now,
    )
    answer = {"application_id": str(found.application_id), "status": "selected", "accepted_at": now.isoformat()}
    return Decision(accepted, (event, *published(found)), answer)


def published(application: Application) -> tuple[Event, ...]:
    """The public record; a natural person, and a collective of them, stay unnamed."""
    content, facts = application.private, application.facts
    if content is None or facts is None:
        return ()
    named = application.kind not in NATURAL
    data: dict[str, Any] = facts.model_dump(include={"departement", "commune", "theme"})
    record = InitiativePublished(
        **data,
        initiative_id=application.application_id,
        call_id=application.call_id,
        number=application.quoted,
        title=str(content.answers.get("title", "")),
        purpose=str(content.answers.get("purpose", "")),
        applicant_kind=application.kind,
        organisation_name=content.applicant.name if named else None,
        siret=content.applicant.siret if named else None,
        rna=content.applicant.rna if named else None,
        synthetic=application.synthetic,
    )
    return (record,)


def decline(state: Application | None, command: DeclinePlace) -> Decision[Application]:
    """The laureate gives the place back, or someone of the reserve does not want one any more."""
    found = owned_by(state, command.person_id)
    answer = {"application_id": str(found.application_id), "status": "declined"}
    if found.status == "reserve":
        return Decision(found.model_copy(update={"status": "declined"}), (), answer)
    found, _ = _offered(found)
    return Decision(found.model_copy(update={"status": "declined"}), (_declined(found, lapsed=False),), answer)


def lapse(state: Application | None, command: LapseSelection, now: datetime) -> Decision[Application]:
    """Nobody answered in time: the place goes to the reserve."""
    found, place = _offered(existing(state))
    if place.accept_by and now <= place.accept_by:
        raise refusals.AcceptanceStillOpen(allowed={"accept_by": place.accept_by.isoformat()})
    lapsed = found.model_copy(update={"status": "declined", "place": place.model_copy(update={"lapsed": True})})
    return Decision(lapsed, (_declined(found, lapsed=True),))


def _offered(found: Application) -> tuple[Application, Place]:
    if found.status == "declined":
        raise refusals.AlreadyDeclined
    in_status(found, "selected")
    place = found.place
    assert place  # noqa: S101
    if place.accepted_at:
        raise refusals.AlreadyAccepted
    return found, place


def _told(found: Application) -> dict[str, Any]:
    return {
        "application_id": found.application_id,
        "call_id": found.call_id,
        "owner_id": found.owner_id,
        "number": found.quoted,
    }


def _declined(found: Application, lapsed: bool) -> SelectionDeclined:
    return SelectionDeclined(**_told(found), initiative_id=found.application_id, lapsed=lapsed)
