"""Persons, roles, mandates and organisations: examples, and what holds whatever is asked in whatever order."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import people as events
from contracts.decision import NotFound, Refusal
from services.people.commands import (
    EndMandate,
    ErasePerson,
    GiveMandate,
    GrantRole,
    RegisterOrganisation,
    RegisterPerson,
    RevokeRole,
)
from services.people.domain import mandates, organisations, persons, refusals, rights, roles
from services.people.domain.identity import Identity
from services.people.domain.organisations import Organisation
from services.people.domain.persons import Person

NOW = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)
PERSON, OFFICER, ADMINISTRATOR = UUID(int=2), UUID(int=3), UUID(int=1)
LA_POSTE = "35600000000048"
LA_POSTE_COUNTER = "35600000049837"


def registration(*given: events.Role, email: str = "ada@atelier-numerique.fr") -> RegisterPerson:
    identity = Identity(given_name="Ada", family_name="Canary", email=email)
    return RegisterPerson(
        command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, identity=identity, departement="2A", roles=given
    )


def registered(*given: events.Role) -> Person:
    return roles.register(None, registration(*given), NOW).state


def grant(role: events.Role, territory: str | None = None) -> GrantRole:
    return GrantRole(command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, role=role, territory=territory)


def revoke(role: events.Role) -> RevokeRole:
    return RevokeRole(command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, role=role)


def erasure() -> ErasePerson:
    return ErasePerson(command_id=uuid4(), by=PERSON, person_id=PERSON)


def organisation(**given: object) -> RegisterOrganisation:
    known = {"kind": "company", "name": "Atelier", "departement": "75", "siret": "73282932000074"}
    return RegisterOrganisation(command_id=uuid4(), by=PERSON, organisation_id=uuid4(), **{**known, **given})


def problems_of(command: RegisterOrganisation) -> set[tuple[str, str]]:
    with pytest.raises(refusals.InvalidOrganisation) as refused:
        organisations.register(None, command, NOW)
    return {(problem["field"], problem["code"]) for problem in refused.value.problems}


def test_registering_tells_ids_and_a_digest_only() -> None:
    decision = roles.register(None, registration("applicant"), NOW)
    told = "".join(event.model_dump_json() for event in decision.events)
    assert "Canary" not in told
    assert "atelier" not in told
    assert decision.events[0] == events.PersonRegistered(
        person_id=PERSON, mail_domain=sha256(b"atelier-numerique.fr").hexdigest(), departement="2A"
    )
    assert decision.answer == {"person_id": str(PERSON), "roles": ["applicant"]}


def test_a_registered_person_is_not_registered_again() -> None:
    with pytest.raises(refusals.PersonExists):
        roles.register(registered(), registration(), NOW)


def test_a_role_is_traced_with_who_and_when() -> None:
    decision = roles.grant(registered(), grant("expert"), NOW)
    assert [(line.action, line.role, line.by, line.at) for line in decision.state.trail[1:]] == [
        ("role_granted", "expert", ADMINISTRATOR, NOW)
    ]
    assert [type(event) for event in decision.events] == [events.RoleGranted]


def test_a_role_given_twice_is_given_once() -> None:
    assert roles.grant(registered("expert"), grant("expert"), NOW).events == ()


@pytest.mark.parametrize(
    ("held", "asked"), [("accountant", "authorising_officer"), ("authorising_officer", "accountant")]
)
def test_ordering_and_paying_are_incompatible(held: events.Role, asked: events.Role) -> None:
    with pytest.raises(refusals.IncompatibleRoles) as refused:
        roles.grant(registered(held), grant(asked), NOW)
    assert refused.value.code == "incompatible_roles"


def test_a_registration_with_incompatible_roles_registers_nobody() -> None:
    with pytest.raises(refusals.IncompatibleRoles):
        roles.register(None, registration("accountant", "authorising_officer"), NOW)


steps = st.lists(st.tuples(st.booleans(), st.sampled_from(get_args(events.Role))), max_size=30)


@given(steps)
def test_nobody_ever_holds_both_roles_and_the_trail_tells_all(wanted: list[tuple[bool, events.Role]]) -> None:
    person = registered()
    told = 0
    for give, role in wanted:
        try:
            territory = "75" if role == "territory_reader" else None
            command = grant(role, territory) if give else revoke(role)
            decision = roles.grant(person, command, NOW) if give else roles.revoke(person, command, NOW)  # type: ignore[arg-type]
        except Refusal:
            continue
        person, told = decision.state, told + len(decision.events)
        assert not {"accountant", "authorising_officer"} <= set(person.role_names())
    assert len(person.trail) == told + 1


def test_a_territory_reader_needs_a_territory_and_nobody_else_has_one() -> None:
    with pytest.raises(refusals.TerritoryRequired):
        roles.grant(registered(), grant("territory_reader"), NOW)
    with pytest.raises(refusals.TerritoryNotExpected):
        roles.grant(registered(), grant("expert", "75"), NOW)
    moved = roles.grant(
        roles.grant(registered(), grant("territory_reader", "75"), NOW).state, grant("territory_reader", "13"), NOW
    )
    assert [(held.role, held.territory) for held in moved.state.roles] == [("territory_reader", "13")]


def test_only_a_held_role_is_revoked() -> None:
    with pytest.raises(refusals.RoleNotHeld):
        roles.revoke(registered("mentor"), revoke("expert"), NOW)


def test_erasure_ends_everything_and_keeps_the_trace() -> None:
    known = organisations.register(None, organisation(), NOW).state
    person = mandates.give(registered("expert"), known, mandate(known), NOW).state
    decision = persons.erase(person, erasure(), NOW)
    assert [type(event).__name__ for event in decision.events] == ["RoleRevoked", "MandateEnded", "PersonErased"]
    erased = decision.state
    assert (erased.private, erased.mail_domain, erased.departement, erased.roles, erased.mandates) == (
        None,
        None,
        None,
        (),
        (),
    )
    assert [line.action for line in erased.trail] == ["registered", "role_granted", "mandate_given", "erased"]
    assert persons.erase(erased, erasure(), NOW).events == ()
    with pytest.raises(refusals.PersonErased):
        roles.grant(erased, grant("expert"), NOW)
    with pytest.raises(refusals.PersonErased):
        roles.register(erased, registration(), NOW)


def mandate(known: Organisation) -> GiveMandate:
    return GiveMandate(command_id=uuid4(), by=PERSON, person_id=PERSON, organisation_id=known.organisation_id)


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


def test_a_person_registers_themself_as_an_applicant_only() -> None:
    rights.require_registration(PERSON, frozenset(), PERSON, ["applicant"])
    rights.require_registration(OFFICER, frozenset({"programme_officer"}), PERSON, ["applicant"])
    rights.require_registration(ADMINISTRATOR, frozenset({"administrator"}), PERSON, ["accountant"])
    with pytest.raises(refusals.MayNot):
        rights.require_registration(PERSON, frozenset(), PERSON, ["administrator"])
    with pytest.raises(refusals.MayNot):
        rights.require_registration(PERSON, frozenset({"applicant"}), OFFICER, ["applicant"])
    with pytest.raises(refusals.MayNot):
        rights.require_registration(OFFICER, frozenset({"programme_officer"}), PERSON, ["expert"])


def test_somebody_else_learns_nothing() -> None:
    with pytest.raises(NotFound):
        rights.require_self(OFFICER, frozenset({"expert"}), PERSON, "administrator")
