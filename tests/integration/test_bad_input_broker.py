"""Brokers that are none for us: one without idempotent producers, one that says nothing, one that falls silent."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from deploy.local import ports
from deploy.local.broker import Broker
from deploy.local.children import Child
from deploy.local.parts import arrange
from services.chassis.settings import CommonSettings, read
from services.people import main
from tests.platform import eventually, serving
from tests.processes import serve
from tests.toys import Tally, port

pytestmark = pytest.mark.embedded_broker("these brokers are not Apache Kafka")


async def test_a_broker_without_idempotent_producers_is_told_with_what_to_set(
    service_environment: Mapping[str, str],
) -> None:
    environment = {**service_environment, "TREMPLIN_BROKER_PROFILE": "kafka"}
    del environment["TREMPLIN_CLOCK_FILE"]
    ended = await serve("people", environment)
    assert ended.code == 1
    assert ended.sentence.startswith("KAFKA_BOOTSTRAP_SERVERS: the broker refuses an idempotent producer (")
    assert "TREMPLIN_BROKER_PROFILE=embedded" in ended.sentence


async def test_a_broker_that_accepts_connections_and_never_answers_is_told(
    service_environment: Mapping[str, str], taken: int
) -> None:
    ended = await serve("people", {**service_environment, "KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{taken}"})
    assert ended.code == 1
    assert ended.sentence.startswith("KAFKA_BOOTSTRAP_SERVERS: no broker answers there")


@pytest.fixture
async def broker(
    service_environment: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[int]:
    """The process id of a broker that the services of the test use."""
    workplace = tmp_path / "broker"
    workplace.mkdir()
    arranged = await arrange(Broker(), {"kafka": ports.free_port()}, None, workplace)
    assert arranged.launch
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", arranged.address)
    child = Child(arranged.launch, workplace / "log")
    await child.start()
    assert child.pid
    yield child.pid
    await child.stop(0)


async def state(client: httpx.AsyncClient) -> tuple[int, str]:
    answer = await client.get("/health/ready")
    return answer.status_code, answer.json()["parts"]["broker"]


async def test_while_the_broker_is_silent_people_are_served_and_their_events_wait(
    broker: int, service_environment: Mapping[str, str], token: Callable[..., str]
) -> None:
    headers = {"Authorization": f"Bearer {token(uuid4(), 'administrator')}"}
    tally = Tally(read(CommonSettings), port(service_environment, "observatory"))

    async def counted(person: str) -> bool:
        return (await tally.totals()).get(person) == 1

    async def register(client: httpx.AsyncClient) -> str:
        key = str(uuid4())
        person = {"person_id": key, "given_name": "Ada", "family_name": "Exemple", "email": f"{key}@atelier.fr"}
        answer = await client.post("/persons", json=person, headers={**headers, "Idempotency-Key": key})
        assert answer.status_code == 201
        assert (await client.get(f"/persons/{key}", headers=headers)).status_code == 200
        return key

    async with serving(await main.build()) as client, serving(tally.service):
        before = await register(client)
        await eventually(lambda: counted(before))
        os.kill(broker, signal.SIGSTOP)
        try:
            during = await register(client)
            assert await state(client) == (503, "TimeoutError")
        finally:
            os.kill(broker, signal.SIGCONT)
        await eventually(lambda: counted(during))
        assert await counted(before)
        await eventually(lambda: state(client), lambda found: found == (200, "ok"))
