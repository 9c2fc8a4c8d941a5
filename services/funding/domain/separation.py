"""Separation of functions: who has ordered in an agreement never pays in it, who pays never orders, and the owner does neither.

Decree 2012-1246 of 7 November 2012 (gestion budgétaire et comptable publique), article 9.
"""

from uuid import UUID

from services.funding.domain.agreement import Agreement
from services.funding.domain.refusals import SeparationOfFunctions


def ordering(agreement: Agreement, person: UUID) -> Agreement:
    """The agreement, with ``person`` among those who ordered. Raises ``SeparationOfFunctions``."""
    if person == agreement.owner_id or person in agreement.payers:
        raise SeparationOfFunctions
    return agreement.model_copy(update={"orderers": _with(agreement.orderers, person)})


def paying(agreement: Agreement, person: UUID) -> Agreement:
    """The agreement, with ``person`` among those who checked and paid. Raises ``SeparationOfFunctions``."""
    if person == agreement.owner_id or person in agreement.orderers:
        raise SeparationOfFunctions
    return agreement.model_copy(update={"payers": _with(agreement.payers, person)})


def _with(people: tuple[UUID, ...], person: UUID) -> tuple[UUID, ...]:
    return people if person in people else (*people, person)
