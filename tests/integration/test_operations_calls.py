"""The operator's commands about calls and initiatives: a call from a file, an initiative followed across services."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.directory import DataDirectory
from deploy.local.operations import calls
from services.chassis.http import make_api
from services.chassis.identity import Caller, CommandId, allow, public
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import CommonSettings
from tests.operating import MONDAY, Operator, platform
from tests.platform import serving
from tests.toys import Sink, port


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
