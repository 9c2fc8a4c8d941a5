"""Record histories for the replay test: ``python -m tests.workflows.record NAME [STORY...]``.

It writes ``histories/<story>-NAME.json``. Histories that are here stay, since running installations hold the like; a changed
workflow gets new ones beside them, by the next NAME.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from contracts import applications, calls, coaching, evaluation, funding, payments
from services.chassis.clock import Pace
from tests.workflows import test_call_for_projects, test_disbursement
from tests.workflows.conftest import START, Season
from tests.workflows.cycle import KICK_OFF, WEEK, Handle, Stage
from tests.workflows.town import Noting, Town
from workflows.acceleration_cycle.messages import Extend, Pause, Resume, Stop
from workflows.engine import TASK_QUEUE
from workflows.worker import make_worker

HISTORIES = Path(__file__).with_name("histories")
Play = Callable[[Town, Season], Awaitable[Handle]]


async def call(town: Town, season: Season) -> Handle:
    """A lost command, an extended deadline, an undecided pool, a missing quorum."""
    town.lost[calls.RemindDrafts] = 1
    town.scripted[evaluation.FreezePool].append("pool_undecided")
    town.scripted[evaluation.CloseRound].append([town.event(evaluation.QuorumMissing)])
    handle = await test_call_for_projects.start(town, season)
    await season.reach(START + timedelta(days=2))
    later = test_call_for_projects.CLOSES + timedelta(days=3)
    await town.tell(town.event(calls.CallDeadlineExtended, closes_at=later, reason="outage"))
    return handle


async def cycle(stage: Stage, season: Season) -> Handle:
    """Missed check-ins, a clock moved, a pause, an extension."""
    stage.missing = {2, 5}
    handle = await stage.start()
    await stage.town.seen(payments.OpenTranche)
    system = (await season.environment.get_current_time()).timestamp()
    season.pace = Pace(season.pace.sequence + 1, system, (KICK_OFF + WEEK).timestamp())
    await handle.signal("clock_moved", season.pace)
    await season.reach(KICK_OFF + 3 * WEEK)
    await stage.town.seen(coaching.OpenCheckIn, 4)
    paused_at = await season.now()
    await handle.execute_update("pause", Pause(paused_at=paused_at), id="pause")
    await season.reach(paused_at + WEEK)
    resumed = Resume(resumed_at=paused_at + WEEK, paused_seconds=int(WEEK.total_seconds()))
    await handle.execute_update("resume", resumed, id="resume")
    await handle.execute_update("extend", Extend(weeks=1), id="extend")
    return handle


async def lapsed(stage: Stage, season: Season) -> Handle:
    """Nobody answers the offer, and the service's clock is behind."""
    stage.town.scripted[applications.LapseSelection].append("acceptance_still_open")
    return await stage.start(accepted=False)


async def unpublished(stage: Stage, season: Season) -> Handle:
    """A broker that refuses a command, then never acknowledges it: the publication runs into its time limit."""
    stage.town.failing[coaching.OpenCycle] = stage.town.stuck[coaching.OpenCycle] = 1
    return await stage.start()


async def stopped(stage: Stage, season: Season) -> Handle:
    """A service that does not answer for long, committees that do not decide, then a stop."""
    stage.town.lost[coaching.OpenCycle] = 5
    stage.town.reactions.pop(coaching.OpenReview)
    handle = await stage.start()
    await season.reach(KICK_OFF + 12 * WEEK)
    await stage.town.seen(coaching.EscalateReview)
    stop = Stop(reason="project_abandoned", stopped_at=KICK_OFF + 12 * WEEK)
    await handle.execute_update("stop", stop, id="stop")
    return handle


async def late(town: Town, season: Season) -> Handle:
    """Closed a little early for the service's clock, signed late, announced too early for it."""
    town.reactions = {}
    town.scripted[calls.CloseCall].append("deadline_not_reached")
    town.scripted[evaluation.AnnounceResults].extend(["embargo", "embargo"])
    handle = await test_call_for_projects.start(town, season)
    await season.reach(test_call_for_projects.SCHEDULE.announcement_at + timedelta(days=2))
    await town.tell(town.event(evaluation.DecisionSigned))
    return handle


