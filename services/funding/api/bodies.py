"""What may be sent to funding over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts.model import Cents, Code, Digest, Instant
from services.funding.commands import Amount

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""A name as a bank takes it: one line, without control characters."""
Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=42)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class RulingBody(Body):
    """A decision on an envelope's amount; by default of now."""

    amount_cents: Cents
    reason: Code
    decided_at: Instant | None = None


class SignatureBody(Body):
    """``signatory`` is the name of who signs for the beneficiary: a natural person's own."""

    signatory: Name


class BankDetailsBody(Body):
    """``proof`` is the SHA-256 of the document that shows the account and its holder."""

    holder: Name
    iban: Account
    bic: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=11)] | None = None
    proof: Digest


class ConfirmationBody(Body):
    """``details_version``, when given, is that of the details that the agent has seen."""

    details_version: Annotated[int, Field(ge=1)] | None = None


class ReasonBody(Body):
    reason: Code


class RecoveryBody(Body):
    amount_cents: Amount
    reason: Code


class ReportBody(Body):
    """``document`` is the SHA-256 of the report."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    document: Digest
