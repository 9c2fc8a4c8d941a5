"""A platform in the test's own process, and people at its doors who register one after the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import psutil

from deploy.local.directory import DataDirectory
from deploy.local.installation import Installation, Options
from deploy.local.season.cast import ADMINISTRATOR, registration
from deploy.local.season.door import Answered, Door, Person
from deploy.local.season.running import START
from deploy.local.status import operator_token
from tests.embedded import standing
from tests.platform import eventually

WRITERS = 4
CANARY = "Canari-Foule"
"""The family name of everybody."""


def platform(
    root: Path, served: tuple[str, ...] = Options().served, separate: bool = False
) -> contextlib.AbstractAsyncContextManager[Installation]:
    """A platform on ``root``, a new one or the one that is there."""
    directory = DataDirectory(root)
    if not directory.description.exists():
        directory.prepare()
        directory.describe({"bootstrap_admin": str(ADMINISTRATOR.id)})
    start = None if directory.clock.exists() else START
    return standing(directory, Options(separate, start, 1.0, served))


def processes(installation: Installation) -> list[psutil.Process]:
    """The processes of the services."""
    return [psutil.Process(each["pid"]) for each in installation.description()["processes"].values()]


async def stopped(installation: Installation) -> list[bool]:
    """Which of them stand still."""
    return [process.status() == psutil.STATUS_STOPPED for process in processes(installation)]


@dataclass
class Crowd:
    """People who register one after the other, and remember who was answered."""

    door: Door
    answered: list[UUID] = field(default_factory=list)

    async def registers(self) -> UUID:
        person = Person(uuid4(), "crowd")
        told = registration(person, ("applicant",)) | {"family_name": CANARY}
        await self.door.post(ADMINISTRATOR, "people", "/persons", told, key=str(person.id))
        self.answered.append(person.id)
        return person.id

    @contextlib.asynccontextmanager
    async def registering(self) -> AsyncIterator[None]:
        """Several at a time, all through the block; everyone who began is answered."""
        over = asyncio.Event()

        async def one() -> None:
            while not over.is_set():
                await self.registers()

        async with asyncio.TaskGroup() as group:
            for _ in range(WRITERS):
                group.create_task(one())
            try:
                yield
            finally:
                over.set()

    async def grows(self) -> list[UUID]:
        """Wait until some more are answered; everybody who is then."""

        async def size() -> int:
            return len(self.answered)

        least = len(self.answered) + WRITERS
        await eventually(size, lambda found: found > least)
        return list(self.answered)

    async def knows(self, person: UUID) -> bool:
        try:
            await self.door.get(ADMINISTRATOR, "people", f"/persons/{person}")
        except Answered as answer:
            if answer.code == "not_found":
                return False
            raise
        return True


@contextlib.asynccontextmanager
async def asked(installation: Installation) -> AsyncIterator[Crowd]:
    """People at the doors of a platform."""
    description = installation.description()
    directory, issuer = installation.directory, description["issuer"]
    urls = {name: each["url"] for name, each in description["services"].items()}
    door = Door(urls, issuer, lambda: operator_token(directory, issuer))
    try:
        yield Crowd(door)
    finally:
        await door.close()
