"""The rules of a panel: appointments, alternates, conflicts."""

from uuid import UUID, uuid4

import pytest

from services.evaluation.commands import (
    DismissConflict,
    RecordConflict,
    ResignMember,
)
from services.evaluation.domain import conflicts, panel, refusals
from services.evaluation.domain.conflicts import Candidate, Person
from tests.rounds import CALL, OFFICER, POOL, appointments, opened


def test_nobody_is_appointed_when_one_cannot_be() -> None:
    command = appointments((1, "citizens", False, None), (1, "citizens", False, None), (2, "experts", False, None))
    with pytest.raises(refusals.PanelRefused) as refused:
        panel.appoint(None, command, opened(), lambda person, role: role == "citizen_panellist")
    assert [(each["field"], each["code"]) for each in refused.value.problems] == [
        ("members.1", "already_member"),
        ("members.2", "role_missing"),
    ]
    full = appointments(*((number, "citizens", False, None) for number in range(16)))
    with pytest.raises(refusals.PanelRefused) as refused:
        panel.appoint(None, full, opened(), lambda person, role: True)
    assert [each["code"] for each in refused.value.problems] == ["seats_exceeded"]


def test_an_alternate_of_the_same_stratum_stands_in() -> None:
    command = appointments(
        (1, "citizens", False, "west"), (2, "citizens", True, "east"), (3, "citizens", True, "west"),
        (4, "experts", True, "west"), (5, "citizens", False, "north"),
    )  # fmt: skip
    made = panel.appoint(None, command, opened(), lambda person, role: True).state
    leave = ResignMember(command_id=uuid4(), round_id=CALL, by=OFFICER, member_id=UUID(int=1))
    done = panel.resign(made, leave, replace=True)
    assert done.answer["replaced_by"] == str(UUID(int=3))
    assert {seat.member_id.int for seat in done.state.sitting} == {3, 5}
    alone = panel.resign(made, leave.model_copy(update={"member_id": UUID(int=5)}), replace=True)
    assert alone.answer["replaced_by"] is None
    with pytest.raises(refusals.MemberUnknown):
        panel.resign(done.state, leave, replace=True)


def test_conflicts_follow_from_what_is_known() -> None:
    one, two = UUID(int=1), UUID(int=2)
    members = [Person(one, frozenset({"552100554"}), "a" * 64, "35238"), Person(two)]
    candidates = [
        Candidate(POOL[0], owner_id=uuid4(), siren="552100554", mail_domain="a" * 64),
        Candidate(POOL[1], owner_id=uuid4(), mail_domain="a" * 64),
        Candidate(POOL[2], owner_id=uuid4(), commune="35238", territorial=True),
        Candidate(POOL[3], owner_id=uuid4(), commune="35238"),
        Candidate(POOL[4], owner_id=two, officers=frozenset({one})),
    ]
    assert list(conflicts.derive(members, candidates)) == [
        (one, POOL[0], "same_siren"),
        (one, POOL[1], "same_mail_domain"),
        (one, POOL[2], "same_commune"),
        (two, POOL[4], "own_application"),
        (one, POOL[4], "same_officer"),
    ]


def test_a_declared_conflict_is_final_and_a_derived_one_is_not() -> None:
    derived = RecordConflict(
        command_id=uuid4(), round_id=CALL, member_id=OFFICER, application_id=POOL[0], source="same_siren"
    )
    dismissal = DismissConflict(
        command_id=uuid4(), round_id=CALL, by=OFFICER, member_id=OFFICER, application_id=POOL[0], reason="Homonyme"
    )
    found = conflicts.record(None, derived).state
    dismissed = conflicts.dismiss(found, dismissal)
    assert [event.type for event in dismissed.events] == ["ConflictDismissed"]
    assert conflicts.record(dismissed.state, derived).state.status == "dismissed"
    declared = conflicts.record(dismissed.state, derived.model_copy(update={"source": "declared"}))
    assert declared.state.status == "blocking"
    with pytest.raises(refusals.ConflictDeclared):
        conflicts.dismiss(declared.state, dismissal)
    with pytest.raises(refusals.ConflictUnknown):
        conflicts.dismiss(None, dismissal)
