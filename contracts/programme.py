"""Values that several services' events share: a call's dates, its evaluation and its support programme."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.model import Cents, Code, Instant, Model, Zone

CollegeName = Literal["citizens", "experts"]
ReviewKind = Literal["mid_term", "acceleration_committee", "engagement_committee"]


class Schedule(Model):
    """The dates of a call; ``zone`` is the IANA zone in which people read them."""

    zone: Zone
    opens_at: Instant
    closes_at: Instant
    evaluation_opens_at: Instant
    evaluation_closes_at: Instant
    announcement_at: Instant


class Criterion(Model):
    """One criterion; ``weight`` in percent of a ballot, scores are whole numbers from ``minimum`` to ``maximum``."""

    code: Code
    weight: Annotated[int, Field(ge=1, le=100)]
    minimum: int = 0
    maximum: int = 5


class College(Model):
    """A college of the panel; ``weight`` in percent of the result; ``quorum`` in percent of an application's readers."""

    name: CollegeName
    weight: Annotated[int, Field(ge=0, le=100)]
    seats: Annotated[int, Field(ge=1)]
    quorum: Annotated[int, Field(ge=1, le=100)] = 50


class EvaluationRules(Model):
    """``load_cap`` is the most applications that one member reads; ``extension_days`` the one extension for quorum."""

    places: Annotated[int, Field(ge=1)]
    reserve: Annotated[int, Field(ge=0)]
    readings_per_college: Annotated[int, Field(ge=1)] | None = None
    load_cap: Annotated[int, Field(ge=1)] | None = None
    tie_rule: Literal["seeded_draw"] = "seeded_draw"
    extension_days: Annotated[int, Field(ge=0)] = 7


class TrancheRule(Model):
    """A part of the grant; paid as an advance, or after the review named by ``after`` said so."""

    code: Code
    amount_cents: Cents
    after: Literal["agreement"] | ReviewKind
    advance: bool = False


class SupportProgramme(Model):
    """What a laureate receives: months date to date, the rhythm of check-ins, reviews in weeks, tranches in order."""

    months: Annotated[int, Field(ge=1, le=24)] = 3
    accept_days: Annotated[int, Field(ge=1)] = 10
    check_in_due_days: Annotated[int, Field(ge=1, le=6)] = 3
    reminder_days: Annotated[int, Field(ge=1, le=6)] = 4
    escalation_days: Annotated[int, Field(ge=1, le=6)] = 5
    mid_term_week: int = 6
    acceleration_committee_week: int = 9
    engagement_committee_week: int = 12
    tranches: tuple[TrancheRule, ...] = ()
