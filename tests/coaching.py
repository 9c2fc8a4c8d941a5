"""One cycle and everybody around it, on real servers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts import coaching
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
