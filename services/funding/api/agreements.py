"""Routes of agreements: read, signed by both, bank details, reports and recoveries."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import FastAPI, Query

from services.chassis.clock import Clock
from services.chassis.identity import Caller, CommandId, allow
from services.funding import commands
from services.funding.api.bodies import BankDetailsBody, ConfirmationBody, RecoveryBody, ReportBody, SignatureBody
from services.funding.api.sides import ORDERING, PAYING
from services.funding.api.views import agreement_view, may_read, readable
from services.funding.domain.agreement import CONFIRMING
from services.funding.handlers import agreements
from services.funding.store import Store

Answer = dict[str, Any]
BATCH = 100


def add_reading(api: FastAPI, store: Store) -> None:
    @api.get("/agreements")
    async def several(ids: Annotated[list[UUID], Query(max_length=BATCH)], caller: Caller = allow()) -> list[Answer]:
        """Those of up to 100 agreements that exist and that the caller may read."""
        found = await store.agreements_of(ids)
        return [agreement_view(each, caller) for each in found if may_read(each, caller)]

    @api.get("/agreements/{agreement_id}")
    async def one(agreement_id: UUID, caller: Caller = allow()) -> Answer:
        return agreement_view(readable(await store.agreement(agreement_id), caller), caller)


def add_signing(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/agreements/{agreement_id}/signature")
    async def signature(
        agreement_id: UUID, body: SignatureBody, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.Sign(
            command_id=command_id, by=caller.person_id, agreement_id=agreement_id, signatory=body.signatory
        )
        return await agreements.sign(command, store, clock)

    @api.post("/agreements/{agreement_id}/countersignature")
    async def countersignature(agreement_id: UUID, caller: Caller = ORDERING, *, command_id: CommandId) -> Answer:
        """Commits the amount, when the envelope still holds it."""
        command = commands.Countersign(command_id=command_id, by=caller.person_id, agreement_id=agreement_id)
        return await agreements.countersign(command, store, clock)


def add_bank_details(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/agreements/{agreement_id}/bank-details", status_code=201)
    async def bank_details(
        agreement_id: UUID, body: BankDetailsBody, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        """New details: payments wait until two agents have confirmed them."""
        command = commands.SubmitBankDetails(
            command_id=command_id, by=caller.person_id, agreement_id=agreement_id, **body.model_dump()
        )
        return await agreements.submit_bank_details(command, store, clock)

    @api.post("/agreements/{agreement_id}/bank-details/confirmations")
    async def confirmation(
        agreement_id: UUID,
        body: ConfirmationBody | None = None,
        caller: Caller = allow(*CONFIRMING),
        *,
        command_id: CommandId,
    ) -> Answer:
        command = commands.ConfirmBankDetails(
            command_id=command_id,
            by=caller.person_id,
            agreement_id=agreement_id,
            details_version=body.details_version if body else None,
        )
        return await agreements.confirm_bank_details(command, store)


def add_reports_and_recoveries(api: FastAPI, store: Store, clock: Clock) -> None:
    @api.post("/agreements/{agreement_id}/financial-reports", status_code=201)
    async def report(
        agreement_id: UUID, body: ReportBody, caller: Caller = allow(), *, command_id: CommandId
    ) -> Answer:
        command = commands.FileReport(
            command_id=command_id, by=caller.person_id, agreement_id=agreement_id, **body.model_dump()
        )
        return await agreements.file_report(command, store)

    @api.post("/agreements/{agreement_id}/recoveries", status_code=201)
    async def recovery(
        agreement_id: UUID, body: RecoveryBody, caller: Caller = ORDERING, *, command_id: CommandId
    ) -> Answer:
        command = commands.OrderRecovery(
            command_id=command_id, by=caller.person_id, agreement_id=agreement_id, **body.model_dump()
        )
        return await agreements.order_recovery(command, store, clock)

    @api.post("/recoveries/{recovery_id}/collection")
    async def collection(recovery_id: UUID, caller: Caller = PAYING, *, command_id: CommandId) -> Answer:
        command = commands.CollectRecovery(command_id=command_id, by=caller.person_id, recovery_id=recovery_id)
        return await agreements.collect_recovery(command, store, clock)
