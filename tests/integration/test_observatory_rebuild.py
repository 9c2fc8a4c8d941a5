"""The observatory's projections on real servers: the same content in any order, and rebuilt."""

import asyncio
import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts import coaching
from contracts.model import Event
from services.chassis.consuming import Received
from services.chassis.runtime import make_clock, make_database
from services.chassis.settings import CommonSettings, read
from services.coaching.main import build as build_coaching
from services.observatory.handlers import noting
from services.observatory.main import build
from services.observatory.store.store import Store
from tests.conftest import SEASON_START, Token
from tests.platform import elsewhere, eventually, serving
from tests.seasons import CALL, OWNER, season


async def test_any_order_gives_the_same_content(service_environment: Mapping[str, str]) -> None:
    settings = read(CommonSettings)
    happened = [(event, received(event, subject, index)) for index, (event, subject) in enumerate(season())]
    digests = set()
    for seed in range(3):
        database = make_database(settings, f"observatory{seed}", make_clock(settings))
        store = Store(database)
        await store.prepare()
        order = happened + happened[:5] if seed else list(happened)
        if seed:
            random.Random(seed).shuffle(order)  # noqa: S311  an order of arrival, no secret
        await asyncio.gather(*(noting.note_event(event, one, store) for event, one in order))
        digests.add((await store.digest())["digest"])
        database.close()
    assert len(digests) == 1


def received(event: Event, subject: UUID, index: int) -> Received:
    at = SEASON_START + timedelta(minutes=index)
    return Received(f"event-{index}", event.service, str(subject), at, index + 1, 1, None)


async def test_a_rebuild_gives_the_same_content_and_says_when_it_is_done(
    service_environment: Mapping[str, str], token: Token
) -> None:
    operator = {"Authorization": f"Bearer {token(uuid4(), 'operator')}"}
    source, service = await build_coaching(), await build()
    bootstrap = service_environment["KAFKA_BOOTSTRAP_SERVERS"]
    async with serving(source), serving(service) as client, elsewhere(bootstrap) as others:
        initiatives = [uuid4() for _ in range(6)]
        for each in initiatives:
            command = coaching.OpenCycle(
                command_id=uuid4(), requester="w", initiative_id=each, call_id=CALL, owner_id=OWNER, theme="health",
                departement="75", starts_at=SEASON_START, ends_at=SEASON_START + timedelta(weeks=13),
            )  # fmt: skip
            await others.ask(command, each, SEASON_START)
            for week in (1, 2):
                due = SEASON_START + timedelta(weeks=week)
                check_in = coaching.OpenCheckIn(
                    command_id=uuid4(), requester="w", initiative_id=each, week=week, due_at=due
                )
                await others.ask(check_in, each, SEASON_START)

        async def digest() -> Any:
            return (await client.get("/internal/digest", headers=operator)).json()

        before = await eventually(digest, lambda found: found["entries"] == 18)
        assert (await client.post("/internal/reset")).status_code == 401
        assert (await client.post("/internal/reset", headers=operator)).json()["digest"] == before["digest"]
        emptied = await digest()
        assert (emptied["entries"], emptied["rebuilding"]) == (0, True)
        rewound = await client.post("/internal/replay", json={"source": "coaching", "after": {}}, headers=operator)
        assert rewound.status_code == 200
        after = await eventually(digest, lambda found: not found["rebuilding"])
        assert after["digest"] == before["digest"]
        assert after["rebuild"]["done"] is True
