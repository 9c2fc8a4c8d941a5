"""Lists of a call over HTTP: searched, filtered, sorted, paged, exported, as ids, and as cheap when they are long."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import monitoring

from contracts.people import PersonErased
from services.chassis.clock import SharedClock
from tests.applications import ASSOCIATION, Json
from tests.desk import become_officer
from tests.platform import Elsewhere, archived, eventually
from tests.season import Season, Token, open_season


class Commands(monitoring.CommandListener):
    """What the database was asked for applications while ``listening``, the relay aside, and how many came back."""

    def __init__(self) -> None:
        self.listening = False
        self.forget()

    def forget(self) -> None:
        self.asked: dict[int, Mapping[str, Any]] = {}
        self.documents = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        found = event.command.get("filter", {})
        if self.listening and event.command.get("find") == "applications" and "pending" not in found:
            self.asked[event.request_id] = found

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.request_id in self.asked:
            self.documents += len(event.reply["cursor"]["firstBatch"])

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    listeners = monitoring._LISTENERS  # what ``monitoring.register`` adds to, which knows no way back
    found = Commands()
    monkeypatch.setattr(
        monitoring, "_LISTENERS", listeners._replace(command_listeners=[*listeners.command_listeners, found])
    )
    return found


@pytest.fixture
async def season(
    commands: Commands, service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def listed(season: Season, query: str = "") -> Json:
    return await season.officer.get(f"/calls/{season.call_id}/applications{query}")


async def titles(season: Season, query: str = "") -> list[str]:
    return [each["title"] for each in (await listed(season, query))["applications"]]


async def three(season: Season) -> list[str]:
    """A garden of an association in Paris, a theatre in Ille-et-Vilaine that asks for most, a library in Corsica."""
    garden = await season.submitted(
        season.someone(), kind="association", applicant=ASSOCIATION, title="Jardins partagés", departement="75",
        requested_cents=100, needs=["coaching"],
    )  # fmt: skip
    season.clock.move(season.clock.now() + timedelta(hours=1))
    theatre = await season.submitted(season.someone(), title="Théâtre de rue", requested_cents=900, theme="ecology")
    season.clock.move(season.clock.now() + timedelta(hours=1))
    library = await season.submitted(season.someone(), title="Bibliothèque", departement="2A", requested_cents=500)
    return [garden, theatre, library]


async def test_a_list_is_searched_filtered_and_sorted(season: Season) -> None:
    await three(season)
    await season.draft(season.someone(), title="Never listed")
    garden, theatre, library = "Jardins partagés", "Théâtre de rue", "Bibliothèque"
    expected = {
        "": [garden, theatre, library],
        "?sort=-number": [library, theatre, garden],
        "?sort=amount": [garden, library, theatre],
        "?sort=-submitted_at": [library, theatre, garden],
        "?sort=departement": [library, theatre, garden],
        "?q=AIC-2021-000002": [theatre],
        "?q=3": [library],
        "?q=73282932000074": [garden],
        "?q=W353012345": [garden],
        "?q=732829320": [garden],
        "?q=jardin partage": [garden],
        "?q=theatre": [theatre],
        "?q=Canary-Family": [],
        "?kind=person": [theatre, library],
        "?kind=person&kind=association&theme=health": [garden, library],
        "?region=94&region=11": [garden, library],
        "?departement=35": [theatre],
        "?need=coaching": [garden],
        "?officer=nobody&sort=-amount": [theatre, library, garden],
        "?status=eligible": [],
    }
    assert {query: await titles(season, query) for query in expected} == expected
    for query in expected:
        ids = (await season.officer.get(f"/calls/{season.call_id}/applications/ids{query}"))["application_ids"]
        assert ids == [each["application_id"] for each in (await listed(season, query))["applications"]]
    await season.officer.refused("invalid_request", "GET", f"/calls/{season.call_id}/applications?officer=somebody")
    await season.officer.refused("invalid_request", "GET", f"/calls/{season.call_id}/applications?sort=title")
    await season.officer.refused("cursor_invalid", "GET", f"/calls/{season.call_id}/applications?sort=amount&after=x")
    await season.officer.refused("not_found", "GET", f"/calls/{uuid4()}/applications")


async def test_a_list_has_what_was_written_just_before(season: Season) -> None:
    garden, theatre, library = await three(season)
    assert (await listed(season))["counts"] == {"submitted": 3}
    assess = {"decision": "inadmissible", "rule": "complete", "reason": "Canary"}
    await season.officer.post(f"/applications/{garden}/decisions", assess, 201)
    shown = await listed(season, "?status=submitted&limit=1")
    assert (shown["total"], shown["counts"]) == (2, {"submitted": 2, "inadmissible": 1})
    further = await listed(season, f"?status=submitted&limit=1&after={shown['next']}")
    assert [each["application_id"] for each in shown["applications"] + further["applications"]] == [theatre, library]
    assert further["next"] is None
    back = await listed(season, f"?status=submitted&limit=1&before={further['previous']}")
    assert [each["application_id"] for each in back["applications"]] == [theatre]


async def test_an_export_has_every_line_of_the_list(season: Season) -> None:
    await three(season)
    path = f"/calls/{season.call_id}/applications"
    answer = await season.officer.ask("GET", f"{path}/export?sort=-amount&kind=person")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["tremplin-lines"] == "2"
    assert lines == (await season.officer.get(f"{path}?sort=-amount&kind=person"))["applications"]
    assert {"number", "title", "status", "region", "assigned_to", "channel"} <= lines[0].keys()
    await season.someone().refused("forbidden", "GET", f"{path}/export")
    await season.someone().refused("forbidden", "GET", f"{path}/ids")


async def test_a_board_shows_the_call_at_a_glance(season: Season, others: Elsewhere) -> None:
    garden, theatre, library = await three(season)
    await become_officer(season.officer.id, season, others)
    await season.draft(season.someone(), title="Canary-Draft")
    await season.officer.post(f"/applications/{theatre}/assignment", {"officer_id": str(season.officer.id)})
    season.clock.move(season.clock.now() + timedelta(days=2))
    admit = {"decision": "admissible", "rule": "all_passed", "reason": "Canary"}
    await season.officer.post(f"/applications/{library}/decisions", admit, 201)
    shown = await season.someone("administrator").get(f"/calls/{season.call_id}/board")
    assert (shown["drafts"], shown["submitted"], shown["unassigned"]) == (1, 3, 2)
    assert shown["by_departement"] == {"2A": 1, "35": 1, "75": 1}
    assert shown["by_status"] == {"draft": 1, "submitted": 2, "admissible": 1}
    assert 2 <= shown["delays"]["median_days"] < 2.1
    assert shown["delays"]["oldest_waiting"]["application_id"] == garden
    assert [(each["assigned"], each["acting"]) for each in shown["officers"]] == [(1, 1)]
    assert "canary" not in str(shown).lower()
    await season.someone("expert").refused("forbidden", "GET", f"/calls/{season.call_id}/board")


async def test_who_is_erased_is_found_by_no_word_any_more(season: Season, others: Elsewhere) -> None:
    owner = season.someone()
    await season.submitted(owner, title="Canary-Garden")
    assert await titles(season, "?q=garden") == ["Canary-Garden"]
    await others.happened(PersonErased(person_id=owner.id), owner.id, season.clock.now())

    async def erased() -> bool:
        return (await listed(season, "?q=garden"))["total"] == 0

    await eventually(erased)
    assert await titles(season) == [None]
    kept = await season.service.database.collection("applications").find_one({})
    assert kept is not None
    assert kept["state"]["tags"] == []
    assert "garden" not in "".join(item.data for item in await archived(season.service)).lower()


async def copies(season: Season, number: int) -> None:
    """As many copies of the call's only application, touched long ago."""
    collection = season.service.database.collection("applications")
    one = await collection.find_one({})
    assert one is not None
    made = [
        {name: value for name, value in one.items() if name != "pending"}
        | {"_id": str(uuid4()), "outbox": []}
        | {"state": one["state"] | {"ordinal": each, "number": f"AIC-2021-{each:06d}", "slot": f"{each}", "touched": 1}}
        for each in range(2, number + 1)
    ]
    for document in made:
        document["state"]["application_id"] = document["_id"]
    await collection.insert_many(made)
    await collection.update_one({"_id": one["_id"]}, {"$set": {"state.touched": 1}})


