"""A call as it is written down in a file or sent over HTTP, and what has to hold together in it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field as Bound
from pydantic import StringConstraints

from contracts.applications import ApplicantKind
from contracts.calls import CallKind
from contracts.model import Cents, Code, Model
from contracts.programme import College, Criterion, EvaluationRules, Schedule, SupportProgramme
from services.applications.domain.forms import Field, FieldType, Option, Section, Text, fields_of
from services.applications.domain.refusals import CallInvalid, NotYetSupported, Problem, problem
from services.applications.domain.rules import AdmissibilityRule, EligibilityRule, Rule, fields_used

YEARS = range(2000, 2200)
"""Between them the first and the last date of a call lie: deadlines are computed from them, in every zone."""

OWN_FIELDS: dict[str, FieldType] = {
    "title": "text",
    "purpose": "long_text",
    "theme": "choice",
    "needs": "multi_choice",
    "requested_cents": "amount_cents",
    "departement": "departement",
    "commune": "commune",
    "territorial": "boolean",
}
"""Fields whose codes have a meaning to the service: they become the figures of events and the public record."""
NEEDED_FIELDS = ("title", "purpose", "theme", "requested_cents", "departement")
NEEDS = ("visibility", "funding", "introductions", "distribution", "coaching")
END_OF_DAY = time(23, 59, 59)


class AttachmentSlot(Model):
    """A piece that is asked for; ``required`` and ``expected`` as for a field."""

    code: Code
    label: Text
    required: bool = False
    expected: bool = False
    scored: bool = False


class CallDefinition(Model):
    """All of a call. ``correction_days`` is the same for everyone; texts are shown as they stand.

    Days end at 23:59:59 in the schedule's zone.
    """

    number: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,8}-[0-9]{4}$")]
    kind: CallKind = "panel"
    title: Text
    schedule: Schedule
    applicant_kinds: Annotated[tuple[ApplicantKind, ...], Bound(min_length=1)]
    one_application_per_applicant: bool = True
    themes: Annotated[tuple[Option, ...], Bound(min_length=1, max_length=100)]
    sections: Annotated[tuple[Section, ...], Bound(min_length=1, max_length=50)]
    attachments: Annotated[tuple[AttachmentSlot, ...], Bound(max_length=20)] = ()
    admissibility: tuple[AdmissibilityRule, ...]
    eligibility: tuple[EligibilityRule, ...]
    criteria: Annotated[tuple[Criterion, ...], Bound(min_length=1)]
    colleges: Annotated[tuple[College, ...], Bound(min_length=1)]
    evaluation: EvaluationRules
    programme: SupportProgramme
    envelope_cents: Cents
    funding_source: Code
    correction_days: Annotated[int, Bound(ge=1, le=60)] = 10
    silence_means_refusal_days: Annotated[int, Bound(ge=1, le=366)] = 61
    remedies: Text

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.admissibility, *self.eligibility)

    def field(self, code: str) -> Field | None:
        return next((field for field in fields_of(self.sections) if field.code == code), None)

    def day_of(self, instant: datetime) -> date:
        """The calendar day of ``instant`` where the call is."""
        return instant.astimezone(ZoneInfo(self.schedule.zone)).date()

    def end_of_day(self, instant: datetime, days: int) -> datetime:
        """The end of the day that is ``days`` calendar days after the day of ``instant``, in the call's zone."""
        zone = ZoneInfo(self.schedule.zone)
        return datetime.combine(self.day_of(instant) + timedelta(days=days), END_OF_DAY, zone)


def check(definition: CallDefinition) -> None:
    """Raise ``NotYetSupported`` for a kind that is not there yet, ``CallInvalid`` with everything that does not hold."""
    if definition.kind != "panel":
        raise NotYetSupported(field="kind", allowed=["panel"])
    if definition.schedule.zone not in available_timezones():
        raise CallInvalid(problems=[problem("schedule.zone", "unknown_zone")])
    checks = (_date_problems, _weight_problems, _code_problems, _field_problems, _own_field_problems, _rule_problems)
    if found := [each for look in checks for each in look(definition)]:
        raise CallInvalid(problems=found)


def completed(definition: CallDefinition) -> CallDefinition:
    """The definition with what goes without saying: themes and needs as options, a positive amount requested."""
    sections = tuple(
        section.model_copy(update={"fields": tuple(_completed(field, definition.themes) for field in section.fields)})
        for section in definition.sections
    )
    return definition.model_copy(update={"sections": sections})


