"""Health and metrics tell the truth: about a part that hangs, a loop that has ended, and what waits for an operator."""

import asyncio
from collections.abc import Mapping
from uuid import uuid4

import pytest

from contracts.people import PersonRegistered
from services.chassis.clock import SharedClock
from services.chassis.database import Database
from services.chassis.settings import CommonSettings
from tests.platform import elsewhere, eventually, serving
from tests.toys import Sink, port


async def test_a_part_that_hangs_is_told_within_a_bound(
    settings: CommonSettings, service_environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_: Database) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("services.chassis.doors.CHECK_SECONDS", 0.2)
    monkeypatch.setattr(Database, "ping", hangs)
    async with serving(Sink().service(settings, port(service_environment, "observatory"))) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["parts"]["database"]) == (503, "TimeoutError")


@pytest.mark.parametrize("error", [None, ValueError("canary")])
async def test_a_loop_that_ends_or_fails_makes_a_service_not_ready(
    error: Exception | None, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    async def ends() -> None:
        if error:
            raise error

    service = Sink().service(settings, port(service_environment, "observatory"))
    service.tasks = (ends,)
    async with serving(service) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["parts"]["tasks"]) == (503, "NotReady")
        assert (await client.get("/health/live")).status_code == 200


async def test_dead_letters_show_in_the_metrics(
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    sink, person = Sink(), uuid4()
    sink.failing.add(person)
    service = sink.service(settings, port(service_environment, "observatory"))
    async with elsewhere(settings.kafka_bootstrap_servers) as others, serving(service) as client:
        await others.happened(PersonRegistered(person_id=person), person, season_clock.now())
        await eventually(service.consumer.dead_letters.count)
        assert 'tremplin_dead_letters{service="observatory"} 1.0' in (await client.get("/metrics")).text
