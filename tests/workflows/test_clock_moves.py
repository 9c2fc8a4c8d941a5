"""The season's clock moved under running workflows, as the embedded platform does: on a real server, in real time."""

import time
from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from contracts import coaching, funding, payments
from services.chassis.clock import Pace
from tests.workflows.conftest import START, Working
from tests.workflows.cycle import KICK_OFF, WEEK, Stage
from tests.workflows.town import Handle
from workflows.acceleration_cycle.messages import Stop


@pytest.fixture
def stage(real: Client) -> Stage:
    return Stage(real, Pace(1, time.time(), START.timestamp()))


async def move(handle: Handle, stage: Stage, to: datetime) -> None:
    stage.pace = Pace(stage.pace.sequence + 1, time.time(), to.timestamp())
    await handle.signal("clock_moved", stage.pace)


async def test_a_clock_moved_forwards_and_back(stage: Stage, working: Working) -> None:
    stage.missing = {1}
    async with working(stage.town):
        handle = await stage.start()
        await stage.town.seen(payments.OpenTranche)
        await move(handle, stage, KICK_OFF + 2 * WEEK)
        await stage.town.seen(coaching.OpenCheckIn, 3)
        assert [command.week for command in stage.town.of(coaching.RemindCheckIn)] == [1]
        await move(handle, stage, KICK_OFF)
        deadline = datetime.fromisoformat(await handle.query("next_deadline"))
        assert deadline == datetime(2022, 3, 23, 8, tzinfo=UTC)
        for week in range(4, 14):
            await move(handle, stage, KICK_OFF + week * WEEK)
        await move(handle, stage, KICK_OFF + 14 * WEEK)
        assert await handle.result() == "completed"
    assert [command.week for command in stage.town.of(coaching.OpenCheckIn)] == list(range(1, 14))


async def test_a_move_told_late_changes_nothing(stage: Stage, working: Working) -> None:
    async with working(stage.town):
        handle = await stage.start()
        await stage.town.seen(payments.OpenTranche)
        old = stage.pace
        await move(handle, stage, KICK_OFF)
        await handle.signal("clock_moved", old)
        await stage.town.seen(coaching.OpenCheckIn)
        assert await handle.query("state") == "running"
        await handle.terminate()


async def test_a_stop_releases_what_is_committed(stage: Stage, working: Working) -> None:
    async with working(stage.town):
        handle = await stage.start()
        await stage.town.seen(payments.OpenTranche)
        await move(handle, stage, KICK_OFF + 3 * WEEK)
        await stage.town.seen(coaching.OpenCheckIn, 4)
        stop = Stop(reason="project_abandoned", stopped_at=KICK_OFF + 3 * WEEK)
        await handle.execute_update("stop", stop, id="stop")
        assert await handle.result() == "stopped"
    assert [command.reason for command in stage.town.of(funding.ReleaseCommitment)] == ["project_abandoned"]
    assert not stage.town.of(coaching.CloseCycle)
