"""Coaching on real servers: what is refused, and to whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts import coaching
from tests.coaching import scene
from tests.conftest import SEASON_START, Token
from tests.platform import archived, eventually


async def test_a_repeated_command_is_answered_once_and_refusals_by_their_code(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.check_in(1, days=3)
        remind = coaching.RemindCheckIn(command_id=uuid4(), requester="cycle", initiative_id=it.initiative, week=1)
        for _ in range(3):
            await it.others.ask(remind, it.initiative, SEASON_START)
        await eventually(it.told, lambda told: "CheckInReminded" in told)
        await it.by("owner", "PUT", "/check-ins/1", {"weather": "sun", "text": "x"})
        refused = await it.ask(coaching.EscalateCheckIn, week=1)
        unknown = coaching.CloseCycle(command_id=uuid4(), requester="other", initiative_id=uuid4())
        await it.others.ask(unknown, unknown.initiative_id, SEASON_START)
        await eventually(it.told, lambda told: told.count("CoachingCommandRefused") >= 2)
        refusals = [
            coaching.CoachingCommandRefused.model_validate_json(item.data)
            for item in await archived(it.service)
            if "Refused" in item.type
        ]
        assert {item.command_id: item.code for item in refusals} == {
            refused: "check_in_recorded",
            unknown.command_id: "not_found",
        }
        assert (await it.told()).count("CheckInReminded") == 1


async def test_a_workflow_that_finds_its_cycle_over_is_told(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        command = coaching.OpenCycle(
            command_id=uuid4(),
            requester="cycle",
            initiative_id=it.initiative,
            call_id=uuid4(),
            owner_id=it.owner,
            theme="health",
            departement="75",
            starts_at=SEASON_START,
            ends_at=SEASON_START + timedelta(weeks=13),
        )
        await it.others.ask(command, it.initiative, SEASON_START)
        await eventually(it.told, lambda told: told == ["CycleOpened"])
        stopped = await it.by("officer", "POST", "/stop", {"reason": "abandoned", "text": "canary"})
        assert stopped.json() == {"status": "stopped"}
        await it.others.ask(command, it.initiative, SEASON_START)
        await eventually(it.told, lambda told: "CoachingCommandRefused" in told)
        (refusal,) = [item for item in await archived(it.service) if "Refused" in item.type]
        assert coaching.CoachingCommandRefused.model_validate_json(refusal.data).code == "cycle_stopped"


async def test_who_is_overdue_and_who_may_see(
    service_environment: Mapping[str, str], token: Token, season_clock: Any
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.check_in(1, days=3)
        officer = it.headers(it.officer, "programme_officer")
        listed = (await it.client.get("/cycles?overdue=true", headers=officer)).json()
        assert listed == {"items": [], "next": None}
        season_clock.advance(timedelta(days=4))
        listed = (await it.client.get("/cycles?overdue=true&status=open", headers=officer)).json()
        assert [item["initiative_id"] for item in listed["items"]] == [str(it.initiative)]
        (late,) = (await it.client.get("/overdue-check-ins", headers=officer)).json()
        assert (late["week"], late["owner_id"], late["reminded"]) == (1, str(it.owner), False)
        recorded = await it.by("owner", "PUT", "/check-ins/1", {"weather": "storm", "text": "x"})
        assert recorded.json()["late"] is True
        assert (await it.client.get("/overdue-check-ins", headers=officer)).json() == []
        stormy = (await it.client.get("/cycles?weather=storm", headers=officer)).json()
        assert len(stormy["items"]) == 1
        stranger = it.headers(uuid4(), "applicant")
        assert (await it.client.get("/cycles", headers=stranger)).json()["items"] == []
        assert (await it.client.get(f"/cycles/{it.initiative}", headers=stranger)).status_code == 404
        assert (await it.client.get("/overdue-check-ins", headers=stranger)).status_code == 403
        assert (await it.by("mentor", "GET", "")).status_code == 404
        assert (await it.by("owner", "GET", "")).status_code == 200
        assert (await it.by("owner", "POST", "/pause")).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("/diagnosis", {"needs": ["magic"], "text": "canary"}, "invalid_request", "needs.0"),
        ("/roadmap", {"objectives": ["o"], "levers": ["magic"]}, "lever_unknown", "levers"),
        ("/indicators/users/values", {"value": "1"}, "not_found", "code"),
        ("/indicators/users/values", {"value": "canary"}, "invalid_request", "value"),
    ],
)
async def test_wrong_input_is_named_and_not_echoed(
    service_environment: Mapping[str, str], token: Token, path: str, body: Any, code: str, field: str
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        answer = await it.by("owner", "POST", path, body)
        assert (answer.json()["code"], answer.json()["field"]) == (code, field)
        assert "canary" not in answer.text
