"""A tranche's chain. One function for each command; the decision of each is in ``domain.tranche``."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from contracts.decision import Decision
from contracts.model import Command, Id
from contracts.payments import EscalateTranche, OpenTranche, UndoStep
from services.chassis.clock import Clock
from services.funding.commands import (
    AcceptPayment,
    CertifyService,
    LiftSuspension,
    OrderPayment,
    RefusePayment,
    RequestTranche,
    SuspendPayment,
)
from services.funding.domain import tranche
from services.funding.domain.agreement import Agreement
from services.funding.store import Store

Answer = dict[str, Any]
C = TypeVar("C", bound=Command)
Decide = Callable[[Agreement | None, C, datetime], Decision[Agreement]]


async def open_tranche(command: OpenTranche, store: Store, clock: Clock) -> Answer:
    key = str(command.agreement_id)
    return await store.agreements.decide(key, command, lambda state: tranche.open_tranche(state, command, clock.now()))


async def request_tranche(command: RequestTranche, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.request, store, clock)


async def certify_service(command: CertifyService, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.certify, store, clock)


async def order_payment(command: OrderPayment, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.order, store, clock)


async def accept_payment(command: AcceptPayment, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.accept, store, clock)


async def suspend_payment(command: SuspendPayment, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.suspend, store, clock)


async def lift_suspension(command: LiftSuspension, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.lift, store, clock)


async def refuse_payment(command: RefusePayment, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.refuse, store, clock)


async def undo_step(command: UndoStep, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.undo, store, clock)


async def escalate_tranche(command: EscalateTranche, store: Store, clock: Clock) -> Answer:
    return await on_tranche(command.tranche_id, command, tranche.escalate, store, clock)


async def on_tranche(tranche_id: Id, command: C, decide: Decide[C], store: Store, clock: Clock) -> Answer:
    """Load the agreement that has the tranche, let ``decide`` decide, save."""
    key = await store.agreement_key(tranche_id)
    return await store.agreements.decide(key, command, lambda state: decide(state, command, clock.now()))