def _completed(field: Field, themes: tuple[Option, ...]) -> Field:
    if field.code == "theme":
        return _offering(field, themes)
    if field.code == "needs":
        return _offering(field, [Option(code=need, label=Text(fr=need, en=need)) for need in NEEDS])
    if field.code == "requested_cents":
        return field.model_copy(update={"minimum": field.minimum or 1})
    return field


def _offering(field: Field, options: Iterable[Option]) -> Field:
    return field if field.options else field.model_copy(update={"options": tuple(options)})


def dates_in_order(schedule: Schedule) -> bool:
    dates = (
        schedule.opens_at, schedule.closes_at, schedule.evaluation_opens_at,
        schedule.evaluation_closes_at, schedule.announcement_at,
    )  # fmt: skip
    strictly = dates[0] < dates[1] and dates[2] < dates[3]
    return strictly and all(before <= after for before, after in pairwise(dates))


def _date_problems(definition: CallDefinition) -> Iterator[Problem]:
    schedule = definition.schedule
    for name in ("opens_at", "announcement_at"):
        if getattr(schedule, name).year not in YEARS:
            yield problem(f"schedule.{name}", "out_of_range", {"minimum": YEARS[0], "maximum": YEARS[-1]})
    if not dates_in_order(schedule):
        yield problem("schedule", "dates_out_of_order")


def _weight_problems(definition: CallDefinition) -> Iterator[Problem]:
    if sum(criterion.weight for criterion in definition.criteria) != 100:
        yield problem("criteria", "weights_not_100")
    if sum(college.weight for college in definition.colleges) != 100:
        yield problem("colleges", "weights_not_100")
    if any(criterion.minimum >= criterion.maximum for criterion in definition.criteria):
        yield problem("criteria", "empty_scale")


def _code_problems(definition: CallDefinition) -> Iterator[Problem]:
    lists: tuple[tuple[str, Iterable[str]], ...] = (
        ("sections", (section.code for section in definition.sections)),
        ("themes", (theme.code for theme in definition.themes)),
        ("criteria", (criterion.code for criterion in definition.criteria)),
        ("colleges", (college.name for college in definition.colleges)),
        ("programme.tranches", (tranche.code for tranche in definition.programme.tranches)),
        ("rules", (rule.code for rule in definition.rules)),
        ("applicant_kinds", definition.applicant_kinds),
        ("fields", [field.code for field in fields_of(definition.sections)] + [a.code for a in definition.attachments]),
    )
    for place, codes in lists:
        for code in sorted(code for code, count in Counter(codes).items() if count > 1):
            yield problem(f"{place}.{code}", "code_used_twice")


def _field_problems(definition: CallDefinition) -> Iterator[Problem]:
    earlier: set[str] = set()
    for field in fields_of(definition.sections):
        place = f"fields.{field.code}"
        if field.type in ("choice", "multi_choice") and not field.options and field.code not in ("theme", "needs"):
            yield problem(place, "options_missing")
        if field.visible_when and field.visible_when.field not in earlier:
            yield problem(place, "condition_on_no_earlier_field")
        if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
            yield problem(place, "empty_range")
        if (field.min_length or 0) > (field.max_length or 10**9):
            yield problem(place, "empty_range")
        if field.required and field.expected:
            yield problem(place, "required_and_expected")
        earlier.add(field.code)


def _own_field_problems(definition: CallDefinition) -> Iterator[Problem]:
    for code, type_ in OWN_FIELDS.items():
        field = definition.field(code)
        if field is None:
            if code in NEEDED_FIELDS:
                yield problem(f"fields.{code}", "field_missing", type_)
        elif field.type != type_:
            yield problem(f"fields.{code}", "wrong_type", type_)
        elif code in NEEDED_FIELDS and (not field.required or field.visible_when):
            yield problem(f"fields.{code}", "always_required")
    for code, known in (("theme", [theme.code for theme in definition.themes]), ("needs", list(NEEDS))):
        field = definition.field(code)
        if field and not {option.code for option in field.options} <= set(known):
            yield problem(f"fields.{code}", "not_an_option", known)
    amount = definition.field("requested_cents")
    if amount and amount.minimum is not None and amount.minimum < 1:
        yield problem("fields.requested_cents", "minimum_not_positive", {"minimum": 1})


def _rule_problems(definition: CallDefinition) -> Iterator[Problem]:
    for rule in definition.rules:
        for code, type_ in fields_used(rule):
            field = definition.field(code)
            if field is None or field.type != type_:
                yield problem(f"rules.{rule.code}.{code}", "field_missing", type_)
