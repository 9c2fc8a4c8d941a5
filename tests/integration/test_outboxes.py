"""What is sent leaves the outbox, and nothing else does."""

from pathlib import Path
from uuid import UUID, uuid4

from services.chassis.clock import SystemClock
from services.chassis.database import Database, Repository
from services.chassis.outboxes import Outboxes, Place
from services.chassis.vault import read_master_key
from tests.toys import Person, ask

SHARDS = range(2)


async def test_an_aggregate_written_meanwhile_keeps_its_newer_events_and_its_mark(
    mongodb: str, database_prefix: str, master_key: Path
) -> None:
    database = Database(mongodb, f"{database_prefix}people", "people", 2, read_master_key(master_key), SystemClock())
    people = Repository(database, "people", Person, personal={"private": "person_id"})
    await database.prepare()
    outboxes, quiet, busy = Outboxes(database), uuid4(), uuid4()
    for person in (quiet, busy, busy):
        await ask(people, person)

    async def waiting() -> dict[UUID, Place]:
        found = (await outboxes.collect(outboxes.due(0.0), SHARDS)).values()
        return {UUID(place.key): place for batch in found for place in batch.places}

    first = await waiting()
    assert {person: len(place.ids) for person, place in first.items()} == {quiet: 1, busy: 2}
    await ask(people, busy)
    await outboxes.empty(list(first.values()))
    left = await waiting()
    assert (list(left), len(left[busy].ids)) == ([busy], 1)
    assert left[busy].ids != first[busy].ids[-1:]
    await outboxes.empty(list(left.values()))
    assert (await waiting(), outboxes.depth) == ({}, 0)
    database.close()
