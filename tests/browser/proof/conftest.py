"""What all the proof looks at: the season with a stage of its own, and everyone's walk over it."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.browser.proof.reader import reader
from tests.browser.proof.stage import Stage, set_up
from tests.browser.proof.table import Table
from tests.browser.proof.walk import Seen, walk
from tests.browser.season import Played


@dataclass(frozen=True)
class Walked:
    """Where somebody came, and the cookies with which a browser goes on as them."""

    part: str
    seen: list[Seen]
    cookies: list[dict[str, Any]]

    @property
    def firsts(self) -> list[Seen]:
        """The first page of each route."""
        return [each for each in self.seen if each.first and each.answer.is_page]


@pytest.fixture(scope="session")
async def stage(season: Played) -> Stage:
    return await set_up(season)


@pytest.fixture(scope="session")
def table() -> Table:
    return Table()


@pytest.fixture(scope="session")
async def walks(stage: Stage, table: Table) -> list[Walked]:
    found = []
    for part, person in stage.people.items():
        async with reader(stage.season, person) as somebody:
            seen = await walk(somebody, table, stage.doors[part])
            found.append(Walked(part, seen, somebody.cookies))
    return found
