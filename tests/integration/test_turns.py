"""An aggregate knows how far it has come in what changed it: an event that comes again late changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from contracts.decision import Decision
from services.chassis.clock import SystemClock
from services.chassis.database import KEPT_ANSWERS, Database, Repository
from services.chassis.turns import Late, turn
from services.chassis.vault import read_master_key
from tests.toys import Add, Count

PLACE, ELSEWHERE = "people:0", "people:1"
FORGOTTEN, LAST = 3, KEPT_ANSWERS + 5
EVENTS = {number: uuid4() for number in range(1, LAST + 1)}


@pytest.fixture
def counts(mongodb: str, database_prefix: str, master_key: Path) -> Iterator[Repository[Count]]:
    database = Database(mongodb, f"{database_prefix}toys", "toys", 1, read_master_key(master_key), SystemClock())
    yield Repository(database, "counts", Count)
    database.close()


async def count(counts: Repository[Count], event: UUID) -> None:
    command = Add(command_id=event)
    await counts.decide("a", command, lambda state: Decision(Count(seen=state.seen + 1 if state else 1)))


async def all_events(counts: Repository[Count]) -> None:
    for position, event in EVENTS.items():
        with turn(PLACE, 0, position):
            await count(counts, event)


async def seen(counts: Repository[Count]) -> int:
    stored = await counts.load("a")
    assert stored
    return stored.state.seen


async def test_an_event_that_comes_again_is_late_even_when_its_answer_is_forgotten(counts: Repository[Count]) -> None:
    await all_events(counts)
    with turn(PLACE, 0, FORGOTTEN), pytest.raises(Late):
        await count(counts, EVENTS[FORGOTTEN])
    with turn(PLACE, 0, LAST):
        await count(counts, EVENTS[LAST])
    assert await seen(counts) == LAST


async def test_positions_of_another_shard_are_nothing_to_compare_with(counts: Repository[Count]) -> None:
    await all_events(counts)
    with turn(ELSEWHERE, 0, FORGOTTEN):
        await count(counts, uuid4())
    assert await seen(counts) == LAST + 1


async def test_what_is_replayed_or_asked_for_has_no_position_and_is_never_late(counts: Repository[Count]) -> None:
    with turn(PLACE, 0, LAST):
        await count(counts, EVENTS[LAST])
    await count(counts, EVENTS[FORGOTTEN])
    with turn(PLACE, 0, LAST + 1):
        await count(counts, uuid4())
    assert await seen(counts) == 3


async def test_a_cursor_that_was_set_back_begins_anew_and_whoever_did_not_notice_is_late(
    counts: Repository[Count],
) -> None:
    await all_events(counts)
    with turn(PLACE, 1, FORGOTTEN):
        await count(counts, uuid4())
    with turn(PLACE, 0, LAST + 1), pytest.raises(Late):
        await count(counts, uuid4())
    assert await seen(counts) == LAST + 1
