"""Everything that is told to somebody: for which event, to whom, how often, and whether it can be turned off."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from contracts import applications as a
from contracts import calls, coaching, evaluation, funding, payments
from contracts.model import Event

Page = Literal["applications", "calls", "rounds", "initiatives", "tranches", "agreements", "mailings", "joining"]
OFFICERS = "officers"
"""The audience of what waits for staff: every programme officer."""
CANDIDATES = "candidates"
"""The audience of what concerns a call: whoever has a draft or an application in it."""
EXTENDED = "call_deadline_extended"
MAILING = "mailing"
"""The reason of what officers write themselves to a list of persons; it can be turned off."""
INVITATION = "joining_invited"
"""The reason of the one mail whose link is a secret: it makes the reader's log-in that of somebody known from paper."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason to write to somebody.

    ``to`` names the event's field that holds the person or persons, or is ``OFFICERS`` or ``CANDIDATES``. ``once`` names
    the fields that make the reason one and the same: a person is told once for their values; without any, once for each
    event. ``about`` names the field whose id has the number and the page that the mail shows.
    """

    reason: str
    event: type[Event]
    to: str
    about: str
    page: Page
    once: tuple[str, ...] = ()
    mandatory: bool = False
    when: Callable[[Any], bool] = lambda event: True

    def subject(self, event: Event, event_id: str) -> str:
        """What is told of: the same for every event that a person is told of only once."""
        return "/".join(str(getattr(event, name)) for name in self.once) if self.once else event_id

    def persons(self, event: Event) -> Sequence[UUID]:
        """To whom, when the event names them."""
        found = getattr(event, self.to)
        return [found] if isinstance(found, UUID) else list(dict.fromkeys(found))


def _application(reason: str, event: type[Event], **more: Any) -> Entry:
    return Entry(reason, event, "owner_id", "application_id", "applications", mandatory=True, **more)


def _cycle(reason: str, event: type[Event], to: str = "owner_id", **more: Any) -> Entry:
    return Entry(reason, event, to, "initiative_id", "initiatives", **{"once": ("initiative_id",), **more})


def _money(reason: str, event: type[Event], once: str) -> Entry:
    return Entry(reason, event, "owner_id", "agreement_id", "agreements", (once,), mandatory=True)


def _message(reason: str, to: str, side: a.Side) -> Entry:
    """Told once for all that was written since the reader last read."""
    once = ("application_id", "since_id")
    return Entry(
        reason, a.MessageSent, to, "application_id", "applications", once, when=lambda event: event.side == side
    )


ONCE = {"once": ("application_id",)}
WEEK = ("initiative_id", "week")
REVIEW = ("initiative_id", "review")

CATALOGUE: tuple[Entry, ...] = (
    Entry("call_closing_soon", calls.CallClosingSoon, "owners", "call_id", "calls", ("call_id", "days")),
    Entry(EXTENDED, calls.CallDeadlineExtended, CANDIDATES, "call_id", "calls", mandatory=True),
    _application("application_received", a.ApplicationSubmitted, **ONCE),
    _application("correction_requested", a.CorrectionRequested),
    _application("application_withdrawn", a.ApplicationWithdrawn, when=lambda event: event.number is not None, **ONCE),
    _application("application_inadmissible", a.ApplicationFoundInadmissible),
    _application("application_ineligible", a.ApplicationFoundIneligible),
    _application("decision_corrected", a.DecisionCorrected),
    _application("application_selected", a.ApplicationSelected, **ONCE),
    _application("application_reserved", a.ApplicationReserved, **ONCE),
    _application("application_not_selected", a.ApplicationNotSelected, **ONCE),
    _application("selection_declined", a.SelectionDeclined, when=lambda event: not event.lapsed, **ONCE),
    _application("selection_lapsed", a.SelectionDeclined, when=lambda event: event.lapsed, **ONCE),
    _message("message_from_programme", "recipients", "programme"),
    _message("message_from_applicant", OFFICERS, "applicant"),
    Entry("applications_assigned", evaluation.ApplicationsAssigned, "member_id", "round_id", "rounds", ("round_id",)),
    Entry("round_reminded", evaluation.RoundReminded, "members", "round_id", "rounds"),
    Entry("ballots_awaited", evaluation.MembersReminded, "members", "round_id", "rounds"),
    _cycle("cycle_message", coaching.CycleMessageSent, "recipients", once=("message_id",)),
    _cycle("cycle_opened", coaching.CycleOpened),
    _cycle("check_in_reminded", coaching.CheckInReminded, once=WEEK),
    _cycle("check_in_missed", coaching.CheckInMissed, once=WEEK),
    _cycle("check_in_escalated", coaching.CheckInMissed, OFFICERS, once=WEEK),
    _cycle("review_overdue", coaching.ReviewOverdue, OFFICERS, once=REVIEW),
    _cycle("cycle_stopped", coaching.CycleStopped, mandatory=True),
    _cycle("cycle_closed", coaching.CycleClosed, mandatory=True),
    _money("agreement_to_sign", funding.AgreementPrepared, "agreement_id"),
    _money("tranche_opened", payments.TrancheOpened, "tranche_id"),
    _money("payment_settled", payments.PaymentSettled, "payment_id"),
    _money("payment_rejected", payments.PaymentRejected, "payment_id"),
    Entry(
        "agreement_closed",
        funding.AgreementClosed,
        "owners",
        "agreement_id",
        "agreements",
        ("agreement_id",),
        mandatory=True,
    ),
    _money("recovery_ordered", funding.RecoveryOrdered, "recovery_id"),
    Entry("tranche_overdue", payments.TrancheOverdue, OFFICERS, "agreement_id", "agreements", ("tranche_id", "step")),
)
BY_REASON: dict[str, Entry] = {entry.reason: entry for entry in CATALOGUE}
OPTIONAL: tuple[str, ...] = tuple(sorted([MAILING, *(entry.reason for entry in CATALOGUE if not entry.mandatory)]))
REASONS: tuple[str, ...] = (*BY_REASON, MAILING, INVITATION)


def by_event() -> dict[type[Event], list[Entry]]:
    """The catalogue by class of event."""
    found: dict[type[Event], list[Entry]] = defaultdict(list)
    for entry in CATALOGUE:
        found[entry.event].append(entry)
    return dict(found)
