"""A report of the bank, kept by its digest: the same request may be repeated, and never with another report."""

from datetime import datetime

from contracts.decision import Decision
from contracts.model import Digest, Id, Instant, Model
from services.funding.commands import TakeStatement


class Statement(Model):
    """``taken_by`` handed it in; what came of it is with the payments that it speaks of."""

    digest: Digest
    taken_by: Id
    taken_at: Instant


def take(statement: Statement | None, command: TakeStatement, now: datetime) -> Decision[Statement]:
    """Keep that the report was handed in, once."""
    return Decision(statement or Statement(digest=command.digest, taken_by=command.by, taken_at=now))
