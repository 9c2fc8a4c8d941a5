"""A call from its opening to its announcement: who is reminded when, and what a late officer or a missing quorum changes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from temporalio.testing import WorkflowEnvironment

from contracts import calls, evaluation
from contracts.programme import Schedule
from tests.workflows.conftest import START, Season, Working
from tests.workflows.town import Handle, Town
from workflows.call_for_projects.messages import Call
from workflows.engine import TASK_QUEUE
from workflows.territories import calendar_of

CALL = UUID(int=2)
CLOSES = datetime(2022, 4, 1, 16, tzinfo=UTC)
SCHEDULE = Schedule(
    zone="Europe/Paris",
    opens_at=START + timedelta(days=1),
    closes_at=CLOSES,
    evaluation_opens_at=datetime(2022, 4, 20, 7, tzinfo=UTC),
    evaluation_closes_at=datetime(2022, 5, 23, 16, tzinfo=UTC),
    announcement_at=datetime(2022, 6, 10, 8, tzinfo=UTC),
)


def make_town(skipping: WorkflowEnvironment, season: Season) -> Town:
    town = Town(skipping.client, f"call-{CALL}", call_id=CALL, round_id=CALL)
    town.reactions[evaluation.CloseRound] = lambda _: [town.event(evaluation.DecisionSigned)]
    town.now = season.now
    return town


@pytest.fixture
def town(skipping: WorkflowEnvironment, season: Season) -> Town:
    return make_town(skipping, season)


async def start(town: Town, season: Season, extension_days: int = 7) -> Handle:
    calendar = calendar_of(SCHEDULE.zone, None, START)
    call = Call(call_id=CALL, schedule=SCHEDULE, extension_days=extension_days, calendar=calendar, pace=season.pace)
    handle: Handle = await town.client.start_workflow(
        "CallForProjects", call, id=f"call-{CALL}", task_queue=TASK_QUEUE, result_type=str
    )
    return handle


async def test_a_call_in_order(town: Town, season: Season, working: Working) -> None:
    async with working(town):
        handle = await start(town, season)
        assert await handle.result() == "announced"
    assert [type(command) for command in town.handled.values()] == [
        calls.OpenCall,
        calls.RemindDrafts,
        calls.RemindDrafts,
        calls.CloseCall,
        evaluation.FreezePool,
        evaluation.RemindMembers,
        evaluation.CloseRound,
        evaluation.AnnounceResults,
    ]
    assert [command.days for command in town.of(calls.RemindDrafts)] == [7, 1]
    closed = (await handle.describe()).close_time
    assert closed is not None
    assert season.pace.at(closed.timestamp()) - SCHEDULE.announcement_at < timedelta(seconds=1)
    assert town.waits_for == []


async def test_an_extended_deadline_has_reminders_of_its_own(town: Town, season: Season, working: Working) -> None:
    later = CLOSES + timedelta(days=3)
    async with working(town):
        handle = await start(town, season)
        await season.reach(CLOSES - timedelta(days=2))
        await town.seen(calls.RemindDrafts)
        await town.tell(town.event(calls.CallDeadlineExtended, closes_at=later, reason="outage"))
        await season.reach(CLOSES + timedelta(days=1))
        assert not town.of(calls.CloseCall)
        await season.reach(later + timedelta(hours=1))
        await town.seen(calls.CloseCall)
        assert [command.days for command in town.of(calls.RemindDrafts)] == [7, 1]
        assert await handle.result() == "announced"


async def test_a_call_extended_while_it_closes_stays_open(town: Town, season: Season, working: Working) -> None:
    town.scripted[calls.CloseCall].append("deadline_not_reached")
    later = CLOSES + timedelta(days=30)
    town.reactions[calls.CloseCall] = lambda _: [
        town.event(calls.CallDeadlineExtended, closes_at=later, reason="outage")
    ]
    async with working(town):
        handle = await start(town, season)
        await season.reach(CLOSES + timedelta(days=1))
        await town.seen(calls.CloseCall)
        assert datetime.fromisoformat(await handle.query("next_deadline")) == later - timedelta(days=7)
        assert await handle.result() == "announced"
    assert len(town.of(calls.CloseCall)) == 2


async def test_a_pool_that_is_undecided_is_asked_for_until_it_is(town: Town, season: Season, working: Working) -> None:
    town.scripted[evaluation.FreezePool].extend(["pool_undecided"] * 12)
    async with working(town):
        handle = await start(town, season)
        assert await handle.result() == "announced"
    assert len(town.of(evaluation.FreezePool)) == 13
    assert town.waits_for == ["FreezePool:pool_undecided", None]


async def test_a_missing_quorum_extends_the_round_once(town: Town, season: Season, working: Working) -> None:
    missing = town.event(evaluation.QuorumMissing)
    town.scripted[evaluation.CloseRound].append([missing])
    async with working(town):
        handle = await start(town, season, extension_days=3)
        assert await handle.result() == "announced"
    (extended,) = town.of(evaluation.ExtendRound)
    assert extended.closes_at == datetime(2022, 5, 27, 16, tzinfo=UTC), "after Ascension Day"
    assert [command.final for command in town.of(evaluation.CloseRound)] == [False, True]
    assert len(town.of(evaluation.RemindMembers)) == 2


async def test_a_late_signature_delays_the_announcement_and_is_told(
    town: Town, season: Season, working: Working
) -> None:
    town.reactions = {}
    async with working(town):
        handle = await start(town, season)
        signed_at = SCHEDULE.announcement_at + timedelta(days=2)
        await season.reach(signed_at)
        assert not town.of(evaluation.AnnounceResults)
        await town.tell(town.event(evaluation.DecisionSigned))
        assert await handle.result() == "announced"
    assert town.waits_for == ["DecisionSigned", None]


async def test_a_service_that_finds_it_too_early_to_announce_is_asked_again(
    town: Town, season: Season, working: Working
) -> None:
    town.scripted[evaluation.AnnounceResults].extend(["embargo", "embargo"])
    async with working(town):
        handle = await start(town, season)
        assert await handle.result() == "announced"
    assert len(town.of(evaluation.AnnounceResults)) == 3
    assert town.waits_for == []
