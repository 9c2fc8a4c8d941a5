"""The operator's commands against running services: the archive, replay, dead letters, calls from files, following."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import Result
from joserfc.jwk import ECKey
from typer.testing import CliRunner

from contracts.people import PersonRegistered
from deploy.local.directory import DataDirectory
from deploy.local.operations import calls
from deploy.local.operations.commands import app
from services.chassis.clock import SharedClock
from services.chassis.http import make_api
from services.chassis.identity import Caller, CommandId, allow, public
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import CommonSettings
from tests.platform import elsewhere, eventually, serving
from tests.toys import Sink, ask, port, source

MONDAY = "2021-12-06T09:00:00+01:00"


@dataclass
class Operator:
    """Someone at a terminal beside a running platform."""

    var: Path

    async def types(self, *arguments: object) -> Result:
        """Run the command in a thread, as if in a process of its own."""
        typed = [*map(str, arguments), "--var", str(self.var)]
        return await asyncio.to_thread(CliRunner().invoke, app, typed, env={"COLUMNS": "200"})


@pytest.fixture
def operator(tmp_path: Path, issuer: str, issuer_key: ECKey) -> Operator:
    directory = DataDirectory(tmp_path / "var")
    directory.prepare()
    directory.issuer_key.write_text(json.dumps(issuer_key.as_dict(private=True)))
    directory.describe({"state": "ready", "issuer": issuer, "services": {}})
    return Operator(directory.root)


@contextlib.asynccontextmanager
async def platform(operator: Operator, *services: Service) -> AsyncIterator[None]:
    """``services`` started, and named in the operator's data directory."""
    directory = DataDirectory(operator.var)
    named = {service.name: {"url": f"http://127.0.0.1:{service.port}"} for service in services}
    directory.describe({**directory.described(), "services": named})
    async with contextlib.AsyncExitStack() as stack:
        for service in services:
            await stack.enter_async_context(serving(service))
        yield


@dataclass
class Rebuilt(Sink):
    """A projection that can be emptied, as the observatory can."""

    resets: int = 0

    def service(self, settings: CommonSettings, port: int) -> Service:
        service = super().service(settings, port)

        @service.api.post("/internal/reset")
        async def reset(caller: Caller = allow("operator")) -> dict[str, str]:
            self.resets += 1
            self.seen.clear()
            return {"status": "reset"}

        @service.api.get("/internal/digest")
        async def digest(caller: Caller = allow("operator")) -> dict[str, Any]:
            return {"digest": str(len(self.seen)), "rebuild": {"digest_before": "10"}}

        return service


async def count(sink: Sink) -> int:
    return len(sink.seen)


