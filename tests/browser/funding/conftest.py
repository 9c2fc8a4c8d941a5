"""Laureates that nobody else's test touches."""

import pytest

from tests.browser.funding import laureates
from tests.browser.funding.laureates import Laureate
from tests.browser.season import Played

TESTS = 5


@pytest.fixture(scope="session")
async def selected(season: Played) -> list[Laureate]:
    return await laureates.selected(season, TESTS)


@pytest.fixture
async def laureate(selected: list[Laureate]) -> Laureate:
    """One whose agreement waits for their signature, for one test."""
    return selected.pop()
