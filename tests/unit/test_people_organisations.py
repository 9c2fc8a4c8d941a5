"""Organisations and who acts for them: identifiers by kind, mandates."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import people as events
from services.people.commands import (
    EndMandate,
    RegisterOrganisation,
)
from services.people.domain import mandates, organisations, refusals
from tests.persons import NOW, PERSON, mandate, organisation, registered

LA_POSTE = "35600000000048"
LA_POSTE_COUNTER = "35600000049837"


def problems_of(command: RegisterOrganisation) -> set[tuple[str, str]]:
    with pytest.raises(refusals.InvalidOrganisation) as refused:
        organisations.register(None, command, NOW)
    return {(problem["field"], problem["code"]) for problem in refused.value.problems}


def test_a_mandate_carries_the_siren_and_ends_once() -> None:
    known = organisations.register(None, organisation(), NOW).state
    given = mandates.give(registered(), known, mandate(known), NOW)
    assert given.events == (
        events.MandateGiven(person_id=PERSON, organisation_id=known.organisation_id, siren="732829320"),
    )
    with pytest.raises(refusals.MandateHeld):
        mandates.give(given.state, known, mandate(known), NOW)
    command = EndMandate(command_id=uuid4(), by=PERSON, person_id=PERSON, organisation_id=known.organisation_id)
    ended = mandates.end(given.state, command, NOW)
    assert ended.state.mandates == ()
    with pytest.raises(refusals.MandateNotHeld):
        mandates.end(ended.state, command, NOW)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"siret": "732 829 320 00074", "siren": "732829320"},
        {"siret": LA_POSTE},
        {"siret": LA_POSTE_COUNTER},
        {"kind": "association", "siret": None, "rna": "W751234567"},
        {"kind": "association", "siret": "73282932000074", "rna": "w75 123 4567"},
        {"kind": "association", "departement": "67"},
        {"kind": "company", "departement": "988", "siret": None, "ridet": "0 123 456.001"},
        {"kind": "association", "departement": "987", "siret": None, "tahiti": "A12345"},
        {"kind": "local_authority", "departement": "986", "siret": None},
        {"kind": "collective", "siret": None, "mandatary_id": PERSON},
    ],
)
def test_each_kind_has_its_identifiers(given: dict[str, object]) -> None:
    state = organisations.register(None, organisation(**given), NOW).state
    assert state.siren == (state.siret[:9] if state.siret else None)


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"siret": "73282932000079"}, {("siret", "invalid")}),
        ({"siret": "35600000049838"}, {("siret", "invalid")}),
        ({"siret": None}, {("siret", "required")}),
        ({"siren": "552008443"}, {("siren", "mismatch")}),
        (
            {"siren": "552008444", "rna": "W751234567"},
            {("siren", "invalid"), ("siren", "mismatch"), ("rna", "not_expected")},
        ),
        ({"kind": "association"}, {("rna", "required")}),
        ({"kind": "association", "rna": "W75123456"}, {("rna", "invalid")}),
        ({"kind": "association", "departement": "57", "rna": "W571234567"}, {("rna", "not_expected")}),
        ({"kind": "company", "departement": "988", "siret": None}, {("ridet", "required")}),
        ({"kind": "company", "departement": "988", "siret": None, "ridet": "12"}, {("ridet", "invalid")}),
        ({"kind": "company", "tahiti": "A12345"}, {("tahiti", "not_expected")}),
        ({"kind": "collective", "siret": None}, {("mandatary_id", "required")}),
    ],
)
def test_wrong_identifiers_are_told_all_at_once(given: dict[str, object], problems: set[tuple[str, str]]) -> None:
    assert problems_of(organisation(**given)) == problems


@given(st.text("0123456789", min_size=14, max_size=14))
def test_a_siret_with_one_digit_wrong_is_refused(siret: str) -> None:
    for last in "0123456789":
        if siret[:9] == "356000000":
            return
        one = siret[:13] + last
        try:
            organisations.register(None, organisation(siret=one), NOW)
        except refusals.InvalidOrganisation:
            continue
        wrong = siret[:13] + str((int(last) + 1) % 10)
        assert ("siret", "invalid") in problems_of(organisation(siret=wrong))
