"""Three months in an accelerator, played in a second: what is asked when, whatever people do or leave undone."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.testing import WorkflowEnvironment

from contracts import applications, coaching, funding, payments
from tests.workflows.conftest import START, Season, Working
from tests.workflows.cycle import KICK_OFF, WEEK, Stage
from workflows.acceleration_cycle.messages import Extend, Pause, Resume


@pytest.fixture
def stage(skipping: WorkflowEnvironment, season: Season) -> Stage:
    return Stage(skipping.client, season.pace)


async def test_a_cycle_of_thirteen_weeks(stage: Stage, working: Working) -> None:
    stage.missing = {4, 9}
    async with working(stage.town):
        handle = await stage.start()
        assert await handle.result() == "completed"
    town = stage.town
    (opened,) = town.of(coaching.OpenCycle)
    assert (opened.starts_at, opened.ends_at) == (KICK_OFF, datetime(2022, 6, 2, 7, tzinfo=UTC))
    assert [command.week for command in town.of(coaching.OpenCheckIn)] == list(range(1, 14))
    assert [command.week for command in town.of(coaching.RemindCheckIn)] == [4, 9]
    assert [command.week for command in town.of(coaching.EscalateCheckIn)] == [4, 9]
    reviews = [command.review for command in town.of(coaching.OpenReview)]
    assert reviews == ["mid_term", "acceleration_committee", "engagement_committee"]
    assert not town.of(coaching.EscalateReview)
    assert [command.code for command in town.of(payments.OpenTranche)] == ["start", "committee"]
    assert isinstance(list(town.handled.values())[-1], funding.CloseAgreement)
    assert town.ended == "completed"
    assert town.waits_for == []


async def test_a_place_that_nobody_accepts_lapses(stage: Stage, working: Working) -> None:
    async with working(stage.town):
        handle = await stage.start(accepted=False)
        assert await handle.result() == "declined"
    assert [type(command) for command in stage.town.handled.values()] == [applications.LapseSelection]


async def test_a_place_accepted_at_the_last_moment_does_not_lapse(stage: Stage, working: Working) -> None:
    stage.town.scripted[applications.LapseSelection].append("already_accepted")
    stage.town.reactions[applications.LapseSelection] = lambda _: [
        stage.town.event(applications.SelectionAccepted, accepted_at=START + timedelta(days=10))
    ]
    async with working(stage.town):
        handle = await stage.start(accepted=False)
        assert await handle.result() == "completed"


async def test_commands_lost_or_refused_for_now_are_sent_again_as_the_same(stage: Stage, working: Working) -> None:
    for kind in (coaching.OpenCycle, coaching.OpenCheckIn, payments.OpenTranche, coaching.CloseCycle):
        stage.town.lost[kind] = 1
    stage.town.failing[funding.PrepareAgreement] = 1
    stage.town.scripted[coaching.OpenCheckIn].append("not_yet")
    async with working(stage.town):
        handle = await stage.start()
        assert await handle.result() == "completed"
    published = [command.command_id for command in stage.town.publications]
    assert len(published) == len(set(published)) + 5
    opened = [command for command in stage.town.of(coaching.OpenCheckIn) if command.week == 1]
    assert len(opened) == 2
    assert opened[0].command_id != opened[1].command_id


async def test_an_operator_is_told_of_an_answer_that_does_not_come(stage: Stage, working: Working) -> None:
    stage.town.lost[coaching.OpenCycle] = 5
    async with working(stage.town):
        handle = await stage.start()
        assert await handle.result() == "completed"
    assert stage.town.waits_for == ["OpenCycle", None]


async def test_the_same_event_twice_counts_once(stage: Stage, working: Working) -> None:
    async with working(stage.town):
        handle = await stage.start()
        opened = stage.town.event(payments.TrancheOpened, tranche_id=stage.initiative_id)
        settled = stage.town.event(payments.PaymentSettled, tranche_id=stage.initiative_id)
        for event, identity in ((opened, "a"), (settled, "b"), (opened, "a")):
            await stage.town.tell(event, identity=identity)
        assert await handle.result() == "completed"


async def test_a_pause_moves_what_comes_after_it(stage: Stage, working: Working, season: Season) -> None:
    async with working(stage.town):
        handle = await stage.start()
        paused_at = KICK_OFF + 2 * WEEK + timedelta(days=1)
        await season.reach(paused_at)
        await stage.town.seen(coaching.OpenCheckIn, 3)
        await handle.execute_update("pause", Pause(paused_at=paused_at), id="pause")
        assert await handle.query("state") == "paused"
        resumed_at = paused_at + 2 * WEEK
        await season.reach(resumed_at)
        assert len(stage.town.of(coaching.OpenCheckIn)) == 3
        resume = Resume(resumed_at=resumed_at, paused_seconds=int((2 * WEEK).total_seconds()))
        await handle.execute_update("resume", resume, id="resume")
        assert await handle.result() == "completed"
    assert [command.week for command in stage.town.of(coaching.OpenCheckIn)] == list(range(1, 14))
    fourth = stage.town.of(coaching.OpenCheckIn)[3]
    assert fourth.due_at == datetime(2022, 4, 11, 8, tzinfo=UTC)


async def test_a_pause_that_coaching_knows_first_is_waited_for(stage: Stage, working: Working, season: Season) -> None:
    stage.missing = {2}
    stage.town.scripted[coaching.RemindCheckIn].append("cycle_paused")
    async with working(stage.town):
        handle = await stage.start()
        await season.reach(KICK_OFF + WEEK + timedelta(days=6))
        refused = await stage.town.seen(coaching.RemindCheckIn)
        paused_at = KICK_OFF + WEEK + timedelta(days=1)
        await handle.execute_update("pause", Pause(paused_at=paused_at))
        await handle.execute_update("resume", Resume(resumed_at=paused_at, paused_seconds=0))
        assert await handle.result() == "completed"
    first, second = stage.town.of(coaching.RemindCheckIn)
    assert first == refused
    assert first.week == second.week == 2


async def test_an_extension_adds_weeks_before_the_engagement_committee(
    stage: Stage, working: Working, season: Season
) -> None:
    async with working(stage.town):
        handle = await stage.start()
        await season.reach(KICK_OFF + 5 * WEEK)
        await handle.execute_update("extend", Extend(weeks=2), id="extend")
        assert await handle.result() == "completed"
    assert [command.week for command in stage.town.of(coaching.OpenCheckIn)] == list(range(1, 16))
    engagement = stage.town.of(coaching.OpenReview)[2]
    assert engagement.due_at == datetime(2022, 6, 7, 7, tzinfo=UTC), "after Whit Monday"


async def test_updates_out_of_turn_are_rejected_with_a_code(stage: Stage, working: Working, season: Season) -> None:
    async with working(stage.town):
        handle = await stage.start()
        await season.reach(KICK_OFF + WEEK)
        with pytest.raises(WorkflowUpdateFailedError) as rejected:
            await handle.execute_update("resume", Resume(resumed_at=KICK_OFF, paused_seconds=1))
        assert getattr(rejected.value.cause, "type", None) == "cycle_not_paused"
        await handle.execute_update("pause", Pause(paused_at=KICK_OFF + WEEK), id="one")
        await handle.execute_update("pause", Pause(paused_at=KICK_OFF + WEEK), id="one")
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("pause", Pause(paused_at=KICK_OFF + WEEK), id="two")


async def test_an_undecided_engagement_committee_holds_the_closing(
    stage: Stage, working: Working, season: Season
) -> None:
    held = stage.town.reactions.pop(coaching.OpenReview)
    stage.town.reactions[coaching.OpenReview] = lambda command: (
        held(command) if isinstance(command, coaching.OpenReview) and command.review == "mid_term" else []
    )
    async with working(stage.town):
        handle = await stage.start()
        await season.reach(KICK_OFF + 20 * WEEK)
        await stage.town.seen(coaching.EscalateReview, 2)
        assert not stage.town.of(coaching.CloseCycle)
        for review in ("acceleration_committee", "engagement_committee"):
            await stage.town.tell(stage.town.event(coaching.ReviewDecided, review=review, decision="fund"))
        assert await handle.result() == "completed"
    assert [command.code for command in stage.town.of(payments.OpenTranche)] == ["start", "committee"]
