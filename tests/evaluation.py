"""A call as evaluation hears of it, and the people who judge its applications."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from contracts.applications import ApplicationFoundEligible, ApplicationSubmitted
from contracts.calls import CallClosed, CallPublished
from contracts.envelope import Envelope
from contracts.evaluation import CloseRound, FreezePool
from contracts.model import Command, Event
from contracts.people import RoleGranted
from contracts.programme import College, Criterion, EvaluationRules, Schedule, SupportProgramme
from services.chassis.clock import SharedClock
from services.chassis.runtime import Service
from services.evaluation.main import build
from services.evaluation.store.store import Store
from tests.platform import Elsewhere, archived, elsewhere, eventually, serving

SCHEDULE = Schedule(
    zone="Europe/Paris",
    opens_at=datetime(2021, 12, 1, 8, tzinfo=UTC),
    closes_at=datetime(2021, 12, 15, 11, tzinfo=UTC),
    evaluation_opens_at=datetime(2022, 1, 3, 8, tzinfo=UTC),
    evaluation_closes_at=datetime(2022, 1, 24, 17, tzinfo=UTC),
    announcement_at=datetime(2022, 2, 7, 9, tzinfo=UTC),
)
CRITERIA = (
    Criterion(code="general_interest", weight=60),
    Criterion(code="feasibility", weight=40, minimum=1, maximum=4),
)
COLLEGES = (
    College(name="citizens", weight=50, seats=15),
    College(name="experts", weight=50, seats=30),
)
ROLES = {"citizens": "citizen_panellist", "experts": "expert"}


def published(call_id: UUID, **rules: Any) -> CallPublished:
    return CallPublished(
        call_id=call_id,
        number="AIC-2021",
        kind="panel",
        schedule=SCHEDULE,
        criteria=CRITERIA,
        colleges=COLLEGES,
        evaluation=EvaluationRules(**{"places": 2, "reserve": 2, **rules}),
        programme=SupportProgramme(),
        envelope_cents=1_000_000_000,
        funding_source="state_budget",
    )


def submitted(call_id: UUID, application_id: UUID, owner_id: UUID, **traits: Any) -> ApplicationSubmitted:
    return ApplicationSubmitted(
        application_id=application_id,
        call_id=call_id,
        owner_id=owner_id,
        number="AIC-2021-000001",
        applicant_kind="association",
        theme="health",
        needs=("funding",),
        requested_cents=100,
        departement="35",
        content_digest="0" * 64,
        submitted_at=SCHEDULE.opens_at,
        synthetic=True,
        **traits,
    )


@dataclass
class Stage:
    """Evaluation at work, and the others who tell it what happens and ask things of it."""

    service: Service
    store: Store
    client: httpx.AsyncClient
    world: Elsewhere
    clock: SharedClock
    token: Callable[..., str]
    call_id: UUID = field(default_factory=uuid4)
    applications: list[UUID] = field(default_factory=list)
    owners: dict[UUID, UUID] = field(default_factory=dict)
    members: dict[UUID, str] = field(default_factory=dict)
    alternates: dict[str, UUID] = field(default_factory=dict)
    officer: UUID = field(default_factory=uuid4)
    authority: UUID = field(default_factory=uuid4)

    @property
    def base(self) -> str:
        return f"/rounds/{self.call_id}"

    async def tell(self, event: Event, subject: UUID) -> None:
        await self.world.happened(event, subject, self.clock.now())

    async def ask(self, kind: type[Command], **fields: Any) -> Envelope:
        """Send a workflow's command; the event that answers it."""
        command = kind(command_id=uuid4(), requester="workflow", **fields)
        await self.world.ask(command, self.call_id, self.clock.now())
        return await self.answer(command.command_id)

    async def answer(self, command_id: UUID) -> Envelope:
        async def seen() -> Envelope | None:
            found = await archived(self.service)
            return next(
                (item for item in found if item.causationid == str(command_id) or str(command_id) in item.data), None
            )

        return await eventually(seen)

    async def events(self, name: str) -> list[Envelope]:
        return [item for item in await archived(self.service) if f".{name}." in item.type]

    async def call(self, method: str, path: str, person: UUID | None, *roles: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(person, *roles)}"} if person else {}
        return await self.client.request(method, f"{self.base}{path}", headers=headers, **options)

    async def by_officer(self, method: str, path: str, **options: Any) -> Any:
        answer = await self.call(method, path, self.officer, "programme_officer", **options)
        assert answer.is_success, answer.text
        return answer.json()

    async def by_member(self, method: str, path: str, member: UUID, **options: Any) -> httpx.Response:
        return await self.call(method, path, member, ROLES[self.members[member]], **options)

    async def cast(self, member: UUID, application: UUID, interest: int = 3, feasibility: int = 2) -> httpx.Response:
        body = {"scores": {"general_interest": interest, "feasibility": feasibility}, "comment": "Avis."}
        return await self.by_member("PUT", f"/ballots/{application}", member, json=body)

    async def open_call(
        self, applications: int, traits: Sequence[Mapping[str, Any]] = (), others: int = 0, **rules: Any
    ) -> None:
        """Publish the call and submit eligible applications to it, the first with ``traits``; ``others`` are still to come."""
        await self.tell(published(self.call_id, **rules), self.call_id)
        for number in range(applications):
            application, owner = uuid4(), uuid4()
            self.applications.append(application)
            self.owners[application] = owner
            own = traits[number] if number < len(traits) else {}
            await self.tell(submitted(self.call_id, application, owner, **own), application)
            eligible = ApplicationFoundEligible(application_id=application, call_id=self.call_id, rule="all_rules")
            await self.tell(eligible, application)
        await self.tell(CallClosed(call_id=self.call_id, submitted=applications + others), self.call_id)

    async def freeze(self) -> Envelope:
        await eventually(lambda: self.store.rounds(None))
        self.clock.move(SCHEDULE.evaluation_opens_at)
        return await self.ask(FreezePool, call_id=self.call_id)

    async def seat(self, citizens: int, experts: int) -> None:
        """Appoint so many members and an alternate of each college."""
        for college, number in (("citizens", citizens), ("experts", experts)):
            self.members |= {uuid4(): college for _ in range(number)}
            self.alternates[college] = uuid4()
        waiting = {member: college for college, member in self.alternates.items()}
        for member, college in (self.members | waiting).items():
            await self.grant(member, ROLES[college])
        body = [{"member_id": str(member), "college": college} for member, college in self.members.items()]
        body += [{"member_id": str(member), "college": name, "alternate": True} for member, name in waiting.items()]
        await eventually(lambda: self._appointed(body))
        self.members |= waiting

    async def _appointed(self, members: list[dict[str, Any]]) -> bool:
        answer = await self.call("POST", "/members", self.officer, "programme_officer", json={"members": members})
        return answer.status_code == 201

    async def grant(self, person: UUID, role: Any) -> None:
        granted = RoleGranted(person_id=person, role=role, granted_by=self.officer, granted_at=self.clock.now())
        await self.tell(granted, person)

    async def ready(self, applications: int = 4, citizens: int = 3, experts: int = 3, **rules: Any) -> None:
        """A frozen pool, a panel, everything assigned."""
        await self.open_call(applications, **rules)
        await self.freeze()
        await self.seat(citizens, experts)
        await self.by_officer("POST", "/assignments")

    async def close(self, final: bool = False) -> Envelope:
        self.clock.move(max(self.clock.now(), SCHEDULE.evaluation_closes_at) + timedelta(minutes=1))
        return await self.ask(CloseRound, round_id=self.call_id, final=final)


@contextlib.asynccontextmanager
async def staged(environment: Mapping[str, str], clock: SharedClock, token: Callable[..., str]) -> AsyncIterator[Stage]:
    """Evaluation started with the fixtures' environment."""
    service = await build()
    async with serving(service) as client, elsewhere(environment["KAFKA_BOOTSTRAP_SERVERS"]) as world:
        yield Stage(service, Store(service.database), client, world, clock, token)


def name_of(event: Envelope) -> str:
    """An event's own name, such as ``RoundClosed``."""
    return event.type.split(".")[-2]
