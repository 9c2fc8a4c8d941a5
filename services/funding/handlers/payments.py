"""Payments: issued, sent by the adapter, answered by the bank.

A payment is decided first and sent after, from what was decided: its file can be written again, but never without it.
"""

import asyncio
from collections import Counter
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from contracts.payments import IssuePayment
from services.chassis.clock import Clock
from services.funding.commands import ApplyBankAnswer, TakeStatement
from services.funding.domain import payment, statement
from services.funding.domain.refusals import PaymentAlreadyRejected, PaymentAlreadySettled, PaymentNotSent
from services.funding.handlers.tranches import on_tranche
from services.funding.payments import pain002
from services.funding.payments.files import PaymentAdapter
from services.funding.store import Store

Answer = dict[str, Any]


async def issue_payment(command: IssuePayment, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, payment.issue, store, clock)


async def send_payment(payment_id: UUID, store: Store, adapter: PaymentAdapter) -> bytes:
    """Hand a payment that was issued to the adapter; what it sends.

    Raises ``PaymentUnknown``, ``BankDetailsMissing``, and ``PaymentNotSent`` when it cannot leave now, as on a full disk.
    """
    instruction = payment.instruction(await store.agreement_with(payment_id), payment_id)
    try:
        return await asyncio.to_thread(adapter.send, instruction)
    except OSError:
        raise PaymentNotSent from None


async def apply_statement(document: bytes, command_id: UUID, by: UUID, store: Store, clock: Clock) -> Answer:
    """Apply a report of the bank, each of its transactions once; nothing at all when one of them cannot be.

    Raises the refusals of ``pain002.read`` and ``payment.answered``; a report with nothing new in it is refused.
    """
    report = pain002.read(document)
    commands = [
        ApplyBankAnswer(
            command_id=uuid5(command_id, str(answer.payment_id)),
            by=by,
            payment_id=answer.payment_id,
            message_id=report.message_id,
            settled=answer.settled,
            reason=answer.reason,
            amount_cents=answer.amount_cents,
        )
        for answer in report.answers
        if answer.final
    ]
    for command in commands:
        await _check(command, store, clock)
    taken = TakeStatement(command_id=command_id, by=by, digest=sha256(document).hexdigest())
    await store.statements.decide(str(command_id), taken, lambda state: statement.take(state, taken, clock.now()))
    answers = [await _apply(command, store, clock) for command in commands]
    if answers and all(answer.get("repeated") for answer in answers):
        raise PaymentAlreadySettled if answers[0]["outcome"] == "settled" else PaymentAlreadyRejected
    counted = Counter(answer["outcome"] for answer in answers)
    pending = len(report.answers) - len(commands)
    return {"settled": counted["settled"], "rejected": counted["rejected"], "pending": pending, "payments": answers}


async def _check(command: ApplyBankAnswer, store: Store, clock: Clock) -> None:
    stored = await store.agreements.load(await store.agreement_key(command.payment_id))
    if stored is None or stored.answered(command) is None:
        payment.answered(stored.state if stored else None, command, clock.now())


async def _apply(command: ApplyBankAnswer, store: Store, clock: Clock) -> Answer:
    key = await store.agreement_key(command.payment_id)
    return await store.agreements.decide(key, command, lambda state: payment.answered(state, command, clock.now()))
