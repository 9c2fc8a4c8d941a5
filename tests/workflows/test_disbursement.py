"""A tranche from its request to its settlement, whatever the accountant, the bank or a stop make of it."""

from datetime import timedelta
from uuid import UUID

import pytest
from temporalio.testing import WorkflowEnvironment

from contracts import coaching, funding, payments
from contracts.model import Event
from tests.workflows.conftest import START, Season, Working
from tests.workflows.town import Handle, Town
from workflows.disbursement.messages import Tranche
from workflows.engine import TASK_QUEUE
from workflows.territories import calendar_of

TRANCHE, AGREEMENT = UUID(int=3), UUID(int=4)
DAY = timedelta(days=1)


def make_town(skipping: WorkflowEnvironment, season: Season) -> Town:
    town = Town(skipping.client, f"disbursement-{TRANCHE}", tranche_id=TRANCHE, agreement_id=AGREEMENT)
    town.reactions[payments.IssuePayment] = lambda command: (
        [] if command.command_id in town.refused else [town.event(payments.PaymentSettled)]
    )
    town.now = season.now
    return town


@pytest.fixture
def town(skipping: WorkflowEnvironment, season: Season) -> Town:
    return make_town(skipping, season)


async def start(town: Town, season: Season, advance: bool = True) -> Handle:
    tranche = Tranche(
        tranche_id=TRANCHE,
        agreement_id=AGREEMENT,
        advance=advance,
        opened_at=START,
        calendar=calendar_of("Europe/Paris", None, START),
        pace=season.pace,
    )
    handle: Handle = await town.client.start_workflow(
        "Disbursement", tranche, id=f"disbursement-{TRANCHE}", task_queue=TASK_QUEUE, result_type=str
    )
    return handle


async def tell(town: Town, *kinds: type[Event]) -> None:
    for kind in kinds:
        await town.tell(town.event(kind))


async def test_an_advance_is_requested_ordered_accepted_and_paid(town: Town, season: Season, working: Working) -> None:
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        assert await handle.result() == "settled"
    assert [type(command) for command in town.handled.values()] == [payments.IssuePayment]


async def test_each_step_that_is_waited_for_too_long_is_told_once(town: Town, season: Season, working: Working) -> None:
    async with working(town):
        handle = await start(town, season, advance=False)
        await season.reach(START + 30 * DAY)
        assert (await town.seen(payments.EscalateTranche)).step == "request"
        await tell(town, payments.TrancheRequested)
        await season.reach(START + 60 * DAY)
        assert (await town.seen(payments.EscalateTranche, 2)).step == "certification"
        await tell(town, payments.ServiceCertified, payments.PaymentOrdered, payments.PaymentAccepted)
        assert await handle.result() == "settled"
    assert len(town.of(payments.EscalateTranche)) == 2


async def test_a_suspended_and_then_refused_payment_is_ordered_again(
    town: Town, season: Season, working: Working
) -> None:
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentSuspended)
        await season.reach(START + DAY)
        assert await handle.query("state") == "suspension"
        await tell(town, payments.SuspensionLifted)
        assert await handle.query("state") == "acceptance"
        await tell(town, payments.PaymentRefused)
        assert await handle.query("state") == "order"
        await tell(town, payments.PaymentOrdered, payments.PaymentAccepted)
        assert await handle.result() == "settled"


async def test_a_payment_rejected_by_the_bank_is_issued_again_to_new_details(
    town: Town, season: Season, working: Working
) -> None:
    town.reactions = {}
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        await town.seen(payments.IssuePayment)
        await season.reach(START + DAY)
        await tell(town, payments.PaymentRejected)
        assert await handle.query("state") == "bank_details"
        await season.reach(START + 2 * DAY)
        await tell(town, funding.BankDetailsConfirmed)
        await town.seen(payments.IssuePayment, 2)
        await tell(town, payments.PaymentSettled)
        assert await handle.result() == "settled"


async def test_a_payment_waits_for_details_that_two_agents_confirm(
    town: Town, season: Season, working: Working
) -> None:
    town.scripted[payments.IssuePayment].append("bank_details_unconfirmed")
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        await town.seen(payments.IssuePayment)
        await season.reach(START + DAY)
        assert len(town.of(payments.IssuePayment)) == 1
        await tell(town, funding.BankDetailsConfirmed)
        assert await handle.result() == "settled"


async def test_a_confirmation_told_before_the_rejection_that_it_mends(
    town: Town, season: Season, working: Working
) -> None:
    town.reactions = {}
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        await town.seen(payments.IssuePayment)
        rejected_at = await season.now()
        await town.tell(town.event(funding.BankDetailsConfirmed), time=rejected_at + DAY)
        await town.tell(town.event(payments.PaymentRejected), time=rejected_at)
        await town.seen(payments.IssuePayment, 2)
        await tell(town, payments.PaymentSettled)
        assert await handle.result() == "settled"


async def test_a_stop_undoes_the_chain_step_by_step(town: Town, season: Season, working: Working) -> None:
    undone = ("acceptance", "order", "request")
    town.scripted[payments.UndoStep].extend(
        [town.event(payments.StepUndone, step=step, reason="project_abandoned")] for step in undone
    )
    town.scripted[payments.IssuePayment].append("bank_details_missing")
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        await town.seen(payments.IssuePayment)
        await stop(town)
        assert await handle.result() == "cancelled"
    assert [command.reason for command in town.of(payments.UndoStep)] == ["project_abandoned"] * 4
    assert len({command.command_id for command in town.of(payments.UndoStep)}) == 4


@pytest.mark.parametrize(
    ("answer", "end"), [(payments.PaymentSettled, "settled"), (payments.PaymentRejected, "cancelled")]
)
async def test_a_payment_at_the_bank_is_waited_for_before_it_is_undone(
    town: Town, season: Season, working: Working, answer: type[Event], end: str
) -> None:
    town.reactions = {payments.UndoStep: lambda _: [town.event(answer)] if len(town.of(payments.UndoStep)) == 1 else []}
    town.scripted[payments.UndoStep].append("payment_at_the_bank")
    async with working(town):
        handle = await start(town, season)
        await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
        await town.seen(payments.IssuePayment)
        await stop(town)
        assert await handle.result() == end


async def stop(town: Town) -> None:
    await town.tell(town.event(coaching.CycleStopped, initiative_id=AGREEMENT, reason="project_abandoned"))
