"""Two rounds, for all tests of the evaluation's pages: one that is open, one that is closed."""

from dataclasses import dataclass

import pytest

from tests.browser.evaluation import rounds
from tests.browser.season import Played


@dataclass(frozen=True)
class Rounds:
    """``opened``'s ballots are open for a month; those of ``closed`` are counted."""

    opened: rounds.Prepared
    closed: rounds.Prepared


@pytest.fixture(scope="session")
async def made(season: Played) -> Rounds:
    return Rounds(await rounds.open_round(season), await rounds.closed_round(season))
