"""A queue of 8 415 ballots and a list of 3 740 applications, against lists of 20 and of one full page, in the same run."""

import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID, uuid4

import psutil
from rich.console import Console

from services.applications.register import OVERLAP_MS
from services.chassis.clock import SystemClock
from services.chassis.database import Database
from services.chassis.settings import CommonSettings
from services.chassis.vault import read_master_key
from services.evaluation.store.ballots import Ballots
from tests.benchmarks.figures import Aim, Effort, Figure
from tests.benchmarks.load import Measured, gets
from tests.benchmarks.report import FOLDER
from tests.browser.applications.opening import open_call
from tests.browser.doing import Person
from tests.browser.office.desk import submitted
from tests.browser.proof.judging import READS, judging
from tests.browser.proof.reader import reader
from tests.browser.season import Played, played
from tests.platform import eventually

BALLOTS, READ, APPLICATIONS, SHORT = 8_415, 187, 3_740, 20
A_PAGE = {"ballots": 25, "applications": 50}
CLIENTS, SECONDS = 4, 1.5
AS_FAST = Aim(least=0.8)
"""Of a list that goes on after its page, against one that ends with it."""
PREFIX = CommonSettings.model_fields["database_prefix"].default


async def measure(console: Console, effort: Effort) -> list[Figure]:
    """By list: pages a second, and the ratio to a list of 20, or to one that fills a page when it is longer than that."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        async for season in played(Path(folder)):
            console.print("A small season is played; its lists are filled.")
            lists = Lists(season, effort)
            return [*await lists.ballots(), *await lists.applications()]
    return []


class Lists:
    """Long and short lists of one platform."""

    def __init__(self, season: Played, effort: Effort) -> None:
        described = json.loads((season.platform / "run" / "platform.json").read_text())
        self._season, self._effort = season, effort
        self._services = psutil.Process(described["processes"]["services"]["pid"])
        self._environment = self._services.environ()

    async def ballots(self) -> list[Figure]:
        """A reader's queue of 187 in a round of 8 415 ballots, and one of all 8 415."""
        expert, queues = self._season.person("expert"), dict[int, str]()
        kept = Ballots(self._database("evaluation"))
        for size in (SHORT, A_PAGE["ballots"], READ, BALLOTS):
            round_id, _ = await judging(self._season)
            more = [uuid4() for _ in range(size - READS["expert"])]
            await kept.make(UUID(round_id), UUID(expert["id"]), more)
            for _ in range(BALLOTS // READ - 1 if size == READ else 0):
                await kept.make(UUID(round_id), uuid4(), [uuid4() for _ in range(READ)])
            mine = await self._season.ask(expert, "GET", "evaluation", f"/rounds/{round_id}/ballots/mine")
            assert mine["total"] == size
            queues[size] = f"/fr/panel/{round_id}"
        return compared("queue of ballots", await self._rounds(expert, queues), A_PAGE["ballots"])

    async def applications(self) -> list[Figure]:
        """An officer's list of a call's applications."""
        lists = {size: await self._call(size) for size in (SHORT, A_PAGE["applications"], APPLICATIONS)}
        found = await self._rounds(self._season.person("programme_officer"), lists)
        return compared("list of applications", found, A_PAGE["applications"])

    async def _call(self, size: int) -> str:
        """A call with one application that was submitted, and copies of it that were there for a while."""
        call_id = await open_call(self._season)
        application_id = await submitted(self._season, call_id, 0)
        kept = self._database("applications").collection("applications")
        one = await eventually(lambda: kept.find_one({"_id": application_id}), _published)
        await kept.insert_many([_copy(one, ordinal) for ordinal in range(2, size + 1)])
        officer, path = self._season.person("programme_officer"), f"/calls/{call_id}/applications"
        assert (await self._season.ask(officer, "GET", "applications", path, params={"limit": 1}))["total"] == size
        return f"/fr/office{path}"

    def _database(self, service: str) -> Database:
        given = self._environment
        name = f"{given.get('TREMPLIN_DATABASE_PREFIX', PREFIX)}{service}"
        key = read_master_key(Path(given["TREMPLIN_MASTER_KEY_FILE"]))
        return Database(given["MONGODB_URI"], name, service, 1, key, SystemClock())

    async def _rounds(self, person: Person, pages: dict[int, str]) -> dict[int, list[Measured]]:
        """Some rounds of each by size, all pages in turn."""
        found, seconds = dict[int, list[Measured]](), SECONDS * self._effort.share
        async with reader(self._season, person) as somebody:
            cookie = "; ".join(f"{each['name']}={each['value']}" for each in somebody.cookies)
            for _ in range(self._effort.rounds):
                for size, path in pages.items():
                    assert (await somebody.get(path)).status == 200
                    url = f"{self._season.url}{path}"
                    found.setdefault(size, []).append(await gets(url, self._services, CLIENTS, seconds, cookie))
        return found


def _published(found: dict[str, Any] | None) -> bool:
    return found is not None and "pending" not in found


def _copy(one: dict[str, Any], ordinal: int) -> dict[str, Any]:
    """Another application like this one, not touched so lately that it would be looked at each time."""
    key, state = str(uuid4()), one["state"]
    number = f"{state['number'].rpartition('-')[0]}-{ordinal:06d}"
    changed = {
        "application_id": key,
        "ordinal": ordinal,
        "number": number,
        "touched": state["touched"] - 2 * OVERLAP_MS,
    }
    kept = {name: value for name, value in state.items() if name != "slot"}
    return {**one, "_id": key, "state": {**kept, **changed}, "outbox": []}


def compared(what: str, found: dict[int, list[Measured]], page: int) -> list[Figure]:
    rates = {size: [each.per_second for each in rounds] for size, rounds in found.items()}
    figures = []
    for size, rounds in found.items():
        more = {"processor µs each": median(each.cpu_us for each in rounds)}
        against, limit, aim = "a list of 20", rates[SHORT] if size > SHORT else [], None
        if size > page:
            more["ratio to a list of 20"] = median(rates[size]) / median(rates[SHORT])
            against, limit, aim = "a full page of a short list", rates[page], AS_FAST
        figures.append(Figure(f"{what}: {size}", "/s", rates[size], against, limit, aim, more))
    return figures
