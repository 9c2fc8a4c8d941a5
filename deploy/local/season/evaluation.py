"""The panel: appointed, conflicts told and settled, applications shared out, every ballot cast by its reader."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from deploy.local.season.cast import SEED
from deploy.local.season.door import Person, SeasonFailure, together
from deploy.local.season.initiatives import scores
from deploy.local.season.stage import A_MOMENT, Stage

ABSTENTIONS_PER_THOUSAND = 8
FORGOTTEN_PER_THOUSAND = 5
BATCH = 200
ASSIGNING_SECONDS = 1_800.0
"""An empty ballot for every reader and application: minutes in a season of thousands."""

DECLARING = 3
RESIGNING = 1
"""How many members declare a conflict; the rank (from 0) of the citizen who resigns half-way."""


async def set_up(stage: Stage) -> None:
    """From the eve of the evaluation to the assignment of the frozen pool."""
    base = f"/rounds/{stage.call_id}"
    members = list(_members(stage))
    for start in range(0, len(members), BATCH):
        part = {"members": members[start : start + BATCH]}
        await stage.door.post(stage.cast.officer, "evaluation", f"{base}/members", part, key=f"members {start}")
    call = await stage.door.get(None, "applications", f"/calls/{stage.call_id}")
    await stage.pass_until(datetime.fromisoformat(call["schedule"]["evaluation_opens_at"]) + A_MOMENT)
    frozen = await stage.door.get(stage.cast.officer, "evaluation", base)
    if frozen["applications"] != len(stage.pool):
        raise SeasonFailure(f"The pool holds {frozen['applications']} applications; {len(stage.pool)} were eligible")
    await stage.door.post(stage.cast.officer, "evaluation", f"{base}/assignments")

    async def assigned() -> bool:
        return not (await stage.door.get(stage.cast.officer, "evaluation", base))["assigning"]

    await stage.door.until(assigned, "everything is assigned", ASSIGNING_SECONDS)
    await _settle_conflicts(stage, base)
    await stage.at_rest()


async def vote(stage: Stage) -> None:
    """Every reader reads and votes; one resigns; the round closes at its date."""
    total = 0
    for reader in stage.cast.panel:
        total += (await _queue(stage, reader))["total"]
    for number, reader in enumerate(stage.cast.panel):
        resigning = number == RESIGNING
        await _read(stage, reader, total, half=resigning)
        if resigning:
            await _resign(stage, reader)
    await _read(stage, stage.cast.alternates["citizens"], total)
    await _try_the_doors(stage)
    call = await stage.door.get(None, "applications", f"/calls/{stage.call_id}")
    await stage.pass_until(datetime.fromisoformat(call["schedule"]["evaluation_closes_at"]) + A_MOMENT)
    closed = await stage.door.get(stage.cast.officer, "evaluation", f"/rounds/{stage.call_id}")
    stage.counted = closed["counted"]


def _members(stage: Stage) -> Iterator[dict[str, Any]]:
    for college, people in (("citizens", stage.cast.citizens), ("experts", stage.cast.experts)):
        for person in people:
            yield {"member_id": str(person.id), "college": college}
        yield {"member_id": str(stage.cast.alternates[college].id), "college": college, "alternate": True}


async def _settle_conflicts(stage: Stage, base: str) -> None:
    """Some readers declare a conflict; the officer dismisses the first that was only derived."""
    for number, reader in enumerate(stage.cast.citizens[-DECLARING:]):
        body = {"application_id": str(stage.pool[number])}
        await stage.door.post(reader, "evaluation", f"{base}/conflicts", body, key=f"conflict {number}")
    found = await stage.door.get(stage.cast.officer, "evaluation", f"{base}/conflicts")
    derived = sorted(
        (each["member_id"], each["application_id"]) for each in found["conflicts"] if each["source"] == "same_commune"
    )
    for member, application in derived[:1]:
        path = f"{base}/conflicts/{member}/{application}/dismissal"
        body = {"reason": "Aucun lien avec l'initiative (synthétique)."}
        await stage.door.post(stage.cast.officer, "evaluation", path, body)


async def _queue(stage: Stage, reader: Person) -> dict[str, Any]:
    path = f"/rounds/{stage.call_id}/ballots/mine"
    queue: dict[str, Any] = await stage.door.get(reader, "evaluation", path, limit=500)
    return queue


async def _read(stage: Stage, reader: Person, total: int, half: bool = False) -> None:
    queue = await _queue(stage, reader)
    ballots = [UUID(each["application_id"]) for each in queue["ballots"]]
    chosen = ballots[: len(ballots) // 2] if half else ballots
    if chosen:
        await stage.door.get(reader, "applications", f"/applications/{chosen[0]}")
    await together(_one(stage, reader, application_id) for application_id in chosen)
    stage.notes["read"] = stage.notes.get("read", 0) + len(chosen)
    stage.tell("ballots", stage.notes["read"], total)


async def _one(stage: Stage, reader: Person, application_id: UUID) -> None:
    initiative = stage.applications[application_id].initiative
    chance = Random(f"{SEED} {reader.label} fate {initiative.number}").randrange(1000)  # noqa: S311
    path = f"/rounds/{stage.call_id}/ballots/{application_id}"
    if chance < ABSTENTIONS_PER_THOUSAND:
        body = {"reason": "Hors de mon domaine (synthétique)."}
        await stage.door.post(reader, "evaluation", f"{path}/abstention", body, key=f"{reader.label} {path}")
    elif chance >= ABSTENTIONS_PER_THOUSAND + FORGOTTEN_PER_THOUSAND:
        ballot = {"scores": scores(initiative, reader.label), "comment": "Avis synthétique."}
        await stage.door.put(reader, "evaluation", path, ballot)


async def _resign(stage: Stage, reader: Person) -> None:
    path = f"/rounds/{stage.call_id}/members/{reader.id}/resignation"
    await stage.door.post(reader, "evaluation", path)
    await stage.at_rest()


async def _try_the_doors(stage: Stage) -> None:
    """A stranger's ballot, a conflicted one and a score off the scale get a clear answer."""
    base, reader = f"/rounds/{stage.call_id}/ballots", stage.cast.citizens[0]
    open_one = (await _queue(stage, reader))["ballots"][0]["application_id"]
    initiative = stage.applications[UUID(open_one)].initiative
    right = scores(initiative, reader.label)
    off = {"scores": {**right, "impact": 6}, "comment": ""}
    await stage.door.refused(reader, "PUT", "evaluation", f"{base}/{open_one}", off, "score_off_scale")
    stranger = stage.cast.alternates["experts"]
    await stage.door.refused(stranger, "PUT", "evaluation", f"{base}/{open_one}", {"scores": right}, "ballot_unknown")
