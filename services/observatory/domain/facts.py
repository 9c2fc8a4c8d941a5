"""What is kept of each event: a fact document by subject, with one entry per event, of named fields only.

An entry is written under its event's id, whatever came before it, so that any order and any repetition of the same events
gives the same documents. What the entries mean is worked out on reading, in the order in which they happened.
No field that names or points to a person is in this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from contracts import applications, calls, coaching, evaluation, feedback, funding, payments
from contracts.model import Event

Subject = Literal["applications", "calls", "rounds", "cycles", "grants", "envelopes", "opinions"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
_KEY: dict[Subject, tuple[str, ...]] = {
    "applications": ("application_id", "initiative_id"),
    "calls": ("call_id",),
    "rounds": ("round_id",),
    "cycles": ("initiative_id",),
    "grants": ("agreement_id",),
    "envelopes": ("envelope_id",),
    "opinions": ("opinion_id",),
}
_CALL = ("call_id", "round_id", "envelope_id")

_INITIATIVE = (
    "number", "title", "purpose", "applicant_kind", "organisation_name", "siret", "rna", "commune", "departement",
    "theme", "synthetic",
)  # fmt: skip
_GRANT = (
    "agreed_on", "reference", "beneficiary_name", "beneficiary_siret", "beneficiary_rna", "purpose", "amount_cents",
    "nature", "conditions", "payment_period", "eu_notification", "share", "scheme",
)  # fmt: skip
_SUBMITTED = (
    "number", "applicant_kind", "theme", "needs", "requested_cents", "departement", "synthetic", "submitted_at",
)  # fmt: skip
_OPINION = ("step", "satisfaction", "clarity", "help", "source", "given_at")
_MARKED = ("departement", "theme")
_COUNTED = ("expected", "counted", "abstained", "set_aside", "missing", "below_quorum")

KEPT: dict[type[Event], tuple[Subject, tuple[str, ...]]] = {
    calls.CallPublished: ("calls", ("number", "kind", "schedule", "envelope_cents", "funding_source")),
    calls.CallDeadlineExtended: ("calls", ("closes_at", "reason")),
    calls.CallOpened: ("calls", ()),
    calls.CallClosingSoon: ("calls", ("closes_at", "days")),
    calls.CallClosed: ("calls", ("submitted",)),
    applications.ApplicationDrafted: ("applications", ()),
    applications.ApplicationSubmitted: ("applications", _SUBMITTED),
    applications.CorrectionRequested: ("applications", ("due_at",)),
    applications.ApplicationCorrected: ("applications", ()),
    applications.ApplicationWithdrawn: ("applications", ()),
    applications.ApplicationAdmitted: ("applications", ("rule",)),
    applications.ApplicationFoundInadmissible: ("applications", ("rule",)),
    applications.ApplicationFoundEligible: ("applications", ("rule",)),
    applications.ApplicationFoundIneligible: ("applications", ("rule",)),
    applications.DecisionCorrected: ("applications", ("replaced",)),
    applications.ApplicationSelected: (
        "applications",
        ("number", "theme", "departement", "applicant_kind", "from_reserve", "accept_by"),
    ),
    applications.ApplicationReserved: ("applications", ("rank",)),
    applications.ApplicationNotSelected: ("applications", ()),
    applications.SelectionAccepted: ("applications", ("accepted_at",)),
    applications.SelectionDeclined: ("applications", ("lapsed",)),
    applications.InitiativePublished: ("applications", _INITIATIVE),
    evaluation.PoolFrozen: ("rounds", ("applications", "digest", "draw_seed")),
    evaluation.PanelMemberAppointed: ("rounds", ("college", "alternate")),
    evaluation.PanelMemberResigned: ("rounds", ()),
    evaluation.RoundExtended: ("rounds", ("closes_at", "below_quorum")),
    evaluation.RoundClosed: ("rounds", _COUNTED),
    evaluation.OpinionGiven: ("rounds", ("moved",)),
    evaluation.DecisionSigned: ("rounds", ("delegation", "signed_at")),
    evaluation.ResultsAnnounced: ("rounds", ("announced_at",)),
    evaluation.BallotsPublished: ("rounds", ("ballots", "digest")),
    evaluation.PlaceOffered: ("rounds", ("rank",)),
    evaluation.ReserveExhausted: ("rounds", ()),
    coaching.CycleOpened: ("cycles", ("starts_at", "ends_at", "theme", "departement")),
    coaching.MentorAssigned: ("cycles", ()),
    coaching.DiagnosisRecorded: ("cycles", ()),
    coaching.RoadmapSet: ("cycles", ("objectives", "levers")),
    coaching.IndicatorValue: ("cycles", ("indicator", "kind", "value_milli", "valued_at")),
    coaching.CheckInOpened: ("cycles", ("week", "due_at")),
    coaching.CheckInRecorded: ("cycles", ("week", "weather", "late")),
    coaching.CheckInMissed: ("cycles", ("week",)),
    coaching.LeverRequested: ("cycles", ("lever", "administration", "due_at")),
    coaching.LeverAnswered: ("cycles", ("lever", "outcome", "late")),
    coaching.ReviewOpened: ("cycles", ("review", "due_at")),
    coaching.ReviewDecided: ("cycles", ("review", "decision")),
    coaching.CyclePaused: ("cycles", ()),
    coaching.CycleResumed: ("cycles", ("paused_seconds",)),
    coaching.CycleExtended: ("cycles", ("weeks",)),
    coaching.CycleStopped: ("cycles", ("reason",)),
    coaching.CycleClosed: ("cycles", ("check_ins", "missed")),
    funding.EnvelopeOpened: ("envelopes", ("amount_cents", "funding_source")),
    funding.EnvelopeChanged: ("envelopes", ("amount_cents", "decided_at")),
    funding.AgreementPrepared: ("grants", ("amount_cents",)),
    funding.AgreementSigned: ("grants", ("amount_cents", "signed_at", "theme", "departement")),
    funding.CommitmentReleased: ("grants", ("amount_cents",)),
    funding.AgreementClosed: ("grants", ("paid_cents",)),
    funding.RecoveryOrdered: ("grants", ("recovery_id", "amount_cents", "reason")),
    funding.RecoveryCollected: ("grants", ("recovery_id", "amount_cents")),
    funding.GrantPublished: ("grants", _GRANT),
    payments.TrancheOpened: ("grants", ("tranche_id", "code", "amount_cents", "advance")),
    payments.TrancheRequested: ("grants", ("tranche_id",)),
    payments.ServiceCertified: ("grants", ("tranche_id",)),
    payments.PaymentOrdered: ("grants", ("tranche_id", "amount_cents")),
    payments.PaymentSuspended: ("grants", ("tranche_id", "reason")),
    payments.SuspensionLifted: ("grants", ("tranche_id",)),
    payments.PaymentRefused: ("grants", ("tranche_id", "reason")),
    payments.PaymentAccepted: ("grants", ("tranche_id",)),
    payments.PaymentIssued: ("grants", ("tranche_id", "attempt", "amount_cents")),
    payments.PaymentSettled: ("grants", ("tranche_id", "amount_cents", "settled_at")),
    payments.PaymentRejected: ("grants", ("tranche_id", "reason")),
    payments.StepUndone: ("grants", ("tranche_id", "step", "reason")),
    payments.TrancheCancelled: ("grants", ("tranche_id", "reason")),
    feedback.OpinionGiven: ("opinions", _OPINION),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event said, at the instant ``at`` (RFC 3339, UTC, of one length); ``position`` is its place in its shard."""

    kind: str
    at: str
    position: int
    source: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """All that is known of one subject, in the order in which it happened."""

    key: str
    call_id: str | None
    entries: tuple[Entry, ...]

    def first(self, *kinds: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.kind in kinds), None)

    def last(self, *kinds: str) -> Entry | None:
        return next((entry for entry in reversed(self.entries) if entry.kind in kinds), None)

    def all(self, *kinds: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind in kinds]

    def upto(self, moment: datetime) -> "Fact":
        """The fact as it was at ``moment``."""
        limit = instant(moment)
        return Fact(self.key, self.call_id, tuple(entry for entry in self.entries if entry.at <= limit))

    @property
    def at(self) -> str:
        """When the last of it happened."""
        return self.entries[-1].at if self.entries else ""