async def test_an_intact_archive_is_told_and_a_broken_one_is_named(
    operator: Operator, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    async with platform(operator, service):
        person = uuid4()
        for _ in range(3):
            await ask(people, person)
        assert service.relay is not None
        await eventually(service.relay.depth, lambda depth: depth == 0)
        result = await operator.types("verify-archive")
        assert (result.exit_code, "intact" in result.output) == (0, True)
        tampered = {"$set": {"record.time": "2021-01-01T00:00:00Z"}}
        await service.database.collection("archive").update_one({"position": 2}, tampered)
        result = await operator.types("verify-archive", "--service", "people")
        assert result.exit_code == 1
        assert "position 2: hash" in result.output
        result = await operator.types("verify-archive", "--service", "nobody")
        assert (result.exit_code, result.stderr) == (2, "The service name is not usable: it must be one of people.\n")


async def test_replay_sets_one_consumer_back_and_waits_for_it(
    operator: Operator,
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
) -> None:
    service, people = source(settings, port(service_environment, "people"))
    rebuilt = Rebuilt()
    async with platform(operator, service, rebuilt.service(settings, port(service_environment, "observatory"))):
        early, late = [uuid4() for _ in range(6)], [uuid4() for _ in range(4)]
        for person in early:
            await ask(people, person)
        season_clock.move(datetime.fromisoformat(MONDAY))
        for person in late:
            await ask(people, person)
        await eventually(lambda: count(rebuilt), lambda seen: seen == 10)

        result = await operator.types("replay", "--for", "observatory")
        assert (result.exit_code, rebuilt.resets, sorted(rebuilt.seen)) == (0, 1, sorted(early + late)), result.output
        assert "10 events later" in result.output
        assert "It holds what it held before." in result.output

        result = await operator.types("replay", "--for", "observatory", "--since", MONDAY, "--source", "people")
        assert result.exit_code == 0, result.output
        assert sorted(rebuilt.seen) == sorted(early + late + late)
        assert rebuilt.resets == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--for", "nobody"), "one of observatory, people"),
        (("--for", "people"), "a service that consumes events, which people does not"),
        (("--for", "observatory", "--source", "funding"), "one of people"),
        (("--for", "observatory", "--since", "monday"), "a date and time with an offset"),
        (("--for", "observatory", "--since", "2021-12-06T09:00:00"), "a date and time with an offset"),
    ],
)
async def test_a_replay_that_makes_no_sense_says_so(
    arguments: tuple[str, ...],
    sentence: str,
    operator: Operator,
    settings: CommonSettings,
    service_environment: Mapping[str, str],
) -> None:
    service, _ = source(settings, port(service_environment, "people"))
    async with platform(operator, service, Sink().service(settings, port(service_environment, "observatory"))):
        result = await operator.types("replay", *arguments)
        assert (result.exit_code, sentence in result.stderr) == (2, True), result.stderr


