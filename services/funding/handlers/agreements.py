"""Agreements: load, decide, save. A countersignature asks the envelope in between, and may be taken up again by anyone."""

from typing import Any
from uuid import UUID, uuid5

from contracts.funding import CloseAgreement, PrepareAgreement, ReleaseCommitment
from services.chassis.clock import Clock
from services.funding.commands import (
    CollectRecovery,
    Conclude,
    ConfirmBankDetails,
    Countersign,
    FileReport,
    OrderRecovery,
    Reserve,
    Sign,
    SubmitBankDetails,
)
from services.funding.domain import bank_details, envelope, recovery, reports, signing
from services.funding.domain.agreement import Agreement
from services.funding.domain.refusals import EnvelopeExceeded
from services.funding.store import Store

Answer = dict[str, Any]


async def prepare_agreement(command: PrepareAgreement, store: Store, clock: Clock) -> Answer:
    key = str(command.initiative_id)
    return await store.agreements.decide(key, command, lambda state: signing.prepare(state, command, clock.now()))


async def sign(command: Sign, store: Store, clock: Clock) -> Answer:
    agreement = await store.agreement(command.agreement_id)
    record = await store.record(agreement.agreement_id)
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: signing.sign(state, command, record, clock.now()))


async def countersign(command: Countersign, store: Store, clock: Clock) -> Answer:
    """Note the countersignature, then ask the envelope. Raises ``EnvelopeExceeded`` when it refuses this attempt."""
    agreement = await store.agreement(command.agreement_id)
    await store.envelope(agreement.envelope_id)
    key = str(command.agreement_id)
    noted = await store.agreements.decide(key, command, lambda state: signing.countersign(state, command, clock.now()))
    return await commit(agreement, noted["attempt"], store, clock)


async def commit(agreement: Agreement, attempt: int, store: Store, clock: Clock) -> Answer:
    """Carry an attempt to its end, from wherever it stands. Raises ``EnvelopeExceeded``."""
    key = str(agreement.agreement_id)
    reserve = Reserve(
        command_id=uuid5(agreement.agreement_id, f"reserve/{attempt}"),
        envelope_id=agreement.envelope_id,
        agreement_id=agreement.agreement_id,
        attempt=attempt,
        amount_cents=agreement.amount_cents,
    )
    held = await store.envelopes.decide(
        str(agreement.envelope_id), reserve, lambda state: envelope.reserve(state, reserve)
    )
    conclude = Conclude(
        command_id=uuid5(agreement.agreement_id, f"conclude/{attempt}"),
        agreement_id=agreement.agreement_id,
        attempt=attempt,
        granted=held["granted"],
    )
    number, months = held["number"], held["months"]
    answer = await store.agreements.decide(
        key, conclude, lambda state: signing.conclude(state, conclude, number, months, clock.now())
    )
    if not held["granted"]:
        raise EnvelopeExceeded(field="amount_cents")
    return answer


async def resume_commitments(store: Store, clock: Clock) -> int:
    """Carry every countersignature that waits to its end, as after a crash; how many there were."""
    waiting = await store.committing()
    for agreement in waiting:
        await _finish(agreement, store, clock)
    return len(waiting)


async def release_commitment(command: ReleaseCommitment, store: Store, clock: Clock) -> Answer:
    await _finish_if_committing(command.agreement_id, store, clock)
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: signing.release(state, command, clock.now()))


async def close_agreement(command: CloseAgreement, store: Store, clock: Clock) -> Answer:
    await _finish_if_committing(command.agreement_id, store, clock)
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: signing.close(state, command, clock.now()))


async def submit_bank_details(command: SubmitBankDetails, store: Store, clock: Clock) -> Answer:
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: bank_details.submit(state, command, clock.now()))


async def confirm_bank_details(command: ConfirmBankDetails, store: Store) -> Answer:
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: bank_details.confirm(state, command))


async def file_report(command: FileReport, store: Store) -> Answer:
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: reports.file_report(state, command))


async def order_recovery(command: OrderRecovery, store: Store, clock: Clock) -> Answer:
    key = str(command.agreement_id)
    return await store.agreements.decide(
        key, command, lambda state: recovery.order_recovery(state, command, clock.now())
    )


async def collect_recovery(command: CollectRecovery, store: Store, clock: Clock) -> Answer:
    key = await store.agreement_key(command.recovery_id)
    return await store.agreements.decide(key, command, lambda state: recovery.collect(state, command, clock.now()))


async def _finish_if_committing(agreement_id: UUID, store: Store, clock: Clock) -> None:
    stored = await store.agreements.load(str(agreement_id))
    if stored and stored.state.status == "committing":
        await _finish(stored.state, store, clock)


async def _finish(agreement: Agreement, store: Store, clock: Clock) -> None:
    try:
        await commit(agreement, agreement.attempt, store, clock)
    except EnvelopeExceeded:
        return
