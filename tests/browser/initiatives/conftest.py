"""Initiatives in acceleration, made once for these tests: for each test one of its own."""

import pytest

from tests.browser.funding.laureates import Laureate
from tests.browser.initiatives import running
from tests.browser.season import Played


@pytest.fixture(scope="session")
async def accelerated(season: Played) -> list[Laureate]:
    """Two laureates whose acceleration has begun, with its first check-in to be made."""
    return await running.begin(season, 2)
