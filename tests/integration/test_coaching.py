"""Coaching on real servers: a workflow's commands, people's requests, and what is told of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from contracts import coaching, people
from services.chassis.runtime import Service
from services.coaching.main import build
from tests.conftest import SEASON_START, Token
from tests.platform import Elsewhere, archived, elsewhere, eventually, serving


@dataclass
class Scene:
    """Coaching running, other services stood in for, and the people of one initiative."""

    service: Service
    client: httpx.AsyncClient
    others: Elsewhere
    token: Token
    initiative: UUID
    owner: UUID
    mentor: UUID
    officer: UUID

    def headers(self, person: UUID, *roles: str, key: str | None = None) -> dict[str, str]:
        extra = {"Idempotency-Key": key} if key else {}
        return {"Authorization": f"Bearer {self.token(person, *roles)}", **extra}

    async def by(self, who: str, method: str, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        roles = {"owner": ("applicant",), "mentor": ("mentor",), "officer": ("programme_officer",)}[who]
        headers = self.headers(getattr(self, who), *roles, key=key)
        return await self.client.request(method, f"/cycles/{self.initiative}{path}", json=body, headers=headers)

    async def ask(self, kind: Any, **values: Any) -> UUID:
        command = kind(command_id=uuid4(), requester="cycle", initiative_id=self.initiative, **values)
        await self.others.ask(command, self.initiative, SEASON_START)
        return UUID(str(command.command_id))

    async def told(self) -> list[str]:
        return [item.type.split(".")[2] for item in await archived(self.service)]

    async def open(self) -> None:
        facts = {"call_id": uuid4(), "owner_id": self.owner, "theme": "health", "departement": "2A"}
        end = SEASON_START + timedelta(weeks=13)
        await self.ask(coaching.OpenCycle, **facts, starts_at=SEASON_START, ends_at=end)
        await eventually(self.told, lambda told: "CycleOpened" in told)

    async def check_in(self, week: int, days: int) -> None:
        await self.ask(coaching.OpenCheckIn, week=week, due_at=SEASON_START + timedelta(days=days))
        await eventually(self.told, lambda told: told.count("CheckInOpened") == week)


@asynccontextmanager
async def scene(environment: Mapping[str, str], token: Token) -> AsyncIterator[Scene]:
    service = await build()
    async with serving(service) as client, elsewhere(environment["KAFKA_BOOTSTRAP_SERVERS"]) as others:
        yield Scene(service, client, others, token, uuid4(), uuid4(), uuid4(), uuid4())


async def test_a_cycle_from_its_opening_to_its_closing(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        assert (await it.by("officer", "POST", "/mentor", {"mentor_id": str(it.mentor)})).status_code == 200
        diagnosis = {"needs": ["deployment"], "text": "canary-diagnosis"}
        assert (await it.by("mentor", "POST", "/diagnosis", diagnosis)).json() == {"needs": ["deployment"]}
        roadmap = {
            "objectives": ["canary-objective"],
            "levers": ["network", "legal_support"],
            "indicators": [{"code": "users", "initial": 10, "target": 60.5}],
        }
        assert (await it.by("owner", "POST", "/roadmap", roadmap)).status_code == 200
        value = await it.by("owner", "POST", "/indicators/users/values", {"value": "20.25"})
        assert value.status_code == 201
        await it.check_in(1, days=3)
        report = {"weather": "cloud", "text": "canary-check-in"}
        first = await it.by("owner", "PUT", "/check-ins/1", report, key="a")
        assert first.json() == {"week": 1, "weather": "cloud", "late": False}
        assert (await it.by("owner", "PUT", "/check-ins/1", report, key="a")).json() == first.json()
        other = await it.by("owner", "PUT", "/check-ins/1", {"weather": "sun", "text": "x"}, key="a")
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
        ask = {
            "lever": "network",
            "administration": "prefecture",
            "due_at": (SEASON_START + timedelta(days=20)).isoformat(),
            "text": "canary-request",
        }
        request = (await it.by("owner", "POST", "/lever-requests", ask)).json()["request_id"]
        reply = {"outcome": "granted", "text": "canary-answer"}
        answered = await it.by("mentor", "POST", f"/lever-requests/{request}/answer", reply)
        assert answered.json() == {"outcome": "granted", "late": False}
        await it.ask(coaching.OpenReview, review="acceleration_committee", due_at=SEASON_START + timedelta(weeks=9))
        await eventually(it.told, lambda told: "ReviewOpened" in told)
        decided = await it.by(
            "officer", "POST", "/reviews/acceleration_committee/decision", {"decision": "fund", "reason": "canary-r"}
        )
        assert decided.json()["decision"] == "fund"
        shown = (await it.by("mentor", "GET", "")).json()
        assert shown["diagnosis"] == "canary-diagnosis"
        assert shown["objectives"] == ["canary-objective"]
        assert shown["check_ins"][0]["text"] == "canary-check-in"
        assert shown["lever_requests"][0]["answer"] == "canary-answer"
        assert shown["reviews"][0]["reason"] == "canary-r"
        await it.ask(coaching.CloseCycle)
        await eventually(it.told, lambda told: "CycleClosed" in told)
        late = await it.by("owner", "PUT", "/check-ins/1", {"weather": "sun", "text": "x"})
        assert (late.status_code, late.json()["code"]) == (409, "cycle_closed")
        assert "canary" not in "".join(item.data for item in await archived(it.service))
        assert "canary" not in str(await it.service.database.collection("cycles").find_one({}))


async def test_a_repeated_command_is_answered_once_and_refusals_by_their_code(
    service_environment: Mapping[str, str], token: Token
) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.check_in(1, days=3)
        remind = coaching.RemindCheckIn(command_id=uuid4(), requester="cycle", initiative_id=it.initiative, week=1)
        for _ in range(3):
            await it.others.ask(remind, it.initiative, SEASON_START)
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


async def test_cycles_are_listed_by_pages(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        opened = set()
        for count in range(1, 4):
            it.initiative = uuid4()
            opened.add(str(it.initiative))
            end = SEASON_START + timedelta(weeks=13)
            facts = {"call_id": uuid4(), "owner_id": it.owner, "theme": "health", "departement": "2A"}
            await it.ask(coaching.OpenCycle, **facts, starts_at=SEASON_START, ends_at=end)
            await eventually(it.told, lambda told, count=count: told.count("CycleOpened") == count)  # type: ignore[misc]
        officer = it.headers(it.officer, "programme_officer")
        seen, path = [], "/cycles?limit=2"
        while path:
            page = (await it.client.get(path, headers=officer)).json()
            seen += [item["initiative_id"] for item in page["items"]]
            path = f"/cycles?limit=2&after={page['next']}" if page["next"] else ""
        assert seen == sorted(opened)


async def test_pause_resume_extend(service_environment: Mapping[str, str], token: Token, season_clock: Any) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        assert (await it.by("officer", "POST", "/resume")).json()["code"] == "cycle_not_paused"
        assert (await it.by("officer", "POST", "/pause")).json() == {"status": "paused"}
        assert (await it.by("officer", "POST", "/pause")).json()["code"] == "cycle_paused"
        season_clock.advance(timedelta(days=7))
        assert (await it.by("officer", "POST", "/resume")).json()["status"] == "open"
        assert (await it.by("officer", "POST", "/extend", {"weeks": 2})).status_code == 200
        wrong = await it.by("officer", "POST", "/extend", {"weeks": 0, "more": "canary"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_request")
        assert "canary" not in wrong.text
        await eventually(it.told, lambda told: "CycleExtended" in told)
        resumed = [item for item in await archived(it.service) if "CycleResumed" in item.type]
        paused_for = coaching.CycleResumed.model_validate_json(resumed[0].data).paused_seconds
        assert 7 * 86_400 <= paused_for < 7 * 86_400 + 60


async def test_an_erased_owner_leaves_no_text(service_environment: Mapping[str, str], token: Token) -> None:
    async with scene(service_environment, token) as it:
        await it.open()
        await it.by("owner", "POST", "/diagnosis", {"needs": ["integration"], "text": "canary"})
        await it.others.happened(people.PersonErased(person_id=it.owner), it.owner, SEASON_START)

        async def diagnosis() -> Any:
            return (await it.by("officer", "GET", "")).json()["diagnosis"]

        await eventually(diagnosis, lambda text: text is None)
        shown = (await it.by("officer", "GET", "")).json()
        assert shown["needs"] == ["integration"]
        assert (await it.by("officer", "POST", "/pause")).status_code == 200


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
