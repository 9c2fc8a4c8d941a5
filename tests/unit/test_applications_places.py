"""Results: places accepted, declined, lapsed and offered on."""

from datetime import timedelta
from uuid import uuid4

from contracts.applications import ApplicationSelected, InitiativePublished, LapseSelection, SelectionDeclined
from services.applications import commands
from services.applications.domain import drafting, results
from tests.applications import ASSOCIATION, definition
from tests.candidature import CALL, NOW, announced, draft, ids, instruct, new_call, refused, submit


def test_a_place_is_accepted_in_time_or_lapses() -> None:
    selected = announced(instruct(submit(draft("association", ASSOCIATION)).state), "selected", 1).state
    assert selected.place
    assert selected.place.accept_by
    accept = commands.AcceptPlace(**ids(), application_id=selected.application_id)
    late = selected.place.accept_by + timedelta(seconds=1)
    refused("acceptance_overdue", lambda: results.accept(selected, accept, late))
    lapse = LapseSelection(command_id=uuid4(), application_id=selected.application_id)
    refused("acceptance_still_open", lambda: results.lapse(selected, lapse, selected.place.accept_by))  # type: ignore[arg-type,union-attr]
    accepted = results.accept(selected, accept, selected.place.accept_by)
    published = accepted.events[1]
    assert isinstance(published, InitiativePublished)
    assert published.organisation_name == ASSOCIATION["name"]
    refused("already_accepted", lambda: results.lapse(accepted.state, lapse, late))
    lapsed = results.lapse(selected, lapse, late)
    assert isinstance(lapsed.events[0], SelectionDeclined)
    assert lapsed.events[0].lapsed
    refused("already_declined", lambda: results.accept(lapsed.state, accept, NOW))


def test_a_natural_person_is_published_without_a_name() -> None:
    selected = announced(instruct(submit(draft()).state), "selected", 1).state
    accepted = results.accept(selected, commands.AcceptPlace(**ids(), application_id=selected.application_id), NOW)
    published = accepted.events[1]
    assert isinstance(published, InitiativePublished)
    assert (published.organisation_name, published.siret, published.rna) == (None, None, None)
    assert "Canary-Family" not in published.model_dump_json()


def test_the_reserve_is_offered_the_place_and_whoever_withdrew_passes_it_on() -> None:
    eligible = instruct(submit(draft()).state)
    reserved = announced(eligible, "reserve", 1).state
    offer = commands.OfferPlace(command_id=uuid4(), application_id=reserved.application_id, offered_at=NOW)
    offered = results.offer(reserved, offer, CALL).state
    assert offered.status == "selected"
    assert offered.place
    assert offered.place.from_reserve
    withdrawing = commands.WithdrawApplication(**ids(), application_id=eligible.application_id)
    withdrawn = drafting.withdraw(eligible, withdrawing).state
    assert [event.type for event in announced(withdrawn, "selected", 1).events] == ["SelectionDeclined"]
    assert announced(withdrawn, "not_selected").events == ()
    refused("wrong_state", lambda: drafting.withdraw(reserved, withdrawing))


def test_a_result_is_recorded_once() -> None:
    selected = announced(instruct(submit(draft()).state), "selected", 1).state
    assert announced(selected, "not_selected").state is selected
    refused("wrong_state", lambda: announced(draft(), "selected", 1))


def test_a_laureate_is_told_with_the_zone_of_the_call() -> None:
    call = new_call(schedule=definition()["schedule"] | {"zone": "Pacific/Noumea"})
    eligible = instruct(submit(draft(call=call), call=call).state, call=call)
    (selected,) = announced(eligible, "selected", 1, call).events
    assert isinstance(selected, ApplicationSelected)
    assert selected.zone == "Pacific/Noumea"
