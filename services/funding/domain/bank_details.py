"""Bank details: checked, held by the beneficiary, confirmed by two agents; payments wait meanwhile."""

import unicodedata
from datetime import datetime

from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from contracts.decision import Decision, NotFound
from contracts.funding import BankDetailsConfirmed, BankDetailsSubmitted
from services.funding.commands import ConfirmBankDetails, SubmitBankDetails
from services.funding.domain.agreement import Agreement, BankCheck, BankDetails, known
from services.funding.domain.refusals import (
    AgreementEnded,
    AgreementStopped,
    AlreadyConfirmed,
    BankDetailsChanged,
    BankDetailsMissing,
    BankDetailsUnconfirmed,
    BicInvalid,
    HolderMismatch,
    IbanInvalid,
    OutOfTurn,
    SeparationOfFunctions,
)


def submit(agreement: Agreement | None, command: SubmitBankDetails, now: datetime) -> Decision[Agreement]:
    """New details from the beneficiary, replacing any before. Raises ``IbanInvalid``, ``BicInvalid``, ``HolderMismatch``."""
    agreement = _open(agreement)
    if command.by != agreement.owner_id:
        raise NotFound("There is no such agreement")
    if agreement.private is None:
        raise OutOfTurn(allowed=["signature"])
    iban = _iban(command.iban)
    details = BankDetails(holder=command.holder, iban=iban.compact, bic=_bic(command.bic, iban), proof=command.proof)
    if plain_name(command.holder) != plain_name(agreement.private.beneficiary):
        raise HolderMismatch(field="holder")
    version = agreement.bank.version + 1 if agreement.bank else 1
    changes = {
        "private": agreement.private.model_copy(update={"current": details}),
        "bank": BankCheck(version=version, submitted_at=now),
    }
    changed = agreement.model_copy(update=changes)
    return Decision(changed, (BankDetailsSubmitted(agreement_id=agreement.agreement_id),), _answer(changed))


def confirm(agreement: Agreement | None, command: ConfirmBankDetails) -> Decision[Agreement]:
    """One agent's confirmation; the second, by another agent, lets payments go on.

    Raises ``BankDetailsMissing``, ``BankDetailsChanged``, ``AlreadyConfirmed``, ``SeparationOfFunctions``.
    """
    agreement = _open(agreement)
    bank = agreement.bank
    if bank is None or agreement.private is None:
        raise BankDetailsMissing
    if command.details_version not in (None, bank.version):
        raise BankDetailsChanged(field="details_version", allowed=[bank.version])
    if bank.confirmed or command.by in bank.confirmed_by:
        raise AlreadyConfirmed
    if command.by == agreement.owner_id:
        raise SeparationOfFunctions
    bank = bank.model_copy(update={"confirmed_by": (*bank.confirmed_by, command.by)})
    changed = agreement.model_copy(update={"bank": bank})
    event = BankDetailsConfirmed(agreement_id=agreement.agreement_id, confirmed_by=bank.confirmed_by)
    return Decision(changed, (event,) if bank.confirmed else (), _answer(changed))


def payable(agreement: Agreement) -> tuple[int, BankDetails]:
    """The confirmed details and their version. Raises ``BankDetailsMissing``, ``BankDetailsUnconfirmed``."""
    details = agreement.private.current if agreement.private else None
    if agreement.bank is None or details is None:
        raise BankDetailsMissing
    if not agreement.bank.confirmed:
        raise BankDetailsUnconfirmed
    return agreement.bank.version, details


def plain_name(name: str) -> str:
    """A name without case, accents and punctuation, as banks print it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign)).split()
    )


def _iban(text: str) -> IBAN:
    try:
        iban = IBAN(text)
    except SchwiftyException:
        raise IbanInvalid(field="iban") from None
    if not iban.in_sepa_zone:
        raise IbanInvalid(field="iban")
    return iban


def _bic(text: str | None, iban: IBAN) -> str | None:
    if text is None:
        return None
    try:
        bic = BIC(text)
    except SchwiftyException:
        raise BicInvalid(field="bic") from None
    if bic.country_code != iban.country_code:
        raise BicInvalid(field="bic")
    return bic.compact


def _open(agreement: Agreement | None) -> Agreement:
    agreement = known(agreement)
    if agreement.status == "stopped":
        raise AgreementStopped
    if agreement.status == "closed":
        raise AgreementEnded
    return agreement


def _answer(agreement: Agreement) -> dict[str, object]:
    bank = agreement.bank
    return {
        "agreement_id": str(agreement.agreement_id),
        "details_version": bank.version if bank else 0,
        "confirmed": bool(bank and bank.confirmed),
    }