async def test_dead_letters_are_listed_shown_replayed_and_discarded(
    operator: Operator,
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    season_clock: SharedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.chassis.consuming.delay", lambda attempt: None)
    sink = Sink()
    service = sink.service(settings, port(service_environment, "observatory"))
    async with elsewhere(settings.kafka_bootstrap_servers) as others, platform(operator, service):
        assert "No dead letters." in (await operator.types("dead-letters", "list")).output
        good, bad = uuid4(), uuid4()
        sink.failing.update((good, bad))
        for person in (good, bad):
            await others.happened(PersonRegistered(person_id=person), person, season_clock.now())
        letters = service.consumer.dead_letters
        await eventually(letters.count, lambda found: found == 2)
        by_person = {item["aggregate"].rsplit("/", 1)[-1]: item["id"] for item in await letters.list()}

        result = await operator.types("dead-letters", "list")
        assert result.output.count("not_yet") == 2
        shown = await operator.types("dead-letters", "show", by_person[str(bad)])
        assert "header ce_sequence" in shown.output
        result = await operator.types("dead-letters", "replay", by_person[str(bad)])
        assert (result.exit_code, "still_failing" in result.stderr) == (2, True)

        sink.failing.discard(good)
        result = await operator.types("dead-letters", "replay", "--all")
        assert (result.exit_code, "1 released" in result.output) == (1, True)
        assert sink.seen == [good]
        result = await operator.types("dead-letters", "discard", by_person[str(bad)], "--yes")
        assert (result.exit_code, await letters.count()) == (0, 0)
        result = await operator.types("dead-letters", "show", by_person[str(bad)])
        assert (result.exit_code, "There is no dead letter" in result.stderr) == (2, True)


def applications(settings: CommonSettings, port: int, created: list[tuple[UUID, UUID, Any]]) -> Service:
    """A service under the name of applications that notes who creates which call."""
    database = make_database(settings, "applications", make_clock(settings))
    api = make_api("applications", "Applications", make_verifier(settings))

    @api.post("/calls", status_code=201)
    async def create(
        body: dict[str, Any], caller: Caller = allow("programme_officer"), *, command_id: CommandId
    ) -> dict[str, str]:
        created.append((caller.person_id, command_id, body))
        return {"call_id": str(command_id)}

    return Service("applications", settings, port, database, api, publishes=False)


async def test_a_call_is_created_from_a_file_as_a_person(
    operator: Operator, settings: CommonSettings, service_environment: Mapping[str, str], tmp_path: Path, token: Any
) -> None:
    created: list[tuple[UUID, UUID, Any]] = []
    officer, stranger = uuid4(), uuid4()
    tokens = {officer: token(officer, "programme_officer"), stranger: token(stranger, "applicant")}
    file = tmp_path / "call.yaml"
    file.write_text("number: AIC-2021\nopens_at: 2021-12-01T09:00:00+01:00\nplaces: 9\n")
    running = applications(settings, port(service_environment, "applications"), created)
    issuer = issuing(operator, tokens, settings, port(service_environment, "issuer"))
    async with platform(operator, running), issuer:
        for _ in range(2):
            result = await operator.types("call", "create", file, "--person", officer)
            assert result.exit_code == 0, result.stderr
        refused = await operator.types("call", "create", file, "--person", stranger)
    assert {(who, key) for who, key, _ in created} == {(officer, created[0][1])}
    assert created[0][2] == {"number": "AIC-2021", "opens_at": "2021-12-01T09:00:00+01:00", "places": 9}
    assert refused.exit_code == 2
    assert "applications refuses (403 forbidden)" in refused.stderr
    assert "programme_officer" in refused.stderr


@contextlib.asynccontextmanager
async def issuing(
    operator: Operator, tokens: Mapping[UUID, str], settings: CommonSettings, port: int
) -> AsyncIterator[None]:
    """An issuer that gives the tokens it was given."""
    api = make_api("issuer", "Issuer", make_verifier(settings))

    @api.post("/token")
    @public
    async def given(body: dict[str, UUID]) -> dict[str, str]:
        return {"access_token": tokens[body["person_id"]]}

    database = make_database(settings, "issuer", make_clock(settings))
    directory = DataDirectory(operator.var)
    described = directory.described()
    directory.describe({**described, "issuer": f"http://127.0.0.1:{port}"})
    async with serving(Service("issuer", settings, port, database, api, publishes=False)):
        yield
    directory.describe(described)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a: [1", "it is not YAML at line"),
        (b"- a\n- b\n", "it must hold one call, field by field"),
        (b"\xff\xfe\x00", "it is not YAML"),
        (None, "No such file"),
    ],
)
def test_a_file_that_holds_no_call_says_why(content: bytes | None, sentence: str, tmp_path: Path) -> None:
    file = tmp_path / "call.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(calls.FileUnreadable, match=sentence):
        calls.read(file)


async def test_an_initiative_is_followed_across_services(
    operator: Operator, settings: CommonSettings, service_environment: Mapping[str, str]
) -> None:
    known = uuid4()
    observatory = Sink().service(settings, port(service_environment, "observatory"))
    event = {"at": MONDAY, "service": "coaching", "event": "CheckInRecorded", "details": {"week": 3}}

    @observatory.api.get("/initiatives/{initiative}/timeline")
    @public
    async def timeline(initiative: UUID) -> dict[str, Any]:
        return {"events": [event] if initiative == known else []}

    async with platform(operator, observatory):
        told = (await operator.types("follow", known)).output
        assert "CheckInRecorded" in told
        assert "week: 3" in told
        assert "Nothing is public" in (await operator.types("follow", uuid4())).output


async def test_without_a_platform_every_command_says_so(operator: Operator) -> None:
    directory = DataDirectory(operator.var)
    directory.describe({**directory.described(), "state": "stopped"})
    for arguments in (
        ("verify-archive",),
        ("replay", "--for", "people"),
        ("dead-letters", "list"),
        ("follow", uuid4()),
    ):
        result = await operator.types(*arguments)
        assert (result.exit_code, "No platform runs on" in result.stderr) == (2, True)
