"""What may be sent to funding over HTTP."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.model import Cents, Code, Digest, Instant, Model
from services.funding.commands import Amount

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=140, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""A name as a bank takes it: one line, without control characters."""
Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=42)]


class RulingBody(Model):
    """A decision on an envelope's amount; by default of now."""

    amount_cents: Cents
    reason: Code
    decided_at: Instant | None = None


class SignatureBody(Model):
    """``signatory`` is the name of who signs for the beneficiary: a natural person's own."""

    signatory: Name


class BankDetailsBody(Model):
    """``proof`` is the SHA-256 of the document that shows the account and its holder."""

    holder: Name
    iban: Account
    bic: Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=11)] | None = None
    proof: Digest


class ConfirmationBody(Model):
    """``details_version``, when given, is that of the details that the agent has seen."""

    details_version: Annotated[int, Field(ge=1)] | None = None


class ReasonBody(Model):
    reason: Code


class RecoveryBody(Model):
    amount_cents: Amount
    reason: Code


class ReportBody(Model):
    """``document`` is the SHA-256 of the report."""

    year: Annotated[int, Field(ge=2000, le=2200)]
    document: Digest
