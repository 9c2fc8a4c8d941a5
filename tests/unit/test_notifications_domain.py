"""Contacts, preferences, the catalogue and the life of a notice."""

from datetime import UTC, datetime
from itertools import pairwise
from types import UnionType
from typing import Any, Union, get_args, get_origin
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.applications import SelectionDeclined
from contracts.calls import CallClosingSoon
from contracts.coaching import CheckInReminded
from contracts.decision import NotFound
from contracts.people import RoleGranted
from services.notifications.commands import EraseContact, MuteReasons, PutContact
from services.notifications.domain import contacts, notices, refusals
from services.notifications.domain.catalogue import BY_REASON, CANDIDATES, CATALOGUE, OFFICERS, OPTIONAL, Entry
from services.notifications.domain.contacts import Contact
from services.notifications.domain.notices import Notice

NOW = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)
PERSON, OTHER = UUID(int=2), UUID(int=3)
BOTH = frozenset({"email", "sms"})
SUBJECT = UUID(int=9)


def put(**given: Any) -> PutContact:
    return PutContact(command_id=uuid4(), person_id=PERSON, **{"email": "ada@atelier.fr", **given})


def known(**given: Any) -> Contact:
    return contacts.put(None, put(**given), BOTH, NOW).state


def mute(*reasons: str) -> MuteReasons:
    return MuteReasons(command_id=uuid4(), person_id=PERSON, muted=reasons)


def notice(reason: str = "check_in_reminded", **given: Any) -> Notice:
    identity = notices.identity(reason, "subject", PERSON)
    return Notice(
        id=identity, reason=reason, subject="subject", person_id=PERSON, about=str(SUBJECT), page="initiatives", **given
    )


def test_an_answer_holds_no_address() -> None:
    assert "atelier" not in str(contacts.put(None, put(), BOTH, NOW).answer)


def test_text_messages_need_a_number_and_a_channel() -> None:
    with pytest.raises(refusals.PhoneRequired):
        contacts.put(None, put(channels=("sms",)), BOTH, NOW)
    with pytest.raises(refusals.ChannelUnavailable) as refused:
        contacts.put(None, put(channels=("sms",), phone="+33612345678"), frozenset({"email"}), NOW)
    assert refused.value.allowed == ["email"]


def test_a_new_address_keeps_what_was_turned_off() -> None:
    muted = contacts.mute(known(), mute("check_in_reminded"), NOW).state
    assert contacts.put(muted, put(email="b@atelier.fr"), BOTH, NOW).state.muted == ("check_in_reminded",)


def test_turning_off_everything_that_may_be_turned_off() -> None:
    assert contacts.mute(known(), mute(*OPTIONAL), NOW).state.muted == OPTIONAL
    assert contacts.mute(contacts.mute(known(), mute(*OPTIONAL), NOW).state, mute(), NOW).state.muted == ()


@pytest.mark.parametrize("reason", [entry.reason for entry in CATALOGUE if entry.mandatory])
def test_receipts_decisions_and_payments_cannot_be_turned_off(reason: str) -> None:
    with pytest.raises(refusals.MandatoryReason) as refused:
        contacts.mute(known(), mute(reason, OPTIONAL[0]), NOW)
    assert refused.value.problems == [{"field": f"muted.{reason}", "code": "mandatory_reason"}]


def test_an_unknown_reason_or_person_is_refused() -> None:
    with pytest.raises(refusals.UnknownReason):
        contacts.mute(known(), mute("canary"), NOW)
    with pytest.raises(NotFound):
        contacts.mute(None, mute(), NOW)


def test_an_erased_person_stays_erased() -> None:
    erased = contacts.erase(EraseContact(command_id=uuid4(), person_id=PERSON), NOW).state
    with pytest.raises(refusals.PersonErased):
        contacts.put(erased, put(), BOTH, NOW)
    assert notices.obstacle(notice(), erased) == "cancelled"


def test_what_keeps_a_notice_from_leaving() -> None:
    muted = contacts.mute(known(), mute("check_in_reminded"), NOW).state
    assert notices.obstacle(notice(), None) == "no_contact"
    assert notices.obstacle(notice(), muted) == "muted"
    assert notices.obstacle(notice("payment_settled"), muted) is None
    assert notices.obstacle(notice(), known()) is None


def test_a_number_is_waited_for_but_not_for_ever() -> None:
    assert notices.waits_for_number(notice(), None)
    assert not notices.waits_for_number(notice(), "AIC-2021-000187")
    assert not notices.waits_for_number(notice(attempts=notices.NUMBER_PATIENCE), None)


def test_waiting_grows_and_ends() -> None:
    delays = [notices.delay(attempt) for attempt in range(1, notices.MOST_ATTEMPTS + 1)]
    assert delays[-1] is None
    assert all(later > earlier for earlier, later in pairwise(delays[:-1]))


def test_only_a_failed_notice_is_sent_again_by_hand() -> None:
    notices.require_failed("failed")
    with pytest.raises(refusals.NotFailed):
        notices.require_failed("sent")
    with pytest.raises(NotFound):
        notices.require_failed(None)


@given(
    st.tuples(st.text(), st.text(), st.uuids()), st.tuples(st.sampled_from(sorted(BY_REASON)), st.uuids(), st.uuids())
)
def test_a_notice_is_the_same_for_the_same_reason_subject_and_person(
    other: tuple[str, str, UUID], one: tuple[str, UUID, UUID]
) -> None:
    first = notices.identity(one[0], str(one[1]), one[2])
    assert first == notices.identity(one[0], str(one[1]), one[2])
    assert first != notices.identity(*other)


def test_reasons_are_unique() -> None:
    assert len(BY_REASON) == len(CATALOGUE)


@pytest.mark.parametrize("entry", CATALOGUE, ids=[entry.reason for entry in CATALOGUE])
def test_every_entry_names_fields_that_its_event_has(entry: Entry) -> None:
    fields = entry.event.model_fields
    assert entry.about in fields
    assert set(entry.once) <= set(fields)
    assert entry.to in (OFFICERS, CANDIDATES) or _is_ids(fields[entry.to].annotation)


def _is_ids(annotation: Any) -> bool:
    assert get_origin(annotation) not in (Union, UnionType)
    return annotation is UUID or get_args(annotation) == (UUID, ...)


def test_a_person_is_told_once_for_the_fields_that_count() -> None:
    entry = BY_REASON["call_closing_soon"]
    event = CallClosingSoon(call_id=SUBJECT, closes_at=NOW, days=3, drafts=(), owners=(PERSON, OTHER, PERSON))
    assert entry.persons(event) == [PERSON, OTHER]
    assert entry.subject(event, "e1") == entry.subject(event, "e2") == f"{SUBJECT}/3"
    week = CheckInReminded(initiative_id=SUBJECT, owner_id=PERSON, week=4)
    assert BY_REASON["check_in_reminded"].subject(week, "e1") == f"{SUBJECT}/4"


def test_a_selection_that_lapsed_is_told_as_such() -> None:
    lapsed = SelectionDeclined(
        initiative_id=SUBJECT,
        application_id=SUBJECT,
        call_id=SUBJECT,
        owner_id=PERSON,
        number="AIC-2021-000001",
        lapsed=True,
    )
    told = [entry.reason for entry in CATALOGUE if entry.event is SelectionDeclined and entry.when(lapsed)]
    assert told == ["selection_lapsed"]


def test_nobody_is_told_of_a_role() -> None:
    assert RoleGranted not in {entry.event for entry in CATALOGUE}
