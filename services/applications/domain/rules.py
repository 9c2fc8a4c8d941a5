"""The rules of admissibility and eligibility that a call can declare, each evaluated by pure code.

Balanced budget, de minimis (Regulation (EU) 2023/2831, before it 1407/2013), republican commitment (law 2021-1109,
article 12; decree 2021-1947) and reporting on earlier grants (law 2000-321, article 10) are rules of substance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field as Bound

from contracts.applications import ApplicantKind
from contracts.model import Cents, Code, Departement, Model
from services.applications.domain.forms import Answers, Text

ORGANISATIONS: tuple[ApplicantKind, ...] = (
    "association", "company", "local_authority", "state_service", "operator", "public_interest_group",
)  # fmt: skip
ALL_PASSED = "all_passed"


@dataclass(frozen=True, slots=True)
class File:
    """What rules look at: ``missing`` are the required or expected pieces that are not there; ``day`` is in the call's zone."""

    kind: ApplicantKind
    answers: Answers
    submitted_at: datetime
    day: date
    closes_at: datetime
    missing: tuple[str, ...]

    def amount(self, field: str) -> int:
        """The cents or count answered to ``field``; 0 when nothing was."""
        answer = self.answers.get(field)
        return answer if isinstance(answer, int) and not isinstance(answer, bool) else 0


class _Rule(Model):
    text: Text


class InTime(_Rule):
    """Submitted before the deadline."""

    kind: Literal["in_time"] = "in_time"
    code: Code = "in_time"

    def holds(self, file: File) -> bool:
        return file.submitted_at <= file.closes_at


class Complete(_Rule):
    """Every required and every expected field and attachment is there."""

    kind: Literal["complete"] = "complete"
    code: Code = "complete"

    def holds(self, file: File) -> bool:
        return not file.missing


class KindAllowed(_Rule):
    kind: Literal["kind_allowed"] = "kind_allowed"
    code: Code = "kind_allowed"
    kinds: Annotated[tuple[ApplicantKind, ...], Bound(min_length=1)]

    def holds(self, file: File) -> bool:
        return file.kind in self.kinds


class TerritoryAllowed(_Rule):
    kind: Literal["territory_allowed"] = "territory_allowed"
    code: Code = "territory_allowed"
    departements: Annotated[tuple[Departement, ...], Bound(min_length=1)]

    def holds(self, file: File) -> bool:
        return file.answers.get("departement") in self.departements


class AmountBetween(_Rule):
    kind: Literal["amount_between"] = "amount_between"
    code: Code = "amount_between"
    field: Code = "requested_cents"
    minimum_cents: Cents = 0
    maximum_cents: Cents

    def holds(self, file: File) -> bool:
        return self.minimum_cents <= file.amount(self.field) <= self.maximum_cents


class BalancedBudget(_Rule):
    """Resources equal expenses, the grant among them, and the grant is at most ``maximum_grant_percent`` of the expenses."""

    kind: Literal["balanced_budget"] = "balanced_budget"
    code: Code = "balanced_budget"
    resources: Annotated[tuple[Code, ...], Bound(min_length=1)]
    expenses: Annotated[tuple[Code, ...], Bound(min_length=1)]
    maximum_grant_percent: Annotated[int, Bound(ge=1, le=100)] = 100

    def holds(self, file: File) -> bool:
        resources = sum(file.amount(field) for field in self.resources)
        expenses = sum(file.amount(field) for field in self.expenses)
        return resources == expenses and file.amount("requested_cents") * 100 <= expenses * self.maximum_grant_percent


class Ceiling(Model):
    """The ceiling in force from that day on."""

    since: date
    ceiling_cents: Cents


class DeMinimis(_Rule):
    """Aid declared for the last three years in ``field``, plus what is requested, stays under the ceiling of the day."""

    kind: Literal["de_minimis"] = "de_minimis"
    code: Code = "de_minimis"
    field: Code
    kinds: tuple[ApplicantKind, ...] = ("company",)
    ceilings: Annotated[tuple[Ceiling, ...], Bound(min_length=1)]

    def holds(self, file: File) -> bool:
        if file.kind not in self.kinds:
            return True
        in_force = [item for item in self.ceilings if item.since <= file.day]
        if not in_force:
            return True
        ceiling = max(in_force, key=lambda item: item.since).ceiling_cents
        return file.amount(self.field) + file.amount("requested_cents") <= ceiling


class RepublicanCommitment(_Rule):
    """The contract of republican commitment is subscribed to, by the kinds of applicant that the law asks."""

    kind: Literal["republican_commitment"] = "republican_commitment"
    code: Code = "republican_commitment"
    field: Code
    kinds: tuple[ApplicantKind, ...] = ("association",)

    def holds(self, file: File) -> bool:
        return file.kind not in self.kinds or file.answers.get(self.field) is True


class EarlierGrantsReported(_Rule):
    """Whoever had grants before (``had``) has given account of them (``reported``)."""

    kind: Literal["earlier_grants_reported"] = "earlier_grants_reported"
    code: Code = "earlier_grants_reported"
    had: Code
    reported: Code

    def holds(self, file: File) -> bool:
        return file.answers.get(self.had) is not True or file.answers.get(self.reported) is True


AdmissibilityRule = Annotated[InTime | Complete | KindAllowed, Bound(discriminator="kind")]
EligibilityRule = Annotated[
    TerritoryAllowed | AmountBetween | BalancedBudget | DeMinimis | RepublicanCommitment | EarlierGrantsReported,
    Bound(discriminator="kind"),
]
Rule = AdmissibilityRule | EligibilityRule


def failures(rules: Iterable[Rule], file: File) -> tuple[str, ...]:
    """The codes of the rules that do not hold, in the call's order."""
    return tuple(rule.code for rule in rules if not rule.holds(file))


def fields_used(rule: Rule) -> tuple[tuple[str, str], ...]:
    """The form's fields on which a rule depends, each with the field type that it needs."""
    if isinstance(rule, AmountBetween | DeMinimis):
        return ((rule.field, "amount_cents"),)
    if isinstance(rule, BalancedBudget):
        return tuple((field, "amount_cents") for field in (*rule.resources, *rule.expenses))
    if isinstance(rule, RepublicanCommitment):
        return ((rule.field, "boolean"),)
    if isinstance(rule, EarlierGrantsReported):
        return ((rule.had, "boolean"), (rule.reported, "boolean"))
    return ()
