"""What the test of a whole season gets: a platform of its own, which outlasts the windows onto it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.whole.town import Town, founded


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """Nothing has happened on it yet."""
    async for found in founded(tmp_path):
        yield found
