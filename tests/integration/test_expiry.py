"""What is over is deleted by its service, and never by the database's own sweep (decision 0089)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from tests.everything import Everything
from tests.portal import Standing, environment, standing


@pytest.fixture
def prefix() -> str:
    return f"expiry_{uuid4().hex[:8]}_"


@pytest.fixture
async def portal(mongodb: str, master_key: Path, tmp_path: Path, prefix: str) -> AsyncIterator[Standing]:
    async with standing(environment(mongodb, master_key, tmp_path, prefix)) as found:
        yield found


async def indexes(database: Any) -> list[dict[str, Any]]:
    """All indexes of a database, with their options."""
    found = [await database[name].index_information() for name in await database.list_collection_names()]
    return [index for each in found for index in each.values()]


async def test_no_index_makes_the_database_delete(
    everything: Everything, portal: Standing, mongodb: str, prefix: str
) -> None:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(mongodb)
    databases = [service.database.collection("keys").database for service in everything.services.values()]
    for database in (*databases, client[f"{prefix}portal"]):
        found = await indexes(database)
        assert found
        assert [index for index in found if "expireAfterSeconds" in index] == []
    client.close()


async def test_the_portal_forgets_what_is_over_and_nothing_else(portal: Standing) -> None:
    store, now = portal.portal.parts.store, datetime.now(UTC)
    visitor = await portal.visitor("applicant")
    person = visitor.session.person_id
    await store.start_login("a log-in", {"provider": "people"}, now)
    form = await store.park(person, "/fr/account", [("zone", "Europe/Paris")], now)
    assert await store.forget_expired(now + timedelta(seconds=1)) == 0
    assert await store.forget_expired(now + timedelta(minutes=10)) == 1
    assert await store.parked(form, person, now)
    assert await store.forget_expired(now + timedelta(hours=1)) == 1
    assert await store.parked(form, person, now) is None
    assert await store.session(visitor.token)
    assert await store.forget_expired(now + timedelta(hours=14)) == 1
    assert await store.session(visitor.token) is None
