"""What the phases of a season share: the people, the door, the time, and what was learnt on the way."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from deploy.local.season import quiet
from deploy.local.season.cast import Applicant, Cast
from deploy.local.season.clockwork import Clockwork
from deploy.local.season.door import PATIENCE_SECONDS, Door, Person
from deploy.local.season.initiatives import Initiative
from deploy.local.season.size import Size

RECORD = Path(__file__).parents[3] / "services" / "observatory" / "data" / "france-relance-projects.csv"
A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Candidature:
    """One application of the play: who, what, and the part it plays."""

    applicant: Applicant
    initiative: Initiative
    part: str


@dataclass
class Stage:
    """A season under way. ``numbers`` are the receipts' numbers by application; ``counted`` the ballots that counted."""

    size: Size
    cast: Cast
    door: Door
    time: Clockwork
    tell: Callable[[str, int, int], None]
    candidatures: list[Candidature]
    call_id: UUID = field(default_factory=lambda: UUID(int=0))
    applications: dict[UUID, Candidature] = field(default_factory=dict)
    numbers: dict[UUID, str] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    pool: list[UUID] = field(default_factory=list)
    counted: int = 0
    laureates: list[UUID] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)

    def owner(self, application_id: UUID) -> Person:
        return self.applications[application_id].applicant.person

    async def at_rest(self) -> list[quiet.Waiting]:
        """Wait until nothing is under way anywhere; the open workflows and what they wait for."""
        return await quiet.at_rest(self.door, self.time.now, PATIENCE_SECONDS * max(1.0, self.size.scale))

    async def pass_until(self, instant: datetime) -> None:
        """Let time pass until ``instant``, with a stop at every deadline of a workflow on the way, as life would."""
        while True:
            deadlines = [waiting.until for waiting in await self.at_rest() if waiting.until]
            upcoming = min((each for each in deadlines if each > self.time.now()), default=instant)
            if upcoming >= instant:
                break
            await self.time.advance(upcoming + A_MOMENT)
        await self.time.advance(instant)
        await self.at_rest()

    async def cycles(self) -> dict[UUID, str]:
        """The status of every cycle, as the officer sees them."""
        found: dict[UUID, str] = {}
        after: dict[str, str] = {}
        while True:
            page = await self.door.get(self.cast.officer, "coaching", "/cycles", limit=200, **after)
            found |= {UUID(line["initiative_id"]): line["status"] for line in page["items"]}
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    async def published_ballots(self) -> dict[str, Any]:
        if not self.published:
            path = f"/rounds/{self.call_id}/ballots/published"
            self.published = await self.door.get(None, "evaluation", path)
        return self.published

    @staticmethod
    def record_csv() -> str:
        """The programme's published record as it came with its source."""
        return RECORD.read_text(encoding="utf-8")
