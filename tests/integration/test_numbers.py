"""Numbers of applications, drawn by many at once and by several processes."""

import asyncio
from pathlib import Path
from uuid import uuid4

from services.applications.numbers import Numbers
from services.chassis.clock import SystemClock
from services.chassis.database import Database
from services.chassis.vault import read_master_key

EACH = 40


async def test_every_number_is_drawn_once_and_none_is_left_out(
    mongodb: str, database_prefix: str, master_key: Path
) -> None:
    key, name = read_master_key(master_key), f"{database_prefix}applications"
    databases = [Database(mongodb, name, "applications", 1, key, SystemClock()) for _ in range(2)]
    first, second = (Numbers(database.collection("counters")) for database in databases)
    call, other = uuid4(), uuid4()
    drawn = await asyncio.gather(*(numbers.draw(call) for _ in range(EACH) for numbers in (first, second)))
    assert sorted(drawn) == list(range(1, 2 * EACH + 1))
    assert [await first.draw(other), await second.draw(call)] == [1, 2 * EACH + 1]
    for database in databases:
        database.close()
