"""A small season over HTTP on the embedded platform: what it comes to, what it gives away, and what a restart changes."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from deploy.local.directory import DataDirectory
from deploy.local.operations import archives, letters, replaying
from deploy.local.operations.platform import Platform
from deploy.local.season.running import House, Season, play
from deploy.local.season.size import Size
from deploy.local.season.watching import Watcher
from tests.embedded import standing
from tests.outcomes import outcome
from tests.platform import eventually

SCALE = 0.1
CANARIES = (
    "Porteur 000",
    "porteur-000",
    "@exemple-",
    "@tremplin.example",
    "Avis synthétique",
    "Point synthétique",
    "Diagnostic synthétique",
    "Demande synthétique",
    "Erreur de l'instructeur",
    "Procès-verbal",
    "Aucun lien avec",
    "FR76",
)
"""Pieces of names, addresses, accounts and free text that the season's people write."""

PUBLISHED = ("InitiativePublished", "GrantPublished")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Watched(Watcher):
    """Notes the phases; after each of the named ones the platform is stopped and started again."""

    def __init__(self, *restart_after: str) -> None:
        self.phases: list[str] = []
        self._restart_after = restart_after

    def end(self, phase: str, seconds: float) -> None:
        self.phases.append(phase)

    async def between(self, phase: str, house: House) -> None:
        if phase in self._restart_after:
            await house.close()
            await house.open()


class Played:
    """A season that was played, with what was read from its stores before they were stopped."""

    def __init__(self) -> None:
        self.summary: dict[str, Any] = {}
        self.records: list[dict[str, Any]] = []

    async def between(self, phase: str, house: House) -> None:
        if phase != "Accounts and open data":
            return
        address = house.installation.description()["parts"]["mongodb"]["address"]
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(address)
        for name in await client.list_database_names():
            if "archive" in await client[name].list_collection_names():
                self.records += [entry["record"] async for entry in client[name]["archive"].find({})]
        await client.close()


@pytest.fixture(scope="module")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("season")


@pytest.fixture(scope="module")
async def played(folder: Path) -> Played:
    found = Played()
    found.summary = await play(Season(folder, SCALE), Watcher(), found.between)
    return found


async def test_every_invariant_holds(played: Played, folder: Path) -> None:
    summary = played.summary
    assert [name for name, holds in summary["invariants"].items() if not holds] == []
    assert json.loads((folder / "summary.json").read_text()) == summary
    assert summary["dead_letters"] == summary["events_unconfirmed"] == 0
    assert summary["cycles_stopped"] == 1
    assert summary["cycles_completed"] == summary["laureates"] - 1
    assert summary["paid_cents"] <= summary["committed_cents"] + summary["paid_cents"]
    assert summary["clawed_back_cents"] > 0
    assert summary["requests"] == pytest.approx(Size(SCALE).requests, rel=0.05)
    assert {"application_invalid", "deadline_passed", "ineligible", "inadmissible"} <= set(summary["refusals"])


async def test_nothing_personal_leaves_its_service(played: Played, folder: Path) -> None:
    assert len(played.records) == played.summary["events_archived"]
    for record in played.records:
        if not record["type"].split(".")[2].startswith(PUBLISHED):
            assert [word for word in CANARIES if word in record["data"]] == [], record["type"]
    for log in (folder / "platform" / "log").glob("*.log"):
        text = log.read_text(errors="replace")
        assert [word for word in CANARIES if word in text] == [], log.name
    for history in (folder / "platform" / "temporal").rglob("*"):
        if history.is_file():
            content = history.read_bytes()
            assert [word for word in CANARIES if word.encode() in content] == [], history.name


async def test_open_data_name_no_natural_person(played: Played, folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "open-data" / "laureates.csv").read_text(encoding="utf-8"))))
    assert len(rows) == played.summary["laureates"]
    text = "".join(path.read_text(encoding="utf-8") for path in (folder / "open-data").iterdir())
    assert [word for word in CANARIES if word in text] == []


async def test_mails_hold_number_and_link_only(played: Played, folder: Path) -> None:
    mails = list((folder / "platform" / "mail").rglob("*.eml"))
    assert len(mails) == played.summary["mails"]
    written = [word for word in CANARIES if "@" not in word and not word.startswith("porteur")]
    for mail in mails:
        body = mail.read_text(encoding="utf-8", errors="replace").split("\n\n", 1)[1]
        assert [word for word in written if word in body] == [], mail.name


async def test_a_replay_for_every_service_changes_nothing(played: Played, folder: Path) -> None:
    directory = DataDirectory(folder / "platform")
    async with standing(directory), Platform(directory) as platform:
        before = await archives.verify(platform)
        for name in platform.names:
            replay = await replaying.begin(platform, name)
            await replaying.follow(platform, replay, lambda left: None)
            assert await replaying.same_content(platform, replay) in (None, True)
        assert await letters.find(platform) == []
        await asyncio.gather(*(_drained(platform, name) for name in archives.PUBLISHING))
        assert await archives.verify(platform) == before
    assert sum(each.events for each in before) == played.summary["events_archived"]
    assert len(list((folder / "platform" / "mail").rglob("*.eml"))) == played.summary["mails"]


async def _drained(platform: Platform, service: str) -> None:
    """Wait until whatever the service decided has been archived."""

    async def depth() -> int:
        return int((await platform.get(service, "/internal/progress"))["outbox"]["depth"])

    await eventually(depth, lambda waiting: waiting == 0)


async def test_stopping_and_starting_changes_nothing(played: Played, tmp_path: Path) -> None:
    watched = Watched("Applications submitted", "Ballots", "Places accepted")
    summary = await play(Season(tmp_path, SCALE), watched, watched.between)
    assert outcome(summary) == outcome(played.summary)


async def test_a_process_for_each_service_changes_nothing(played: Played, tmp_path: Path) -> None:
    summary = await play(Season(tmp_path, SCALE, separate=True), Watcher())
    assert outcome(summary) == outcome(played.summary)
