"""Decisions on many applications on real servers: preview, confirm, undo until they are sent, each once, through a kill."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.applications import main
from services.chassis.clock import SharedClock
from tests.platform import archived, eventually, serving
from tests.season import Season, Token, open_season

MANY = 100
REASON = "Canary-Reason for all of them"


@pytest.fixture
async def season(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token
) -> AsyncIterator[Season]:
    async with open_season(season_clock, token) as found:
        yield found


async def some(season: Season, number: int) -> list[str]:
    return [await season.submitted(season.someone()) for _ in range(number)]


@contextlib.asynccontextmanager
async def open_again(season: Season) -> AsyncIterator[Season]:
    """The same season, after its service was away."""
    service = await main.build()
    async with serving(service) as http:
        season.officer.http = http
        yield replace(season, service=service, http=http)


def decision(**given: Any) -> dict[str, Any]:
    return {"decision": "admissible", "rule": "officer_assessment", "reason": REASON, **given}


async def planned(season: Season, *applications: str, **given: Any) -> dict[str, Any]:
    body = decision(application_ids=applications, **given)
    return await season.officer.post(f"/calls/{season.call_id}/decision-batches", body, 201)


async def ended(season: Season, batch: str) -> dict[str, Any]:
    async def seen() -> dict[str, Any]:
        return await season.officer.get(f"/decision-batches/{batch}")

    return await eventually(seen, lambda found: found["status"] == "sent")


async def test_nothing_is_decided_before_its_time_and_then_each_once(season: Season) -> None:
    good, officer = await some(season, 3), season.officer
    stays, unknown = await season.submitted(season.someone(), public_page=None), str(uuid4())
    await officer.post(f"/applications/{stays}/correction-requests", {"fields": ["public_page"]}, 201)
    batch = await planned(season, *good, stays, unknown)
    path = f"/decision-batches/{batch['batch_id']}"
    assert (batch["status"], batch["counts"]) == ("planned", {"ready": 3, "refused": 2, "decided": 0})
    assert [(item["status"], item["code"]) for item in batch["items"][2:]] == [
        ("admissible", None), (None, "correction_still_open"), (None, "not_found"),
    ]  # fmt: skip
    scheduled = await officer.post(f"{path}/send")
    assert scheduled["status"] == "scheduled"
    assert (await officer.get(f"/applications/{good[0]}"))["status"] == "submitted"
    season.clock.advance(timedelta(minutes=10))
    sent = await ended(season, batch["batch_id"])
    assert sent["counts"] == {"ready": 0, "refused": 2, "decided": 3}
    for application in good:
        shown = await officer.get(f"/applications/{application}")
        assert shown["status"] == "admissible"
        assert [(each["decided_by"], each["reason"]) for each in shown["decisions"]] == [(str(officer.id), REASON)]
    assert len(await season.told("ApplicationAdmitted", 3)) == 3
    await officer.refused("batch_sent", "POST", f"{path}/undo")
    document = await season.service.database.collection("decision_batches").find_one({})
    assert (
        "canary" not in repr(document).lower() + "".join(item.data for item in await archived(season.service)).lower()
    )


async def test_a_batch_is_undone_until_it_is_sent(season: Season) -> None:
    (application,), officer = await some(season, 1), season.officer
    batch = await planned(season, application)
    path = f"/decision-batches/{batch['batch_id']}"
    await officer.post(f"{path}/send")
    assert (await officer.post(f"{path}/undo"))["status"] == "undone"
    season.clock.advance(timedelta(minutes=11))
    other = await planned(season, application, decision="inadmissible")
    await officer.post(f"/decision-batches/{other['batch_id']}/send", {"sends_at": "now"})
    await ended(season, other["batch_id"])
    assert (await officer.get(f"/applications/{application}"))["status"] == "inadmissible"
    await officer.refused("batch_undone", "POST", f"{path}/send")
    listed = await officer.get(f"/calls/{season.call_id}/decision-batches?limit=1")
    assert [each["batch_id"] for each in listed["batches"]] == [other["batch_id"]]
    further = await officer.get(f"/calls/{season.call_id}/decision-batches", params={"before": listed["next"]})
    assert [(each["batch_id"], each["status"]) for each in further["batches"]] == [(batch["batch_id"], "undone")]


async def test_a_batch_is_planned_from_the_lists_filters_within_bounds(season: Season) -> None:
    (near, *_), officer = await some(season, 2), season.officer
    far = await season.submitted(season.someone(), departement="75")
    path = f"/calls/{season.call_id}/decision-batches"
    batch = await officer.post(path, decision(), 201, params={"departement": "75"})
    assert [item["application_id"] for item in batch["items"]] == [far]
    assert len((await officer.post(path, decision(), 201))["items"]) == 3
    await officer.refused("nothing_to_decide", "POST", path, decision(), params={"departement": "67"})
    await officer.refused("rule_unknown", "POST", path, decision(rule="another"))
    many = [str(uuid4()) for _ in range(501)]
    await officer.refused("invalid_request", "POST", path, decision(application_ids=many))
    await officer.refused("not_found", "POST", f"/calls/{uuid4()}/decision-batches", decision(application_ids=[near]))
    send = f"/decision-batches/{batch['batch_id']}/send"
    await officer.refused("too_far_ahead", "POST", send, {"sends_at": "2030-01-01T00:00:00Z"})
    await officer.refused("invalid_request", "POST", send, {"sends_at": "soon"})
    for someone in (season.someone(), season.someone("deciding_authority", "administrator")):
        await someone.refused("forbidden", "POST", path, decision())
        await someone.refused("forbidden", "POST", send)
        await someone.refused("forbidden", "GET", f"/decision-batches/{batch['batch_id']}")


async def test_what_changed_meanwhile_is_refused_at_the_end_and_said(season: Season) -> None:
    (kept, changed), officer = await some(season, 2), season.officer
    batch = await planned(season, kept, changed)
    await officer.post(f"/decision-batches/{batch['batch_id']}/send")
    await officer.post(f"/applications/{changed}/decisions", decision(decision="inadmissible"), 201)
    season.clock.advance(timedelta(minutes=10))
    sent = await ended(season, batch["batch_id"])
    assert [(item["state"], item["status"], item["code"]) for item in sent["items"]] == [
        ("decided", "admissible", None), ("refused", None, "wrong_state"),
    ]  # fmt: skip


class Process:
    """The service in a process of its own, which can be killed."""

    def __init__(self, environment: Mapping[str, str], log: Any) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, http: httpx.AsyncClient) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.local", "serve", "applications"),
            env=self._environment, stdout=self._log, stderr=self._log,
        )  # fmt: skip

        async def answers() -> bool:
            try:
                return (await http.get("/health/ready")).status_code == 200
            except httpx.HTTPError:
                return False

        await eventually(answers)

    async def kill(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()


async def stored(batch: str) -> dict[str, Any]:
    """The batch as it is kept, while no service runs."""
    service = await main.build()
    try:
        found = await service.database.collection("decision_batches").find_one({"_id": batch})
    finally:
        service.database.close()
    assert found is not None
    state: dict[str, Any] = found["state"]
    return state


async def test_a_batch_survives_a_kill_in_the_middle(
    service_environment: Mapping[str, str], season_clock: SharedClock, token: Token, tmp_path: Any
) -> None:
    async with open_season(season_clock, token) as season:
        applications = await some(season, MANY)
        batch = (await planned(season, *applications))["batch_id"]
        await season.officer.post(f"/decision-batches/{batch}/send")
        port, officer = season.service.port, season.officer
    season_clock.advance(timedelta(minutes=10))
    with (tmp_path / "serve.log").open("wb") as log:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            process = Process(service_environment, log)
            officer.http = http
            await process.start(http)

            async def decided() -> int:
                return int((await officer.get(f"/decision-batches/{batch}"))["counts"]["decided"])

            await eventually(decided, lambda number: number > 0)
            await process.kill()
    cut = await stored(batch)
    assert cut["status"] == "sending"
    assert {item["state"] for item in cut["items"]} == {"ready", "decided"}
    async with open_again(season) as again:
        sent = await ended(again, batch)
        assert sent["counts"] == {"ready": 0, "refused": 0, "decided": MANY}
        told = await again.told("ApplicationAdmitted", MANY)
        assert sorted(each["application_id"] for each in told) == sorted(applications)
        for application in applications:
            assert len((await again.officer.get(f"/applications/{application}"))["decisions"]) == 1
