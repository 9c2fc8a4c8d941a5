"""What comes for a busy partition waits its turn, up to a limit; the others go on."""

import asyncio

import pytest

from services.chassis.cursors import Place
from services.chassis.dead_letters import Raw
from services.chassis.lanes import Lanes

BUSY, FREE = ("people", 0), ("people", 1)


class Working:
    """Notes what was worked on; the busy partition stands still until ``go``."""

    def __init__(self) -> None:
        self.done: list[tuple[Place, bytes]] = []
        self.go = asyncio.Event()

    async def work(self, place: Place, batch: list[Raw]) -> None:
        if place == BUSY:
            await self.go.wait()
        self.done += [(place, raw.value) for raw in batch]


def batch(*values: bytes) -> list[Raw]:
    return [Raw("tremplin.people", 0, (), value) for value in values]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.lanes.PATIENCE_SECONDS", 0.01)


async def test_a_burst_waits_in_order_while_other_partitions_go_on() -> None:
    working = Working()
    lanes = Lanes("observatory", working.work)
    for value in (b"1", b"2", b"3", b"4"):
        await lanes.take({BUSY: batch(value), FREE: batch(value)})
    assert working.done == [(FREE, value) for value in (b"1", b"2", b"3", b"4")]
    working.go.set()
    await lanes.settle()
    assert working.done[4:] == [(BUSY, value) for value in (b"1", b"2", b"3", b"4")]


async def test_what_comes_beyond_the_limit_is_left_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.lanes.MOST_QUEUED", 3)
    working = Working()
    lanes = Lanes("observatory", working.work)
    for values in ((b"1", b"2"), (b"3", b"4"), (b"5",)):
        await lanes.take({BUSY: batch(*values)})
    working.go.set()
    await lanes.settle()
    assert [value for _, value in working.done] == [b"1", b"2", b"3", b"4"]
    await lanes.take({BUSY: batch(b"6")})
    assert working.done[-1] == (BUSY, b"6")


async def test_what_takes_too_long_is_given_back_and_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.chassis.lanes.STOP_SECONDS", 0.01)
    working = Working()
    lanes = Lanes("observatory", working.work)
    await lanes.take({BUSY: batch(b"1", b"2")})
    await lanes.finish()
    working.go.set()
    await lanes.take({BUSY: batch(b"3")})
    assert working.done == [(BUSY, b"3")]
