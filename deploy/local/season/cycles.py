"""The three months: every laureate's cycle, week by week, as its owner, its mentor and the officer live it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from deploy.local.season.cast import SEED
from deploy.local.season.door import together
from deploy.local.season.stage import A_MOMENT, Stage

PAUSE_DAYS = 10
EXTENSION_WEEKS = 2
LEVERS = ("methodological_support", "legal_support", "public_data")


@dataclass(frozen=True, slots=True)
class Part:
    """What fate has in store for one cycle, by the laureate's rank (from 0)."""

    missed: tuple[int, ...] = ()
    late: tuple[int, ...] = ()
    pause_in: int | None = None
    extend_in: int | None = None
    stopped: bool = False


PARTS = {
    1: Part(missed=(5,), late=(3,)),
    2: Part(pause_in=4),
    3: Part(extend_in=10),
    4: Part(stopped=True),
    5: Part(missed=(2, 7)),
}
"""The other cycles go well."""

Action = Callable[[], Awaitable[Any]]


@dataclass
class Cycles:
    """The cycles under way. ``planned`` holds what people have decided to do at a later instant."""

    stage: Stage
    planned: list[tuple[datetime, Action]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    seen: dict[UUID, str] = field(default_factory=dict)

    @property
    def ended(self) -> int:
        return sum(status in ("closed", "stopped") for status in self.seen.values())

    async def act(self) -> int:
        """Everyone does what they see to be done; how many things were done."""
        before = len(self.done)
        self.seen = await self.stage.cycles()
        open_ones = [initiative_id for initiative_id, status in self.seen.items() if status == "open"]
        await together(self._one(initiative_id) for initiative_id in open_ones)
        return len(self.done) - before

    async def _one(self, initiative_id: UUID) -> None:
        owner = self.stage.owner(initiative_id)
        cycle = await self.stage.door.get(owner, "coaching", f"/cycles/{initiative_id}")
        part = PARTS.get(self.stage.laureates.index(initiative_id), Part())
        await self._begin(initiative_id, cycle)
        for check_in in cycle["check_ins"]:
            if check_in["recorded_at"] is None:
                await self._check_in(initiative_id, check_in, part)
        for review in cycle["reviews"]:
            if review["decision"] is None:
                await self._review(initiative_id, review["review"], part)

    async def _once(self, what: str, action: Action) -> None:
        if what not in self.done:
            self.done.add(what)
            await action()

    async def _begin(self, initiative_id: UUID, cycle: dict[str, Any]) -> None:
        door, owner, base = self.stage.door, self.stage.owner(initiative_id), f"/cycles/{initiative_id}"
        officer, mentor = self.stage.cast.officer, self.stage.cast.mentor
        indicator = {"code": "people_helped", "initial": 100, "target": 1000}
        roadmap = {"objectives": ["Objectif synthétique"], "levers": LEVERS[:2], "indicators": [indicator]}
        diagnosis = {"needs": ["consolidation"], "text": "Diagnostic synthétique."}
        ask = {"lever": LEVERS[2], "administration": "dinum", "text": "Demande synthétique."}
        ask["due_at"] = (datetime.fromisoformat(cycle["starts_at"]) + timedelta(days=30)).isoformat()

        async def begin() -> None:
            await door.post(officer, "coaching", f"{base}/mentor", {"mentor_id": str(mentor.id)})
            await door.post(owner, "coaching", f"{base}/diagnosis", diagnosis)
            await door.post(owner, "coaching", f"{base}/roadmap", roadmap)
            await door.post(owner, "coaching", f"{base}/lever-requests", ask)
            asked = (await door.get(mentor, "coaching", base))["lever_requests"][0]
            answer = {"outcome": "granted", "text": "Réponse synthétique."}
            await door.post(mentor, "coaching", f"{base}/lever-requests/{asked['request_id']}/answer", answer)

        await self._once(f"begin {initiative_id}", begin)

    async def _check_in(self, initiative_id: UUID, check_in: dict[str, Any], part: Part) -> None:
        week: int = check_in["week"]
        if part.pause_in == week and f"resume {initiative_id}" not in self.done:
            await self._once(f"pause {initiative_id}", lambda: self._pause(initiative_id))
            return
        if part.extend_in == week:
            await self._once(f"extend {initiative_id}", lambda: self._extend(initiative_id))
        waits = week in part.missed or (week in part.late and not check_in["reminded"])
        if not waits:
            await self._once(f"check-in {initiative_id} {week}", lambda: self._report(initiative_id, week))

    async def _report(self, initiative_id: UUID, week: int) -> None:
        weather = Random(f"{SEED} {self.stage.applications[initiative_id].initiative.number} {week}").choices(  # noqa: S311
            ["sun", "overcast", "cloud", "storm"], [6, 3, 2, 1]
        )[0]
        owner, base = self.stage.owner(initiative_id), f"/cycles/{initiative_id}"
        report = {"weather": weather, "text": "Point synthétique de la semaine."}
        await self.stage.door.put(owner, "coaching", f"{base}/check-ins/{week}", report)
        if week % 4 == 0:
            value = {"value": 100 + 60 * week}
            key = f"{base} people_helped {week}"
            await self.stage.door.post(owner, "coaching", f"{base}/indicators/people_helped/values", value, key)

    async def _review(self, initiative_id: UUID, review: str, part: Part) -> None:
        decision = "fund" if review == "acceleration_committee" else "continue"
        if review == "acceleration_committee" and part.stopped:
            decision = "stop"
        path = f"/cycles/{initiative_id}/reviews/{review}/decision"
        body = {"decision": decision, "reason": "Avis synthétique du comité."}
        decide = self.stage.door.post
        await self._once(path, lambda: decide(self.stage.cast.officer, "coaching", path, body))

    async def _pause(self, initiative_id: UUID) -> None:
        officer, base = self.stage.cast.officer, f"/cycles/{initiative_id}"
        await self.stage.door.post(officer, "coaching", f"{base}/pause")
        back = self.stage.time.now() + timedelta(days=PAUSE_DAYS)

        async def resume() -> None:
            await self.stage.door.post(officer, "coaching", f"{base}/resume")
            self.done.add(f"resume {initiative_id}")

        self.planned.append((back, resume))

    async def _extend(self, initiative_id: UUID) -> None:
        path = f"/cycles/{initiative_id}/extend"
        await self.stage.door.post(self.stage.cast.officer, "coaching", path, {"weeks": EXTENSION_WEEKS})

    async def next_plan(self, upcoming: datetime | None) -> bool:
        """Go to what comes first: a workflow's deadline or a person's plan, and carry the plan out; False when neither is left."""
        self.planned.sort(key=lambda plan: plan[0])
        first = self.planned[0][0] if self.planned else None
        if first is None and upcoming is None:
            return False
        if first is not None and (upcoming is None or first <= upcoming):
            _, action = self.planned.pop(0)
            await self.stage.time.advance(first)
            await action()
        elif upcoming is not None:
            await self.stage.time.advance(upcoming + A_MOMENT)
        return True