async def test_a_long_list_asks_the_database_no_more_than_a_short_one(season: Season, commands: Commands) -> None:
    await season.submitted(season.someone())
    await copies(season, 400)
    assert (await listed(season, "?limit=20"))["total"] == 400
    for query in ("", "&sort=-amount", "&q=Canary-Title&kind=person", "&after=200"):
        commands.forget()
        commands.listening = True
        shown = await listed(season, f"?limit=20{query}")
        commands.listening = False
        assert (len(shown["applications"]), shown["total"]) == (20, 400)
        touched, whole = commands.asked.values()
        assert commands.documents == 20
        assert set(touched) == {"state.call_id", "state.touched"}
        assert set(whole) == {"_id"}
    commands.forget()
    commands.listening = True
    ids = await season.officer.get(f"/calls/{season.call_id}/applications/ids?q=AIC-2021")
    commands.listening = False
    assert (len(ids["application_ids"]), commands.documents) == (400, 0)
    collection = season.service.database.collection("applications")
    assert "'indexName': 'by_touch'" in str(await collection.find(touched).explain())


async def test_no_filter_breaks_a_list_or_comes_back(season: Season) -> None:
    await season.submitted(season.someone())
    names = (
        "q", "status", "kind", "theme", "need", "departement", "region", "officer", "unconfirmed", "sort", "after",
        "before",
    )  # fmt: skip
    odd = ("", "Canary-Input", "-1", str(10**30), "\x00", "٣", "~", "%", "🌳" * 30, "\u202eabc", "x" * 3_000)
    broken = {}
    for path in ("", "/export", "/ids"):
        for name in names[: None if path == "" else -2]:
            for value in odd:
                address = f"/calls/{season.call_id}/applications{path}"
                answer = await season.officer.ask("GET", address, params={name: value, "limit": 5})
                if answer.status_code not in (200, 422) or "Canary-Input" in answer.text:
                    broken[path, name, value[:20]] = (answer.status_code, answer.text)
    assert broken == {}
