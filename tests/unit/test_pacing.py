"""When the season's clock runs and when it stands still."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.pacing import LIFE, Pacing

START = datetime(2021, 12, 1, 8, 0, tzinfo=UTC)
FAST = 1_000_000.0


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    directory = DataDirectory(tmp_path)
    directory.prepare()
    return directory


def test_starts_at_lifes_pace_and_takes_its_rate_when_released(directory: DataDirectory) -> None:
    pacing = Pacing.resume(directory, {}, START, FAST)
    clock = directory.running_clock()
    assert clock.pace().rate == LIFE
    assert clock.now() - START < timedelta(minutes=1)
    pacing.release()
    assert clock.pace().rate == FAST


def test_a_fast_clock_stands_still_between_two_runs(directory: DataDirectory) -> None:
    first = Pacing.resume(directory, {}, START, FAST)
    first.release()
    first.hold()
    assert first.stopped_at is not None
    directory.running_clock().advance(timedelta(days=365))
    second = Pacing.resume(directory, first.as_dict(), None, None)
    assert second.rate == FAST
    assert directory.running_clock().now() - first.stopped_at < timedelta(minutes=1)


def test_a_fast_clock_goes_on_after_a_crash_from_where_it_was_seen(directory: DataDirectory) -> None:
    crashed = Pacing.resume(directory, {}, START, FAST)
    crashed.release()
    crashed.note()
    directory.running_clock().move(START + timedelta(days=365), FAST)
    second = Pacing.resume(directory, crashed.as_dict(), None, None)
    assert second.rate == FAST
    assert directory.running_clock().now() - START < timedelta(days=300)


def test_a_clock_at_lifes_pace_goes_on(directory: DataDirectory) -> None:
    first = Pacing.resume(directory, {}, START, None)
    first.release()
    first.hold()
    directory.running_clock().advance(timedelta(days=1))
    Pacing.resume(directory, first.as_dict(), None, None)
    assert directory.running_clock().now() >= START + timedelta(days=1)


def test_the_rate_that_the_clock_was_moved_to_is_kept(directory: DataDirectory) -> None:
    first = Pacing.resume(directory, {}, START, None)
    directory.running_clock().move(rate=50.0)
    first.hold()
    assert Pacing.resume(directory, first.as_dict(), None, None).rate == 50.0
