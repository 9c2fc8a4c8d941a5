"""Persons and roles: examples, and what holds whatever is asked in whatever order."""

from hashlib import sha256
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import people as events
from contracts.decision import NotFound, Refusal
from services.people.commands import (
    ErasePerson,
    GrantRole,
    RevokeRole,
)
from services.people.domain import mandates, organisations, persons, refusals, rights, roles
from tests.persons import ADMINISTRATOR, NOW, OFFICER, PERSON, mandate, organisation, registered, registration


def grant(role: events.Role, territory: str | None = None, sector: str | None = None) -> GrantRole:
    return GrantRole(
        command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, role=role, territory=territory, sector=sector
    )


def revoke(role: events.Role) -> RevokeRole:
    return RevokeRole(command_id=uuid4(), by=ADMINISTRATOR, person_id=PERSON, role=role)


def erasure() -> ErasePerson:
    return ErasePerson(command_id=uuid4(), by=PERSON, person_id=PERSON)


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
            sector = "health" if role == "sector_reader" else None
            command = grant(role, territory, sector) if give else revoke(role)
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


def test_a_sector_reader_needs_a_sector_and_nobody_else_has_one() -> None:
    with pytest.raises(refusals.SectorRequired):
        roles.grant(registered(), grant("sector_reader"), NOW)
    with pytest.raises(refusals.SectorNotExpected):
        roles.grant(registered(), grant("territory_reader", "75", "health"), NOW)
    with pytest.raises(refusals.TerritoryNotExpected):
        roles.grant(registered(), grant("sector_reader", "75", "health"), NOW)
    given = roles.grant(registered(), grant("sector_reader", sector="health"), NOW)
    assert given.events[0].model_dump(include={"role", "territory", "sector"}) == {
        "role": "sector_reader", "territory": None, "sector": "health"
    }  # fmt: skip
    assert roles.grant(given.state, grant("sector_reader", sector="health"), NOW).events == ()
    moved = roles.grant(given.state, grant("sector_reader", sector="culture"), NOW)
    assert [(held.role, held.sector) for held in moved.state.roles] == [("sector_reader", "culture")]


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
