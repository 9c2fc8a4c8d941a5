"""Officers' files, absences, notes and paper, by the domain alone."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.decision import Decision
from contracts.officers import ApplicationEntered, FileAssigned
from services.applications import desk_commands as commands
from services.applications.domain import assignment, notes, officers, paper
from services.applications.domain.application import Application
from services.applications.domain.notes import Note
from services.applications.domain.officers import Delegation, Officer, effective
from tests.applications import PERSON, answers
from tests.candidature import CALL, NOW, OFFICER, OWNER, draft, refused, submit

COLLEAGUE = uuid4()
DAY = timedelta(days=1)


def by_officer(**given: Any) -> dict[str, Any]:
    return {"command_id": uuid4(), "person_id": OFFICER, **given}


def assign(application: Application, officer_id: UUID | None) -> Decision[Application]:
    order = commands.AssignOfficer(**by_officer(application_id=application.application_id, officer_id=officer_id))
    return assignment.assign(application, order, NOW)


def test_every_change_of_hands_is_told_and_kept_and_no_change_is_not() -> None:
    given_ = assign(submit(draft()).state, OFFICER)
    assert assign(given_.state, OFFICER).events == ()
    passed_on = assign(given_.state, COLLEAGUE)
    (event,) = passed_on.events
    assert isinstance(event, FileAssigned)
    assert (event.previous_id, event.officer_id, event.assigned_by) == (OFFICER, COLLEAGUE, OFFICER)
    nobodys = assign(passed_on.state, None).state
    assert [each.officer_id for each in nobodys.assignments] == [OFFICER, COLLEAGUE, None]
    assert nobodys.assigned_to is None


def test_drafts_and_own_applications_are_given_to_no_officer() -> None:
    refused("not_found", lambda: assign(draft(), OFFICER))
    refused("own_application", lambda: assign(submit(draft()).state, OWNER))


def delegate(state: Officer | None, start: float, end: float, now: datetime = NOW, to: UUID = COLLEAGUE) -> Officer:
    order = commands.DelegateFiles(
        **by_officer(officer_id=OFFICER, delegate_id=to, starts_at=NOW + start * DAY, ends_at=NOW + end * DAY)
    )
    return officers.delegate(state, order, now).state


def end(state: Officer, delegation: Delegation, now: datetime) -> Officer:
    order = commands.EndDelegation(**by_officer(officer_id=OFFICER, delegation_id=delegation.delegation_id))
    return officers.end(state, order, now).state


def test_an_absence_is_dated_and_one_at_a_time() -> None:
    away = delegate(None, 1, 3)
    assert [effective(OFFICER, {OFFICER: away}, NOW + day * DAY) for day in (0.9, 1, 2.9, 3)] == [
        OFFICER, COLLEAGUE, COLLEAGUE, OFFICER,
    ]  # fmt: skip
    for start, finish in ((0, 1.5), (2, 2.5), (2.9, 9), (0, 9)):
        refused("delegation_overlaps", lambda start=start, finish=finish: delegate(away, start, finish))  # type: ignore[misc]
    assert len(delegate(away, 3, 4).delegations) == 2
    refused("period_invalid", lambda: delegate(None, 2, 2))
    refused("period_invalid", lambda: delegate(None, -3, -1))
    refused("delegation_to_oneself", lambda: delegate(None, 1, 2, to=OFFICER))


def test_a_delegation_ended_before_its_date_leaves_room_for_another() -> None:
    away = delegate(None, 1, 9)
    back = end(away, away.delegations[0], NOW + 2 * DAY)
    assert effective(OFFICER, {OFFICER: back}, NOW + 3 * DAY) == OFFICER
    refused("delegation_over", lambda: end(back, back.delegations[0], NOW + 2 * DAY))
    assert delegate(back, 3, 4, NOW + 2 * DAY).delegate(NOW + 3.5 * DAY) == COLLEAGUE
    never = end(away, away.delegations[0], NOW)
    assert not any(never.delegations[0].holds(NOW + day * DAY) for day in range(10))
    refused("not_found", lambda: officers.end(None, commands.EndDelegation(
        **by_officer(officer_id=OFFICER, delegation_id=uuid4())), NOW))  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8))
def test_someone_always_acts_and_nobody_who_is_away_while_another_is_there(pairs: list[tuple[int, int]]) -> None:
    away: dict[UUID, Officer] = {}
    for absent, stand_in in pairs:
        found = Delegation(
            delegation_id=uuid4(), delegate_id=UUID(int=stand_in), starts_at=NOW, ends_at=NOW + DAY,
            delegated_by=OFFICER, delegated_at=NOW,
        )  # fmt: skip
        if absent != stand_in:
            away[UUID(int=absent)] = Officer(officer_id=UUID(int=absent), delegations=(found,))
    for officer in map(UUID, (f"{each:032x}" for each in range(5))):
        acting = effective(officer, away, NOW)
        assert acting is not None
        assert acting not in away or acting == officer
        assert effective(officer, away, NOW + DAY) == officer


def write(application: Application, person: UUID = OFFICER) -> Note:
    order = commands.WriteNote(
        command_id=uuid4(), person_id=person, application_id=application.application_id, text="Canary"
    )
    return notes.write(None, order, application, NOW).state


def test_a_note_is_no_event_and_what_is_deleted_is_gone() -> None:
    application = submit(draft()).state
    note = write(application)
    order = commands.DeleteNote(**by_officer(application_id=application.application_id, note_id=note.note_id))
    decision = notes.delete(note, order, NOW + DAY)
    assert decision.events == ()
    assert "Canary" not in decision.state.model_dump_json()
    assert "Canary" not in str(notes.trace(note))
    assert (decision.state.deleted_by, decision.state.deleted_at) == (OFFICER, NOW + DAY)
    refused("note_deleted", lambda: notes.delete(decision.state, order, NOW))
    refused("author_only", lambda: notes.delete(note, order.model_copy(update={"person_id": COLLEAGUE}), NOW))
    refused("not_found", lambda: notes.delete(note, order.model_copy(update={"application_id": uuid4()}), NOW))
    refused("not_found", lambda: write(application, OWNER))
    refused("not_found", lambda: write(draft()))


def entering(**changes: Any) -> commands.EnterApplication:
    given: dict[str, Any] = {
        "application_id": uuid4(), "call_id": CALL.call_id, "owner_id": OWNER, "kind": "person", "channel": "telephone",
        "received_at": NOW - timedelta(hours=1), "applicant": PERSON, "contact": {"phone": "+33612345678"},
        "answers": answers(), "synthetic": True,
    }  # fmt: skip
    return commands.EnterApplication.model_validate(by_officer(**given) | changes)


def confirm(application: Application, person: UUID = OWNER) -> Decision[Application]:
    order = commands.ConfirmApplication(command_id=uuid4(), person_id=person, application_id=application.application_id)
    return paper.confirm(application, order, NOW + DAY)


def test_what_is_entered_is_the_applicants_and_says_so_until_they_confirm() -> None:
    decision = paper.enter(None, entering(), CALL, NOW)
    entered = decision.state
    assert (entered.owner_id, entered.editor_ids) == (OWNER, (OWNER, OFFICER))
    assert entered.entered_unconfirmed
    assert [type(event) for event in decision.events][1:] == [ApplicationEntered]
    assert "+336" not in "".join(event.model_dump_json() for event in decision.events)
    confirmed = confirm(entered).state
    assert (confirmed.editor_ids, confirmed.submitter_ids) == ((OWNER,), (OWNER,))
    assert not confirmed.entered_unconfirmed
    refused("already_confirmed", lambda: confirm(confirmed))
    refused("owner_only", lambda: confirm(entered, OFFICER))
    refused("not_found", lambda: confirm(entered, COLLEAGUE))
    refused("nothing_to_confirm", lambda: confirm(draft()))


def take_over(application: Application, officer_id: UUID) -> Decision[Application]:
    order = commands.TakeOverEntry(command_id=uuid4(), person_id=officer_id, application_id=application.application_id)
    return paper.take_over(application, order)


def test_a_colleague_goes_on_with_an_entry_and_the_first_edits_it_no_more() -> None:
    taken = take_over(paper.enter(None, entering(), CALL, NOW).state, COLLEAGUE)
    assert (taken.state.editor_ids, taken.state.submitter_ids) == ((OWNER, COLLEAGUE), (OWNER, COLLEAGUE))
    assert [type(event).__name__ for event in taken.events] == ["EntryTakenOver"]
    assert take_over(taken.state, COLLEAGUE).events == ()
    refused("own_application", lambda: take_over(taken.state, OWNER))
    confirmed = confirm(taken.state).state
    assert confirmed.editor_ids == (OWNER,)
    refused("not_found", lambda: take_over(confirmed, OFFICER))
    refused("not_found", lambda: take_over(submit(draft()).state, OFFICER))


def test_officers_may_take_an_entered_draft_in_hand_until_it_is_confirmed() -> None:
    entered = paper.enter(None, entering(), CALL, NOW).state
    assert assign(entered, OFFICER).state.assigned_to == OFFICER
    refused("own_application", lambda: assign(entered, OWNER))
    refused("not_found", lambda: assign(confirm(entered).state, OFFICER))


@pytest.mark.parametrize(
    ("code", "changes", "now"),
    [
        ("own_application", {"owner_id": OFFICER}, NOW),
        ("received_outside_call", {"received_at": NOW + timedelta(seconds=1)}, NOW),
        ("received_outside_call", {"received_at": datetime.fromisoformat("2021-11-30T12:00:00Z")}, NOW),
        ("deadline_passed", {}, NOW + 60 * DAY),
        ("kind_not_allowed", {"kind": "operator"}, NOW),
        ("answers_invalid", {"answers": {"own_cents": "many"}}, NOW),
    ],
)
def test_an_entry_is_held_to_the_calls_rules(code: str, changes: dict[str, Any], now: datetime) -> None:
    refused(code, lambda: paper.enter(None, entering(**changes), CALL, now))
