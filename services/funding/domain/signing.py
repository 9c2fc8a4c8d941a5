"""An agreement from its preparation to its end: prepared, signed by both, stopped or closed.

Committing takes three steps over two aggregates: ``countersign`` notes the intent and its attempt, the envelope grants or
refuses that attempt (``envelope.reserve``), ``conclude`` brings the answer back. Any of them may be repeated.
"""

from datetime import datetime

from contracts.decision import Decision, NotFound, NotYet
from contracts.funding import (
    AgreementClosed,
    AgreementPrepared,
    AgreementSigned,
    CloseAgreement,
    CommitmentReleased,
    PrepareAgreement,
    ReleaseCommitment,
)
from contracts.model import Event
from services.funding.commands import Conclude, Countersign, Sign
from services.funding.domain.agreement import (
    Agreement,
    Private,
    PublicRecord,
    known,
    tranche_id_of,
)
from services.funding.domain.chain import Tranche
from services.funding.domain.grant import publication
from services.funding.domain.refusals import (
    AgreementEnded,
    AgreementStopped,
    AlreadyPrepared,
    NothingToGrant,
    NotYetSupported,
    OutOfTurn,
    TranchesUnderWay,
)
from services.funding.domain.separation import ordering


def prepare(agreement: Agreement | None, command: PrepareAgreement, now: datetime) -> Decision[Agreement]:
    """A new agreement with its tranches planned. Raises ``AlreadyPrepared``, ``NothingToGrant``."""
    if agreement is not None:
        raise AlreadyPrepared
    codes = {rule.code for rule in command.tranches}
    if not codes or len(codes) < len(command.tranches) or any(rule.amount_cents == 0 for rule in command.tranches):
        raise NothingToGrant(field="tranches")
    tranches = tuple(
        Tranche(tranche_id=tranche_id_of(command.initiative_id, rule.code), since=now, **rule.model_dump())
        for rule in command.tranches
    )
    prepared = Agreement(
        agreement_id=command.initiative_id,
        envelope_id=command.call_id,
        owner_id=command.owner_id,
        theme=command.theme,
        departement=command.departement,
        amount_cents=sum(tranche.amount_cents for tranche in tranches),
        tranches=tranches,
        since=now,
    )
    event = AgreementPrepared(
        agreement_id=prepared.agreement_id,
        envelope_id=prepared.envelope_id,
        owner_id=prepared.owner_id,
        amount_cents=prepared.amount_cents,
    )
    return Decision(prepared, (event,), _answer(prepared))


def sign(agreement: Agreement | None, command: Sign, record: PublicRecord, now: datetime) -> Decision[Agreement]:
    """The beneficiary's signature; a natural person's name is the signatory's. Raises ``OutOfTurn``, ``NotYetSupported``."""
    agreement = _going_on(agreement)
    if command.by != agreement.owner_id:
        raise NotFound("There is no such agreement")
    if record.applicant_kind == "state_service":
        raise NotYetSupported("A State service gets a credit transfer, which has no agreement", field="applicant_kind")
    _in_turn(agreement, "prepared")
    changes = {
        "status": "signed_by_beneficiary",
        "since": now,
        "record": record,
        "private": Private(beneficiary=record.organisation_name or command.signatory),
    }
    signed = agreement.model_copy(update=changes)
    return Decision(signed, (), _answer(signed))


def countersign(agreement: Agreement | None, command: Countersign, now: datetime) -> Decision[Agreement]:
    """The authorising officer's signature: the agreement now asks its envelope. Raises ``OutOfTurn``, ``SeparationOfFunctions``."""
    agreement = _going_on(agreement)
    _in_turn(agreement, "signed_by_beneficiary")
    changes = {"status": "committing", "since": now, "attempt": agreement.attempt + 1}
    committing = ordering(agreement, command.by).model_copy(update=changes)
    return Decision(committing, (), {**_answer(committing), "attempt": committing.attempt})


def conclude(
    agreement: Agreement | None, command: Conclude, number: str, months: int, now: datetime
) -> Decision[Agreement]:
    """End an attempt: signed when the envelope granted it, else back to before the countersignature; once per attempt.

    ``number`` is the call's, ``months`` how long the support lasts.
    """
    agreement = known(agreement)
    if agreement.status != "committing" or agreement.attempt != command.attempt:
        return Decision(agreement, (), _answer(agreement))
    if not command.granted:
        back = agreement.model_copy(update={"status": "signed_by_beneficiary", "since": now})
        return Decision(back, (), _answer(back))
    signed = agreement.model_copy(update={"status": "signed", "since": now, "signed_at": now})
    event = AgreementSigned(
        agreement_id=signed.agreement_id,
        envelope_id=signed.envelope_id,
        amount_cents=signed.amount_cents,
        signed_at=now,
        theme=signed.theme,
        departement=signed.departement,
    )
    return Decision(signed, (event, publication(signed, number, months, now)), _answer(signed))


def release(agreement: Agreement | None, command: ReleaseCommitment, now: datetime) -> Decision[Agreement]:
    """Stop: what is committed, unpaid and not at the bank goes back at once; what the bank rejects later follows it then."""
    agreement = known(agreement)
    if agreement.status == "closed":
        raise AgreementEnded
    if agreement.status == "committing":
        raise NotYet
    stopped, event = _released(agreement, now)
    stopped = stopped.model_copy(update={"status": "stopped", "since": now})
    return Decision(stopped, (event,), _answer(stopped))


def close(agreement: Agreement | None, command: CloseAgreement, now: datetime) -> Decision[Agreement]:
    """The end: what is left is released. Raises ``TranchesUnderWay`` while a tranche is on its way."""
    agreement = known(agreement)
    if agreement.status == "closed":
        raise AgreementEnded
    if agreement.status == "committing":
        raise NotYet
    under_way = [tranche.code for tranche in agreement.tranches if tranche.under_way]
    if under_way:
        raise TranchesUnderWay(allowed=under_way)
    closed, released = _released(agreement, now)
    closed = closed.model_copy(update={"status": "closed", "since": now, "closed_at": now})
    ended = AgreementClosed(agreement_id=closed.agreement_id, paid_cents=closed.paid_cents, owners=(closed.owner_id,))
    events: tuple[Event, ...] = (ended,)
    return Decision(closed, (released, *events) if released.amount_cents else events, _answer(closed))


def _released(agreement: Agreement, now: datetime) -> tuple[Agreement, CommitmentReleased]:
    amount = agreement.releasable_cents
    event = CommitmentReleased(
        agreement_id=agreement.agreement_id, envelope_id=agreement.envelope_id, amount_cents=amount
    )
    tranches = tuple(
        tranche.model_copy(update={"status": "cancelled", "since": now}) if tranche.status == "planned" else tranche
        for tranche in agreement.tranches
    )
    changes = {"released_cents": agreement.released_cents + amount, "tranches": tranches}
    return agreement.model_copy(update=changes), event


def _going_on(agreement: Agreement | None) -> Agreement:
    agreement = known(agreement)
    if agreement.status == "stopped":
        raise AgreementStopped
    if agreement.status == "closed":
        raise AgreementEnded
    return agreement


_NEXT = {"prepared": ("signature",), "signed_by_beneficiary": ("countersignature",)}


def _in_turn(agreement: Agreement, status: str) -> None:
    if agreement.status != status:
        raise OutOfTurn(allowed=_NEXT.get(agreement.status, ()))


def _answer(agreement: Agreement) -> dict[str, str]:
    return {"agreement_id": str(agreement.agreement_id), "status": agreement.status}
