"""Drafts and submissions: everything validated at once, on time, by whoever may."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import ApplicationSubmitted
from contracts.decision import NotFound
from services.applications import commands
from services.applications.domain import drafting, refusals, submission
from services.applications.domain.applicants import Applicant, identifiers_of, problems
from tests.applications import ASSOCIATION, PERSON, answers
from tests.candidature import CALL, NOW, draft, ids, refused, submit, submitting, wrong


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


def test_a_stranger_learns_nothing() -> None:
    stranger = commands.WithdrawApplication(command_id=uuid4(), person_id=uuid4(), application_id=uuid4())
    with pytest.raises(NotFound):
        drafting.withdraw(draft(), stranger)
    with pytest.raises(NotFound):
        drafting.withdraw(None, stranger)
