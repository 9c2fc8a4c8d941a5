"""The domain of applications: forms, rules, deadlines and states, by examples and by properties."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted, InitiativePublished, LapseSelection, SelectionDeclined
from contracts.calls import CallClosingSoon, CloseCall, OpenCall, RemindDrafts
from contracts.decision import Decision, NotFound, Refusal
from services.applications import commands
from services.applications.domain import calls, corrections, drafting, instruction, refusals, results, submission
from services.applications.domain.applicants import Applicant, identifiers_of, problems
from services.applications.domain.application import Application
from services.applications.domain.calls import Call
from services.applications.domain.definition import CallDefinition
from tests.applications import ASSOCIATION, PERSON, answers, definition

NOW = datetime(2021, 12, 5, 10, tzinfo=UTC)
OWNER, OFFICER = uuid4(), uuid4()


def ids() -> dict[str, Any]:
    return {"command_id": uuid4(), "person_id": OWNER}


def call(**changes: Any) -> Call:
    order = commands.PublishCall(
        **ids(), call_id=uuid4(), definition=CallDefinition.model_validate(definition(**changes))
    )
    return calls.publish(None, order, NOW).state


CALL = call()


def draft(kind: str = "person", applicant: Any = PERSON, call: Call = CALL, **changes: Any) -> Application:
    order = commands.StartDraft.model_validate(
        ids()
        | {"application_id": uuid4(), "call_id": call.call_id, "kind": kind, "applicant": applicant}
        | {"answers": answers(**changes), "synthetic": True}
    )
    return drafting.start(None, order, call, NOW).state


def submitting(application: Application, person: UUID = OWNER) -> commands.SubmitApplication:
    return commands.SubmitApplication(command_id=uuid4(), person_id=person, application_id=application.application_id)


def submit(application: Application, now: datetime = NOW, call: Call = CALL) -> Decision[Application]:
    return submission.submit(application, submitting(application), call, 187, now)


def instruct(application: Application, now: datetime = NOW, call: Call = CALL) -> Application:
    order = commands.InstructApplication(
        command_id=uuid4(), person_id=OFFICER, application_id=application.application_id
    )
    return instruction.instruct(application, order, call, now).state


def wrong(application: Application) -> set[tuple[str, str]]:
    with pytest.raises(refusals.ApplicationInvalid) as refused:
        submit(application)
    return {(each["field"], each["code"]) for each in refused.value.problems}


def refused(code: str, act: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code
    return found.value


def test_everything_wrong_in_a_definition_is_told_at_once() -> None:
    schedule = definition()["schedule"] | {"closes_at": "2021-11-01T00:00:00+01:00"}
    broken = definition(schedule=schedule, criteria=[{"code": "one", "weight": 99}])
    broken["sections"][0]["fields"].append({"code": "title", "type": "text", "label": {"fr": "a", "en": "a"}})
    broken["eligibility"][2]["resources"] = ["nowhere"]
    order = commands.PublishCall(**ids(), call_id=uuid4(), definition=CallDefinition.model_validate(broken))
    found = refused("call_invalid", lambda: calls.publish(None, order, NOW)).problems
    assert {each["code"] for each in found} == {
        "dates_out_of_order",
        "weights_not_100",
        "code_used_twice",
        "field_missing",
    }


@pytest.mark.parametrize("kind", ["challenge", "consultation", "rolling"])
def test_other_kinds_of_call_are_not_supported_yet(kind: str) -> None:
    refused("not_yet_supported", lambda: call(kind=kind))


def test_submitting_validates_everything_at_once() -> None:
    incomplete = draft(
        title="a", theme="unknown", purpose=None, requested_cents=0, contact_email="nobody", commune="75056",
        applicant={"given_name": "A", "siret": "73282932000074"},
    )  # fmt: skip
    assert wrong(incomplete) == {
        ("title", "too_short"), ("theme", "not_an_option"), ("purpose", "required"), ("requested_cents", "below_minimum"),
        ("contact_email", "invalid_email"), ("commune", "commune_outside_departement"),
        ("applicant.family_name", "required"), ("applicant.departement", "required"),
        ("applicant.siret", "not_for_this_applicant"),
    }  # fmt: skip


def test_a_condition_decides_whether_a_field_counts() -> None:
    assert wrong(draft(earlier_grants=True)) == {("grants_reported", "required")}
    hidden = submit(draft(earlier_grants=False, grants_reported=True)).state
    assert "grants_reported" not in hidden.content.answers


@pytest.mark.parametrize("amount", [-1, 0, 14_000_001])
def test_an_amount_outside_the_call_s_bounds_names_them(amount: int) -> None:
    with pytest.raises(refusals.ApplicationInvalid) as found:
        submit(draft(requested_cents=amount))
    assert found.value.problems[0]["allowed"] == {"minimum": 1, "maximum": 14_000_000}


def test_a_draft_takes_incomplete_answers_but_not_wrong_types_or_unknown_fields() -> None:
    started = draft(title=None)
    order = commands.SaveDraft.model_validate(
        ids()
        | {"application_id": started.application_id, "applicant": {}, "revision": None}
        | {"answers": {"title": 3, "territorial": "yes", "nowhere": "x", "needs": ["funding"]}}
    )
    found = refused("answers_invalid", lambda: drafting.save(started, order, CALL, NOW)).problems
    assert [(each["field"], each["code"]) for each in found] == [
        ("nowhere", "unknown_field"), ("title", "wrong_type"), ("territorial", "wrong_type"),
    ]  # fmt: skip


def test_a_stale_version_is_refused_and_a_fresh_one_merges() -> None:
    started = draft()
    base = ids() | {"application_id": started.application_id, "applicant": {"given_name": "New"}}
    stale = commands.SaveDraft.model_validate(base | {"answers": {}, "revision": 7})
    refused("version_mismatch", lambda: drafting.save(started, stale, CALL, NOW))
    fresh = commands.SaveDraft.model_validate(base | {"answers": {"title": None, "commune": "35238"}, "revision": 1})
    saved = drafting.save(started, fresh, CALL, NOW).state
    assert "title" not in saved.content.answers
    assert saved.content.answers["commune"] == "35238"
    assert (saved.content.applicant.given_name, saved.content.applicant.family_name) == ("New", PERSON["family_name"])


@given(late=st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=400)))
def test_nothing_is_submitted_after_the_deadline(late: timedelta) -> None:
    ready = draft()
    refused("deadline_passed", lambda: submit(ready, CALL.closes_at + late))
    assert submit(ready, CALL.closes_at).state.status == "submitted"


@given(early=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=19)))
def test_everything_in_time_is_submitted_and_its_receipt_is_for_the_zone(early: timedelta) -> None:
    now = min(CALL.closes_at, CALL.definition.schedule.opens_at + early)
    receipt = submit(draft(), now).answer
    assert receipt["number"] == "AIC-2021-000187"
    silence = datetime.fromisoformat(receipt["silence_at"]).astimezone(ZoneInfo("Europe/Paris"))
    assert (silence.hour, silence.minute, silence.second) == (23, 59, 59)
    assert silence.date() - now.astimezone(ZoneInfo("Europe/Paris")).date() == timedelta(days=61)


def test_a_second_submission_gets_the_same_receipt_and_no_second_event() -> None:
    first = submit(draft())
    again = submission.submit(first.state, submitting(first.state), CALL, 999, NOW + timedelta(days=99))
    assert again.answer == first.answer
    assert again.events == ()


def test_the_events_hold_no_personal_data() -> None:
    event = submit(draft("association", ASSOCIATION)).events[0]
    assert isinstance(event, ApplicationSubmitted)
    assert event.siren == ASSOCIATION["siret"][:9]
    assert "canary" not in event.model_dump_json().lower()


@given(st.permutations(list(answers())))
def test_the_digest_does_not_depend_on_the_order_of_answers(order: list[str]) -> None:
    ready = draft()
    private = ready.content.model_copy(update={"answers": {code: ready.content.answers[code] for code in order}})
    assert submission.content_digest(ready.model_copy(update={"private": private})) == submission.content_digest(ready)


def test_a_member_submits_with_the_owner_s_consent_only() -> None:
    member, ready = uuid4(), draft()
    refused("not_found", lambda: submission.check(ready, submitting(ready, member), CALL, NOW))
    order = {"application_id": ready.application_id, "editor_id": member}
    joined = drafting.add_editor(ready, commands.AddEditor(**ids(), **order, may_submit=False)).state
    refused("consent_missing", lambda: submission.check(joined, submitting(joined, member), CALL, NOW))
    trusted = drafting.add_editor(joined, commands.AddEditor(**ids(), **order, may_submit=True)).state
    assert submission.check(trusted, submitting(trusted, member), CALL, NOW) is trusted


@pytest.mark.parametrize(
    ("kind", "applicant", "expected"),
    [
        ("association", {"name": "A", "departement": "67"}, set()),
        ("association", {"name": "A", "departement": "67", "rna": "W671234567"}, {"not_for_this_applicant"}),
        ("association", {"name": "A", "departement": "35"}, {"required"}),
        ("association", {"name": "A", "departement": "988", "ridet": "0123456001"}, set()),
        ("company", {"name": "A", "departement": "987", "tahiti": "A12345"}, set()),
        ("company", {"name": "A", "departement": "35", "siret": "73282932000075"}, {"invalid_siret"}),
        ("company", {"name": "A", "departement": "75", "siret": "35600000049837"}, set()),
        ("person", PERSON | {"name": "A"}, {"not_for_this_applicant"}),
        ("collective", PERSON, {"required"}),
        ("state_service", {"name": "A", "departement": "99", "siret": "73282932000074"}, {"invalid_departement"}),
    ],
)
def test_each_kind_of_applicant_has_its_identifiers(kind: Any, applicant: Any, expected: set[str]) -> None:
    assert {each["code"] for each in problems(kind, Applicant.model_validate(applicant))} == expected
    assert identifiers_of("person", "35") == ((), ())


@pytest.mark.parametrize(
    ("changes", "kind", "applicant", "rule"),
    [
        ({}, "person", PERSON, "all_passed"),
        ({"public_page": None}, "person", PERSON, "complete"),
        ({"departement": "13"}, "person", PERSON, "territory_allowed"),
        ({"requested_cents": 50_000}, "person", PERSON, "amount_between"),
        ({"own_cents": 1}, "person", PERSON, "balanced_budget"),
        ({"requested_cents": 9_000_000, "own_cents": 1_000_000}, "person", PERSON, "balanced_budget"),
        ({"republican_commitment": False}, "association", ASSOCIATION, "republican_commitment"),
        ({"republican_commitment": False}, "person", PERSON, "all_passed"),
        ({"earlier_grants": True, "grants_reported": False}, "person", PERSON, "earlier_grants_reported"),
        ({"de_minimis_cents": 12_000_001}, "company", ASSOCIATION | {"rna": None}, "de_minimis"),
        ({"de_minimis_cents": 12_000_000}, "company", ASSOCIATION | {"rna": None}, "all_passed"),
    ],
)
def test_each_rule_refuses_what_it_is_for(changes: Any, kind: str, applicant: Any, rule: str) -> None:
    decided = instruct(submit(draft(kind, applicant, **changes)).state)
    assert decided.decisions[-1].rule == rule
    adverse = {"complete": "inadmissible", "all_passed": "eligible"}.get(rule, "ineligible")
    assert decided.status == adverse


def test_a_correction_completes_what_was_asked_and_nothing_that_is_scored() -> None:
    sent = submit(draft(public_page=None)).state
    order = {"command_id": uuid4(), "person_id": OFFICER, "application_id": sent.application_id}
    scored = commands.RequestCorrection(**order, fields=("title",))
    refused("field_not_correctable", lambda: corrections.request(sent, scored, CALL, NOW))
    asked = corrections.request(sent, commands.RequestCorrection(**order, fields=("public_page",)), CALL, NOW).state
    refused("correction_still_open", lambda: instruct(asked))
    mine = ids() | {"application_id": sent.application_id}
    other = commands.CorrectApplication(**mine, answers={"own_cents": 3})
    refused("field_not_correctable", lambda: corrections.correct(asked, other, CALL, NOW))
    right = commands.CorrectApplication(**mine, answers={"public_page": "https://example.org"})
    assert asked.correction
    late = asked.correction.due_at + timedelta(seconds=1)
    refused("correction_overdue", lambda: corrections.correct(asked, right, CALL, late))
    assert instruct(asked, late).decisions[-1].rule == "complete"
    done = corrections.correct(asked, right, CALL, asked.correction.due_at).state
    assert done.status == "submitted"
    assert (done.number, done.submitted_at) == (sent.number, sent.submitted_at)
    assert done.content_digest != sent.content_digest
    assert instruct(done).status == "eligible"


def test_a_mistaken_decision_is_replaced_and_stays_on_record() -> None:
    rejected = instruct(submit(draft(departement="13")).state)
    order = {
        "command_id": uuid4(),
        "person_id": OFFICER,
        "application_id": rejected.application_id,
        "reason": "checked",
    }
    replacing = commands.ReplaceDecision(**order, decision=2, outcome="eligible", rule="officer_assessment")
    decided = instruction.replace(rejected, replacing, CALL, NOW)
    assert [event.type for event in decided.events] == ["DecisionCorrected", "ApplicationFoundEligible"]
    assert [each.replaced for each in decided.state.decisions] == [False, True, False]
    assert decided.state.content.reasons == {"3": "checked"}
    refused("decision_replaced", lambda: instruction.replace(decided.state, replacing, CALL, NOW))
    frozen = CALL.model_copy(update={"frozen_at": NOW})
    refused("pool_frozen", lambda: instruction.replace(rejected, replacing, frozen, NOW))
    unknown = replacing.model_copy(update={"rule": "in_time"})
    refused("rule_unknown", lambda: instruction.replace(rejected, unknown, CALL, NOW))


def announced(application: Application, outcome: Any, rank: int | None = None) -> Decision[Application]:
    order = commands.RecordResult(
        command_id=uuid4(), application_id=application.application_id, outcome=outcome, rank=rank, announced_at=NOW
    )
    return results.record(application, order, CALL)


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


@given(hours=st.integers(min_value=-1000, max_value=1000))
def test_a_deadline_only_ever_moves_away(hours: int) -> None:
    wanted = CALL.closes_at + timedelta(hours=hours)
    order = commands.ExtendDeadline(**ids(), call_id=CALL.call_id, closes_at=wanted, reason="outage")
    if hours <= 0:
        refused("deadline_shortened", lambda: calls.extend(CALL, order, NOW))
    elif wanted > CALL.definition.schedule.evaluation_opens_at:
        refused("dates_out_of_order", lambda: calls.extend(CALL, order, NOW))
    else:
        assert calls.extend(CALL, order, NOW).state.closes_at == wanted
    refused("deadline_passed", lambda: calls.extend(CALL, order, CALL.closes_at + timedelta(seconds=1)))


def test_the_workflow_opens_reminds_and_closes_in_their_time_only() -> None:
    opening = OpenCall(command_id=uuid4(), call_id=CALL.call_id)
    refused("call_not_open", lambda: calls.open_call(CALL, opening, CALL.definition.schedule.opens_at - timedelta(1)))
    opened = calls.open_call(CALL, opening, NOW).state
    refused("call_already_opened", lambda: calls.open_call(opened, opening, NOW))
    reminding = RemindDrafts(command_id=uuid4(), call_id=CALL.call_id, days=3)
    many = [(uuid4(), uuid4()) for _ in range(4_500)]
    told = calls.remind(CALL, reminding, many).events
    assert [len(event.drafts) for event in told if isinstance(event, CallClosingSoon)] == [2_000, 2_000, 500]
    assert len(calls.remind(CALL, reminding, []).events) == 1
    closing = CloseCall(command_id=uuid4(), call_id=CALL.call_id)
    refused("deadline_not_reached", lambda: calls.close(opened, closing, 3, CALL.closes_at))
    closed = calls.close(opened, closing, 3, CALL.closes_at + timedelta(seconds=1)).state
    refused("call_already_closed", lambda: calls.close(closed, closing, 3, CALL.closes_at + timedelta(seconds=2)))


def test_a_stranger_learns_nothing() -> None:
    stranger = commands.WithdrawApplication(command_id=uuid4(), person_id=uuid4(), application_id=uuid4())
    with pytest.raises(NotFound):
        drafting.withdraw(draft(), stranger)
    with pytest.raises(NotFound):
        drafting.withdraw(None, stranger)


@pytest.mark.parametrize("month", [3, 10])
def test_days_end_at_midnight_of_the_zone_across_clock_changes(month: int) -> None:
    before = datetime(2022, month, 20, 12, tzinfo=UTC)
    end = CALL.definition.end_of_day(before, 10)
    assert end.astimezone(ZoneInfo("Europe/Paris")).strftime("%d %H:%M:%S") == "30 23:59:59"