@dataclass(frozen=True, slots=True)
class Note:
    """Where an event is noted: the subject's document, the marks by which it is found, and the entry."""

    subject: Subject
    key: str
    marks: dict[str, Any]
    entry: dict[str, Any] = field(hash=False)


def instant(moment: datetime) -> str:
    """An instant as entries have it, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def note(event: Event, at: datetime, position: int) -> Note:
    """What is to be kept of ``event``. Raises ``KeyError`` for one that is not in the table."""
    subject, names = KEPT[type(event)]
    key = next(str(getattr(event, name)) for name in _KEY[subject] if hasattr(event, name))
    call = next((str(getattr(event, name)) for name in _CALL if getattr(event, name, None)), None)
    marks: dict[str, Any] = {"call_id": call} if call else {}
    if isinstance(event, applications.ApplicationSelected):
        marks["selected"] = True
    if isinstance(event, applications.ApplicationSubmitted):
        marks |= {name: getattr(event, name) for name in _MARKED}
    data = event.model_dump(mode="json", include=set(names)) if names else {}
    entry = {"kind": event.type, "at": instant(at), "position": position, "source": event.service, "data": data}
    return Note(subject, key, marks, entry)


def fact(key: str, call_id: str | None, stored: Mapping[str, dict[str, Any]], upto: datetime | None = None) -> Fact:
    """The subject's fact from its stored entries by event id, as it was at ``upto`` (by default: with all that is known)."""
    limit = instant(upto) if upto else "~"
    kept = [(identity, entry) for identity, entry in stored.items() if entry["at"] <= limit]
    kept.sort(key=lambda item: (item[1]["at"], item[1]["source"], item[1]["position"], item[0]))
    return Fact(key, call_id, tuple(Entry(**entry) for _, entry in kept))
