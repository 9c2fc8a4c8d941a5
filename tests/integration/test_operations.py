"""The operator's commands against running services: the archive, replay, dead letters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import ECKey

from contracts.people import PersonRegistered
from deploy.local.directory import DataDirectory
from services.chassis.clock import SharedClock
from services.chassis.identity import Caller, allow
from services.chassis.runtime import Service
from services.chassis.settings import CommonSettings
from tests.operating import MONDAY, Operator, platform
from tests.platform import elsewhere, eventually, serving
from tests.toys import Sink, ask, port, source


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


async def test_without_a_data_directory_the_settings_of_the_portal_say_where_services_are(
    tmp_path: Path,
    issuer: str,
    issuer_key: ECKey,
    settings: CommonSettings,
    service_environment: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in (name for name in service_environment if name.startswith("TREMPLIN_") and name.endswith("_URL")):
        monkeypatch.delenv(variable)
    key = tmp_path / "issuer.pem"
    key.write_bytes(issuer_key.as_pem(private=True))
    service, people = source(settings, port(service_environment, "people"))
    monkeypatch.setenv("TREMPLIN_PEOPLE_URL", f"http://127.0.0.1:{service.port}")
    monkeypatch.setenv("TREMPLIN_ISSUER", issuer)
    monkeypatch.setenv("TREMPLIN_ISSUER_KEY_FILE", str(key))
    async with serving(service):
        await ask(people, uuid4())
        result = await Operator(tmp_path / "nothing").types("verify-archive")
        assert (result.exit_code, "intact" in result.output) == (0, True)
    monkeypatch.setenv("TREMPLIN_ISSUER_KEY_FILE", str(tmp_path / "missing.pem"))
    result = await Operator(tmp_path / "nothing").types("verify-archive")
    assert (result.exit_code, "No platform runs on" in result.stderr) == (2, True)
    assert not (tmp_path / "missing.pem").exists()


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
