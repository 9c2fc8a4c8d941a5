"""The applications service as its people meet it: someone with a token, a call that is open, and what the service told."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from pydantic_core import from_json

from services.applications import main
from services.chassis.clock import SharedClock
from services.chassis.runtime import Service
from tests.applications import PERSON, Json, answers, definition
from tests.platform import archived, eventually, serving

Token = Callable[..., str]


@dataclass
class Someone:
    """A person at the API, with a key of its own for each thing asked."""

    http: httpx.AsyncClient
    token: Token
    roles: tuple[str, ...] = ()
    id: UUID = field(default_factory=uuid4)

    async def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None, **given: Any
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(self.id, *self.roles)}", **given.pop("headers", {})}
        if key:
            headers["Idempotency-Key"] = key
        return await self.http.request(method, path, json=body, headers=headers, **given)

    async def post(self, path: str, body: Any = None, expect: int = 200, **given: Any) -> Json:
        answer = await self.ask("POST", path, body, **given)
        assert answer.status_code == expect, answer.text
        found: Json = answer.json()
        return found

    async def get(self, path: str, expect: int = 200, **given: Any) -> Json:
        answer = await self.ask("GET", path, **given)
        assert answer.status_code == expect, answer.text
        found: Json = answer.json()
        return found

    async def refused(self, code: str, method: str, path: str, body: Any = None, **given: Any) -> Json:
        answer = await self.ask(method, path, body, **given)
        assert answer.headers["content-type"] == "application/problem+json"
        problem: Json = answer.json()
        assert problem["code"] == code, problem
        assert problem["status"] == answer.status_code
        return problem


@dataclass
class Season:
    service: Service
    http: httpx.AsyncClient
    token: Token
    clock: SharedClock
    officer: Someone
    call_id: str = ""

    def someone(self, *roles: str) -> Someone:
        return Someone(self.http, self.token, roles)

    async def draft(self, owner: Someone, kind: str = "person", applicant: Json = PERSON, **changes: Any) -> str:
        body = {"kind": kind, "applicant": applicant, "answers": answers(**changes), "synthetic": True}
        answer = await owner.post(f"/calls/{self.call_id}/applications", body, 201)
        return str(answer["application_id"])

    async def submitted(self, owner: Someone, **given: Any) -> str:
        application = await self.draft(owner, **given)
        await owner.post(f"/applications/{application}/submit")
        return application

    async def told(self, kind: str, number: int = 1) -> list[Json]:
        """The data of the events of this kind, in the order of time, once there are ``number``."""

        async def seen() -> list[Json]:
            found = sorted(await archived(self.service), key=lambda item: item.time)
            return [from_json(item.data) for item in found if f".{kind}." in item.type]

        return await eventually(seen, lambda found: len(found) >= number)

    async def status(self, application: str, *expected: str) -> Json:
        """The application as an officer sees it, once its status is one of those expected."""

        async def seen() -> Json:
            return await self.officer.get(f"/applications/{application}")

        return await eventually(seen, lambda found: found["status"] in expected)


@contextlib.asynccontextmanager
async def open_season(clock: SharedClock, token: Token, **changes: Any) -> AsyncIterator[Season]:
    """applications with one open call, whose definition has these ``changes``."""
    service = await main.build()
    async with serving(service) as http:
        officer = Someone(http, token, ("programme_officer",))
        season = Season(service, http, token, clock, officer)
        season.call_id = (await officer.post("/calls", definition(**changes), 201))["call_id"]
        yield season
