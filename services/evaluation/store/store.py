"""The store of evaluation: its aggregates, and beside them ballots, facts and what is written once."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracts.decision import Decision, Refusal
from contracts.evaluation import EvaluationCommandRefused
from contracts.model import Command
from services.chassis.database import Database, Repository
from services.evaluation.domain.conflicts import Conflict
from services.evaluation.domain.panel import Panel
from services.evaluation.domain.readings import Readings
from services.evaluation.domain.rounds import Round, known
from services.evaluation.store.ballots import Ballots
from services.evaluation.store.facts import Facts
from services.evaluation.store.pools import Pools


class Store:
    """``round_known`` is this process's copy of rounds, for the checks before a ballot is written; refusals look again.

    ``opened`` is set when an assignment was opened, for whoever carries it out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rounds = Repository(database, "rounds", Round, personal={"minutes": "minutes_key"})
        self.panels = Repository(database, "panels", Panel)
        self.conflicts = Repository(database, "conflicts", Conflict, personal={"reason": "member_id"})
        self.readings = Repository(database, "readings", Readings)
        self.ballots = Ballots(database)
        self.facts = Facts(database)
        self.pools = Pools(database)
        self._cached: dict[UUID, Round] = {}
        self.opened = asyncio.Event()

    async def prepare(self) -> None:
        await self.ballots.prepare()
        await self.facts.prepare()
        await self.conflicts.collection.create_index("state.round_id", name="round")
        await self.conflicts.collection.create_index("state.member_id", name="member")
        await self.panels.collection.create_index("state.seats.member_id", name="member")

    async def decide(
        self, round_id: UUID, command: Command, decide: Callable[[Round | None], Decision[Round]]
    ) -> dict[str, Any]:
        """Decide on a round. Raises what ``Repository.decide`` raises."""
        try:
            return await self._rounds.decide(str(round_id), command, decide)
        finally:
            self._cached.pop(round_id, None)

    async def round(self, round_id: UUID) -> Round:
        """The round as it is now. Raises ``RoundUnknown``."""
        stored = await self._rounds.load(str(round_id))
        self._cached[round_id] = found = known(stored.state if stored else None)
        return found

    async def round_known(self, round_id: UUID) -> Round:
        """The round as this process last saw it: its criteria are the same for ever, its end can only be later."""
        return self._cached.get(round_id) or await self.round(round_id)

    async def rounds(self, member_id: UUID | None) -> list[Round]:
        """All rounds, or those on whose panel a person is."""
        if member_id is None:
            found = await self._rounds.collection.find({}, {"outbox": 0}).to_list(None)
        else:
            seated = self.panels.collection.find({"state.seats.member_id": str(member_id)}, {"_id": 1})
            ids = [panel["_id"] async for panel in seated]
            found = await self._rounds.collection.find({"_id": {"$in": ids}}, {"outbox": 0}).to_list(None)
        return [(await self._rounds.read(document)).state for document in found]

    async def assigning(self) -> list[UUID]:
        """The rounds in which an assignment is under way."""
        found = self._rounds.collection.find({"state.assigning.number": {"$gt": 0}}, {"_id": 1})
        return [UUID(document["_id"]) async for document in found]

    async def answered(self, round_id: UUID, command: Command) -> bool:
        """Whether this very command was carried out. Raises ``IdempotencyKeyReused``."""
        stored = await self._rounds.load(str(round_id))
        return stored is not None and stored.answered(command) is not None

    async def refuse(self, command: Command, refusal: Refusal) -> None:
        """Tell a workflow that its command is refused, when it waited for other services' events."""
        await self._database.refuse(command, refusal, EvaluationCommandRefused)

    async def panel(self, round_id: UUID) -> Panel:
        stored = await self.panels.load(str(round_id))
        return stored.state if stored else Panel(round_id=round_id)

    async def conflict(self, round_id: UUID, member_id: UUID, application_id: UUID) -> Conflict | None:
        stored = await self.conflicts.load(conflict_key(round_id, member_id, application_id))
        return stored.state if stored else None

    async def conflicts_of(self, round_id: UUID) -> list[Conflict]:
        """All conflicts of a round, dismissed ones too."""
        found = self.conflicts.collection.find({"state.round_id": str(round_id)}, {"outbox": 0})
        return [(await self.conflicts.read(document)).state async for document in found]

    async def conflicted(self, round_id: UUID, member_id: UUID) -> set[UUID]:
        """The applications from which a conflict keeps the member."""
        wanted = {"state.member_id": str(member_id), "state.round_id": str(round_id), "state.status": "blocking"}
        found = self.conflicts.collection.find(wanted, {"state.application_id": 1})
        return {UUID(each["state"]["application_id"]) async for each in found}

    async def reads(self, round_id: UUID, member_id: UUID) -> tuple[UUID, ...]:
        """The applications that a member reads, sorted."""
        stored = await self.readings.load(readings_key(round_id, member_id))
        return stored.state.application_ids if stored else ()

    async def erase(self, person_id: UUID) -> None:
        """Delete a person's key and what is known of them."""
        await self._database.vault.erase(str(person_id))
        await self.facts.erased(person_id)


def conflict_key(round_id: UUID, member_id: UUID, application_id: UUID) -> str:
    return f"{round_id}:{member_id}:{application_id}"


def readings_key(round_id: UUID, member_id: UUID) -> str:
    return f"{round_id}:{member_id}"
