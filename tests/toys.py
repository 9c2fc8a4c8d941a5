"""Small services of the tests' own on the real chassis, and a process that runs one of them until it kills or stops itself.

``python -m tests.toys source PLACE COUNT SEED`` writes COUNT events and dies with SIGKILL at PLACE in the relay's first batch;
``python -m tests.toys tally COUNT`` dies after COUNT effects of its first batch, before its cursor moves;
``python -m tests.toys member COUNT`` stops itself there with SIGSTOP, as a member of a group whose sessions are short.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal
from uuid import UUID, uuid4, uuid5

from contracts.decision import Decision, NotYet
from contracts.model import Command, Id, Model
from contracts.people import PersonRegistered
from contracts.topics import events_of
from services.chassis.broker import PROFILES
from services.chassis.consuming import Received
from services.chassis.database import Repository
from services.chassis.http import make_api
from services.chassis.identity import Caller, allow
from services.chassis.runtime import Service, make_clock, make_database, make_verifier
from services.chassis.settings import CommonSettings, read
from tests.platform import eventually

Places = Literal["archiving", "archived", "published", "pulled"]
PERSONS = 5
SHORT_SESSION_MS = 6_000


class Register(Command):
    service: ClassVar[str] = "people"
    type: Literal["Register"] = "Register"
    version: Literal[1] = 1
    person_id: Id
    name: str = "canary-name"


class Person(Model):
    person_id: Id
    registrations: int
    private: dict[str, str] | None


def register(state: Person | None, command: Register) -> Decision[Person]:
    count = state.registrations + 1 if state else 1
    person = Person(person_id=command.person_id, registrations=count, private={"name": command.name})
    return Decision(person, (PersonRegistered(person_id=command.person_id),), {"registrations": count})


async def ask(people: Repository[Person], person: UUID, command: UUID | None = None, name: str = "a") -> dict[str, Any]:
    order = Register(command_id=command or uuid4(), person_id=person, name=name)
    return await people.decide(str(person), order, lambda state: register(state, order))


def source(settings: CommonSettings, port: int) -> tuple[Service, Repository[Person]]:
    """A publishing service under the name of people."""
    database = make_database(settings, "people", make_clock(settings), events_of("people").partitions)
    people = Repository(database, "people", Person, personal={"private": "person_id"})
    api = make_api("people", "People", make_verifier(settings))

    @api.get("/mine")
    async def mine(caller: Caller = allow("accountant")) -> dict[str, str]:
        return {"person_id": str(caller.person_id)}

    return Service("people", settings, port, database, api), people


@dataclass
class Sink:
    """A consuming service that notes what it handled, and fails as told."""

    seen: list[UUID] = field(default_factory=list)
    failing: set[UUID] = field(default_factory=set)

    async def registered(self, event: PersonRegistered, received: Received) -> None:
        if event.person_id in self.failing:
            raise NotYet
        self.seen.append(event.person_id)

    async def count(self) -> int:
        """How many it has handled."""
        return len(self.seen)

    def service(self, settings: CommonSettings, port: int) -> Service:
        database = make_database(settings, "observatory", make_clock(settings))
        api = make_api("observatory", "Observatory", make_verifier(settings))
        on: dict[Any, Any] = {PersonRegistered: self.registered}
        return Service("observatory", settings, port, database, api, subscriptions=on, publishes=False)


class Count(Model):
    seen: int


class Add(Command):
    service: ClassVar[str] = "observatory"
    type: Literal["Add"] = "Add"
    version: Literal[1] = 1


@dataclass
class Tally:
    """A consuming service that counts in its database: a message lost or done twice shows.

    After ``falls_after`` effects it sends itself the signal ``by``.
    """

    settings: CommonSettings
    port: int
    falls_after: int | None = None
    by: signal.Signals = signal.SIGKILL
    done: int = 0

    def __post_init__(self) -> None:
        database = make_database(self.settings, "observatory", make_clock(self.settings))
        self.counts = Repository(database, "counts", Count)
        api = make_api("observatory", "Observatory", make_verifier(self.settings))
        on: dict[Any, Any] = {PersonRegistered: self.registered}
        self.service = Service(
            "observatory", self.settings, self.port, database, api, subscriptions=on, publishes=False
        )

    async def registered(self, event: PersonRegistered, received: Received) -> None:
        command = Add(command_id=UUID(received.id))
        await self.counts.decide(
            str(event.person_id), command, lambda state: Decision(Count(seen=state.seen + 1 if state else 1))
        )
        self.done += 1
        if self.done == self.falls_after:
            os.kill(os.getpid(), self.by)

    async def totals(self) -> dict[str, int]:
        return {item["_id"]: item["state"]["seen"] async for item in self.counts.collection.find({})}

    async def counted(self, expected: Mapping[str, int]) -> None:
        """Wait until as many events as expected are confirmed, and check that each was counted once."""
        total = sum(expected.values())

        async def confirmed() -> int:
            return sum(sum(shards.values()) for shards in (await self.service.consumer.progress()).values())

        await eventually(confirmed, lambda number: number >= total)
        found = await self.totals()
        assert found == expected, f"counted {found}, expected {dict(expected)}"
        assert await self.service.consumer.dead_letters.count() == 0


def shorten_sessions() -> None:
    """Members of groups that stand still are given up after as little as Apache Kafka allows."""
    PROFILES["rehearsal"] = replace(PROFILES["rehearsal"], session_ms=SHORT_SESSION_MS)


def port(environment: Mapping[str, str], name: str) -> int:
    return int(environment[f"TREMPLIN_{name.upper()}_PORT"])


def persons(seed: UUID) -> list[UUID]:
    return [uuid5(seed, str(number)) for number in range(PERSONS)]


def die(*_: Any, **__: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def doom(service: Service, place: Places) -> None:
    """Make the relay die at ``place``, without a chance to clean up."""
    assert service.relay is not None
    if place == "archiving":
        service.archive.append = _half(service.archive.append)  # type: ignore[method-assign]
    elif place == "archived":
        service.relay._publish = die  # type: ignore[method-assign]
    elif place == "published":
        service.relay._empty = die  # type: ignore[method-assign]
    else:
        service.archive.note = die  # type: ignore[method-assign]


def _half(append: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def half(heads: Any, fresh: dict[int, list[Any]]) -> Any:
        await append(heads, {shard: envelopes[: len(envelopes) // 2 or 1] for shard, envelopes in fresh.items()})
        die()

    return half


async def _run_source(place: Places, count: int, seed: UUID) -> None:
    settings = read(CommonSettings)
    service, people = source(settings, port(os.environ, "people"))
    for number in range(count):
        await ask(people, persons(seed)[number % PERSONS])
    doom(service, place)
    await service.start()
    await asyncio.Event().wait()


async def _run_tally(name: str, count: int, number: signal.Signals) -> None:
    tally = Tally(read(CommonSettings), port(os.environ, name), count, number)
    await tally.service.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "source":
        asyncio.run(_run_source(sys.argv[2], int(sys.argv[3]), UUID(sys.argv[4])))  # type: ignore[arg-type]
    elif sys.argv[1] == "tally":
        asyncio.run(_run_tally("observatory", int(sys.argv[2]), signal.SIGKILL))
    else:
        shorten_sessions()
        asyncio.run(_run_tally("funding", int(sys.argv[2]), signal.SIGSTOP))
