"""Routes of the chain: each step of a tranche by whoever it belongs to, payment files, and the bank's reports."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response

from contracts.decision import NotFound
from contracts.payments import IssuePayment
from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.funding import commands
from services.funding.api.bodies import ReasonBody
from services.funding.api.sides import ORDERING, PAYING
from services.funding.api.views import tranche_of
from services.funding.handlers import payments, tranches
from services.funding.payments.files import PaymentAdapter
from services.funding.store import Store

Answer = dict[str, Any]
_XML = {"requestBody": {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}}


def add_ordering(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.get("/tranches/{tranche_id}")
    async def one(tranche_id: UUID, caller: Caller = allow()) -> Answer:
        return tranche_of(await store.agreement_with(tranche_id), tranche_id, caller)

    @api.post("/tranches/{tranche_id}/request")
    async def request(tranche_id: UUID, caller: Caller = allow(), *, command_id: CommandId) -> Answer:
        command = commands.RequestTranche(command_id=command_id, by=caller.person_id, tranche_id=tranche_id)
        return await tranches.request_tranche(command, store, clock)

    @api.post("/tranches/{tranche_id}/certification")
    async def certification(tranche_id: UUID, caller: Caller = ORDERING, *, command_id: CommandId) -> Answer:
        command = commands.CertifyService(command_id=command_id, by=caller.person_id, tranche_id=tranche_id)
        return await tranches.certify_service(command, store, clock)

    @api.post("/tranches/{tranche_id}/order")
    async def order(tranche_id: UUID, caller: Caller = ORDERING, *, command_id: CommandId) -> Answer:
        command = commands.OrderPayment(command_id=command_id, by=caller.person_id, tranche_id=tranche_id)
        return await tranches.order_payment(command, store, clock)


def add_checking(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/tranches/{tranche_id}/acceptance")
    async def acceptance(tranche_id: UUID, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        command = commands.AcceptPayment(command_id=command_id, by=caller.person_id, tranche_id=tranche_id)
        return await tranches.accept_payment(command, store, clock)

    @api.post("/tranches/{tranche_id}/suspension")
    async def suspension(
        tranche_id: UUID, body: ReasonBody, caller: Caller = PAYING, *, command_id: CommandId
    ) -> Answer:
        command = commands.SuspendPayment(
            command_id=command_id, by=caller.person_id, tranche_id=tranche_id, reason=body.reason
        )
        return await tranches.suspend_payment(command, store, clock)

    @api.post("/tranches/{tranche_id}/suspension/lift")
    async def lift(tranche_id: UUID, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        command = commands.LiftSuspension(command_id=command_id, by=caller.person_id, tranche_id=tranche_id)
        return await tranches.lift_suspension(command, store, clock)

    @api.post("/tranches/{tranche_id}/refusal")
    async def refusal(tranche_id: UUID, body: ReasonBody, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        command = commands.RefusePayment(
            command_id=command_id, by=caller.person_id, tranche_id=tranche_id, reason=body.reason
        )
        return await tranches.refuse_payment(command, store, clock)


def add_paying(api: FastAPI, store: Store, clock: Clock, adapter: PaymentAdapter) -> None:
    @api.post("/tranches/{tranche_id}/payments", status_code=201)
    async def issue(tranche_id: UUID, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        """What the tranche's workflow asks for by itself; here for an accountant who does it by hand."""
        return await payments.issue_payment(IssuePayment(command_id=command_id, tranche_id=tranche_id), store, clock)

    @api.get("/payments/{payment_id}/file", response_class=Response)
    async def file(payment_id: UUID, caller: Caller = PAYING) -> Response:
        """The payment's file (pain.001.001.09), written now if it was not yet."""
        if await store.agreement_with(payment_id) is None:
            raise NotFound("There is no such payment")
        content = await payments.send_payment(payment_id, store, adapter)
        return Response(content, media_type="application/xml")

    @api.post("/bank-statements", openapi_extra=_XML)
    async def statement(request: Request, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        """The bank's report (pain.002), as its XML."""
        document = await request.body()
        return await payments.apply_statement(document, command_id, caller.person_id, store, clock)
