"""Who may do what to whom, beyond what the route declares. ``by`` asks, ``held`` are the roles of their token."""

from collections.abc import Collection

from contracts.decision import NotFound
from contracts.model import Id
from services.people.domain import refusals
from services.people.domain.organisations import Organisation

STAFF = frozenset({"programme_officer", "administrator"})
FREE_ROLES = frozenset({"applicant"})
"""What whoever registers becomes; every other role is given by an administrator."""


def require_registration(by: Id, held: Collection[str], person_id: Id, roles: Collection[str]) -> None:
    """A person registers themself, staff registers anyone; only an administrator gives more than ``FREE_ROLES``.

    Raises ``MayNot``.
    """
    if by != person_id and STAFF.isdisjoint(held):
        raise refusals.MayNot(field="person_id", allowed=["yourself"])
    if "administrator" not in held and not FREE_ROLES.issuperset(roles):
        raise refusals.MayNot(field="roles", allowed=sorted(FREE_ROLES))


def require_self(by: Id, held: Collection[str], person_id: Id, *others: str) -> None:
    """Only the person themself or one of the roles ``others``; nobody else learns whether the person exists.

    Raises ``NotFound``.
    """
    if by != person_id and set(others).isdisjoint(held):
        raise NotFound


def require_mandate(by: Id, held: Collection[str], person_id: Id, organisation: Organisation) -> None:
    """Staff gives mandates; a person takes one for an organisation that they registered. Raises ``NotFound``."""
    if STAFF.isdisjoint(held) and not (by == person_id and organisation.registered_by == by):
        raise NotFound


def require_organisation(by: Id, held: Collection[str], organisation: Organisation) -> None:
    """Staff, and who registered it, may read an organisation. Raises ``NotFound``."""
    if STAFF.isdisjoint(held) and organisation.registered_by != by:
        raise NotFound
