"""What tests on real servers share, beside the servers."""

from collections.abc import AsyncIterator, Callable, Mapping

import pytest

from services.chassis.clock import SharedClock
from services.chassis.settings import CommonSettings, read
from tests.evaluation import Stage, staged


@pytest.fixture
def settings(service_environment: Mapping[str, str]) -> CommonSettings:
    """The settings that every service has."""
    return read(CommonSettings)


@pytest.fixture
async def stage(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Callable[..., str]
) -> AsyncIterator[Stage]:
    """The service of evaluation, and everybody around it."""
    async with staged(service_environment, season_clock, token) as found:
        yield found
