"""The chain of a tranche: its statuses, the steps that may follow each, and the payments tried at its end."""

from typing import Literal

from contracts.model import Cents, Code, Id, Instant, Model

TrancheStatus = Literal[
    "planned", "open", "requested", "certified", "ordered", "accepted", "issued", "settled", "rejected", "cancelled"
]


class Payment(Model):
    """One attempt to pay a tranche; ``message_id`` names the bank's message that answered."""

    payment_id: Id
    attempt: int
    details_version: int
    issued_at: Instant
    outcome: Literal["pending", "settled", "rejected"] = "pending"
    reason: Code | None = None
    message_id: str | None = None
    answered_at: Instant | None = None


class Done(Model):
    """A step of a tranche that was made: the event that told of it, when, and by whom where it was a person of staff."""

    event: str
    at: Instant
    by: Id | None = None
    reason: Code | None = None


class Tranche(Model):
    """A part of the grant on its way; ``since`` is when it came to its status, ``cancelling`` why it is being undone."""

    tranche_id: Id
    code: Code
    amount_cents: Cents
    after: Code
    advance: bool
    status: TrancheStatus = "planned"
    since: Instant
    suspended: Code | None = None
    cancelling: Code | None = None
    payments: tuple[Payment, ...] = ()
    history: tuple[Done, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps that may come next."""
        if self.suspended:
            return "suspension_lift", "refusal"
        if self.status == "requested":
            return ("order",) if self.advance else ("certification",)
        return _STEPS[self.status]

    @property
    def under_way(self) -> bool:
        return self.status not in ("planned", "settled", "cancelled")


_STEPS: dict[TrancheStatus, tuple[str, ...]] = {
    "planned": ("opening",),
    "open": ("request",),
    "certified": ("order",),
    "ordered": ("acceptance", "suspension", "refusal"),
    "accepted": ("issue", "suspension", "refusal"),
    "issued": ("bank_statement",),
    "rejected": ("issue",),
    "settled": (),
    "cancelled": (),
}