async def paid(town: Town, season: Season) -> Handle:
    """Late, suspended, rejected by the bank, paid in the end."""
    town.reactions = {}
    handle = await test_disbursement.start(town, season, advance=False)
    await season.reach(START + timedelta(days=20))
    await town.seen(payments.EscalateTranche)
    tell = test_disbursement.tell
    await tell(town, payments.TrancheRequested, payments.ServiceCertified, payments.PaymentOrdered)
    await tell(town, payments.PaymentSuspended, payments.SuspensionLifted, payments.PaymentAccepted)
    await town.seen(payments.IssuePayment)
    await tell(town, payments.PaymentRejected, funding.BankDetailsConfirmed)
    await town.seen(payments.IssuePayment, 2)
    await tell(town, payments.PaymentSettled)
    return handle


async def ahead(town: Town, season: Season) -> Handle:
    """Funding refuses a payment for something that is still on its way to the workflow."""
    town.scripted[payments.IssuePayment].append("out_of_turn")
    handle = await test_disbursement.start(town, season)
    await test_disbursement.tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
    return handle


async def undone(town: Town, season: Season) -> Handle:
    """Stopped while its payment waited for bank details."""
    town.scripted[payments.IssuePayment].append("bank_details_missing")
    town.scripted[payments.UndoStep].append([town.event(payments.StepUndone, step="acceptance", reason="abandoned")])
    handle = await test_disbursement.start(town, season)
    tell = test_disbursement.tell
    await tell(town, payments.TrancheRequested, payments.PaymentOrdered, payments.PaymentAccepted)
    await town.seen(payments.IssuePayment)
    await test_disbursement.stop(town)
    return handle


async def record(name: str, play: Callable[[WorkflowEnvironment, Season], tuple[Town, Awaitable[Handle]]]) -> None:
    program = Path(sys.executable).with_name("temporal-test-server")
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter, test_server_existing_path=str(program)
    ) as environment:
        season = Season(environment, (await environment.get_current_time()).timestamp())
        town, played = play(environment, season)
        async with make_worker(environment.client, town, Noting(town), TASK_QUEUE):
            handle = await played
            await handle.result()
            history = json.loads((await handle.fetch_history()).to_json())
    text = json.dumps(anonymous(history), indent=None, separators=(",", ":"), sort_keys=True)
    (HISTORIES / f"{name}.json").write_text(text + "\n")


def anonymous(value: Any) -> Any:
    """``value`` without what names the machine and the process that recorded it."""
    if isinstance(value, list):
        return [anonymous(item) for item in value]
    if isinstance(value, dict):
        named = {key: anonymous(item) for key, item in value.items() if key != "stackTrace"}
        return named | {key: "recorder" for key in ("identity", "binaryChecksum") if key in named}
    return "recorder" if isinstance(value, str) and "@" in value else value


def on(make: Callable[[WorkflowEnvironment, Season], Town], play: Play) -> Any:
    def playing(environment: WorkflowEnvironment, season: Season) -> tuple[Town, Awaitable[Handle]]:
        town = make(environment, season)
        return town, play(town, season)

    return playing


def of_a_cycle(play: Callable[[Stage, Season], Awaitable[Handle]]) -> Any:
    def playing(environment: WorkflowEnvironment, season: Season) -> tuple[Town, Awaitable[Handle]]:
        stage = Stage(environment.client, season.pace)
        return stage.town, play(stage, season)

    return playing


STORIES: dict[str, Any] = {
    "call": on(test_call_for_projects.make_town, call),
    "call-late": on(test_call_for_projects.make_town, late),
    "cycle": of_a_cycle(cycle),
    "cycle-lapsed": of_a_cycle(lapsed),
    "cycle-unpublished": of_a_cycle(unpublished),
    "cycle-stopped": of_a_cycle(stopped),
    "disbursement-paid": on(test_disbursement.make_town, paid),
    "disbursement-ahead": on(test_disbursement.make_town, ahead),
    "disbursement-undone": on(test_disbursement.make_town, undone),
}


async def main(name: str, *stories: str) -> None:
    for story in stories or STORIES:
        await record(f"{story}-{name}", STORIES[story])


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
