"""A process that has its sources to itself writes its cursors now and then, when it stops, and before it goes back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.clock import SystemClock
from services.chassis.cursors import Cursor, Cursors
from services.chassis.database import Collection, Database
from services.chassis.vault import read_master_key
from tests.platform import eventually

PLACE = ("people", 0)


@pytest.fixture
def kept(mongodb: str, database_prefix: str, master_key: Path) -> Iterator[Collection]:
    """Where cursors are kept."""
    database = Database(mongodb, f"{database_prefix}toys", "toys", 1, read_master_key(master_key), SystemClock())
    yield database.collection("cursors")
    database.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written by itself while a test lasts."""
    monkeypatch.setattr("services.chassis.cursors.WRITE_SECONDS", 3_600.0)


async def moved(cursors: Cursors, *positions: int) -> None:
    for position in positions:
        await cursors.advance(PLACE, await cursors.read(PLACE), position)


async def test_what_was_confirmed_is_written_within_moments(kept: Collection) -> None:
    cursors = Cursors(kept, shared=False)
    await moved(cursors, 3, 7)
    await eventually(lambda: Cursors(kept, shared=False).read(PLACE), lambda found: found == Cursor(7, 0))
    await moved(cursors, 8)
    await eventually(lambda: Cursors(kept, shared=False).read(PLACE), lambda found: found == Cursor(8, 0))


@pytest.mark.usefixtures("slow")
async def test_whoever_looks_meanwhile_does_not_set_the_cursor_back(kept: Collection) -> None:
    cursors = Cursors(kept, shared=False)
    start = await cursors.read(("people", 1))
    looking = asyncio.create_task(cursors.read(PLACE))
    await asyncio.sleep(0)
    await cursors.advance(PLACE, start, 7)
    assert not looking.done()
    assert await looking == await cursors.read(PLACE) == Cursor(7, 0)


@pytest.mark.usefixtures("slow")
async def test_a_stop_writes_what_is_left(kept: Collection) -> None:
    cursors = Cursors(kept, shared=False)
    await moved(cursors, 3, 7)
    assert (await cursors.read(PLACE)).position == 7
    assert await kept.count_documents({}) == 0
    await cursors.close()
    assert await Cursors(kept, shared=False).read(PLACE) == Cursor(7, 0)


@pytest.mark.usefixtures("slow")
async def test_going_back_begins_where_the_process_had_come(kept: Collection) -> None:
    cursors = Cursors(kept, shared=False)
    await moved(cursors, 7)
    assert await cursors.set_back(PLACE, 9) == 7
    assert await cursors.set_back(PLACE, 2) == 2
    await moved(cursors, 3)
    await cursors.close()
    assert await Cursors(kept, shared=False).read(PLACE) == Cursor(3, 2)


@pytest.mark.usefixtures("slow")
async def test_a_cursor_that_another_moved_is_read_again(kept: Collection) -> None:
    cursors, operator = Cursors(kept, shared=False), Cursors(kept, shared=True)
    await moved(cursors, 7)
    await cursors.write()
    await operator.set_back(PLACE, 1)
    await moved(cursors, 8)
    await cursors.write()
    assert await cursors.read(PLACE) == Cursor(1, 1)


@pytest.mark.usefixtures("slow")
async def test_who_shares_the_sources_writes_at_once(kept: Collection) -> None:
    await moved(Cursors(kept, shared=True), 5)
    assert await Cursors(kept, shared=False).read(PLACE) == Cursor(5, 0)
