"""Rounds of a test's own: a small call whose dates follow within seconds on the season's clock, which goes at life's pace."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pymongo import AsyncMongoClient

from contracts.evaluation import CloseRound
from tests.browser.applications.opening import CALL_FILE, yaml
from tests.browser.season import Played
from tests.platform import elsewhere

INSTRUCTING = timedelta(seconds=2)
VOTING = timedelta(days=30)
SUBMITTING_SECONDS, REQUESTS = 12, 60
"""The least time for submitting, and about how many requests it takes: a slow machine gives itself more."""
WITHIN_SECONDS = 240
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ANSWERS = {
    "purpose": "Cultiver ensemble les friches de la vallée, et apprendre.", "theme": "ecology", "needs": ["funding"],
    "departement": "35", "requested_cents": 1_000_000, "own_cents": 1_000_000, "expenses_cents": 2_000_000,
    "earlier_grants": False, "republican_commitment": True, "public_url": "https://exemple.example/",
}  # fmt: skip
Person = dict[str, Any]


@dataclass(frozen=True)
class Prepared:
    """``panel``: who sits, two citizens then two experts. The last expert owns the last application, and does not read it."""

    call_id: str
    applications: list[str]
    panel: list[Person]

    @property
    def path(self) -> str:
        return f"/rounds/{self.call_id}"

    def scores(self, score: int) -> dict[str, int]:
        return dict.fromkeys(("general_interest", "impact", "feasibility", "openness"), score)


async def open_round(season: Played, size: int = 4) -> Prepared:
    """A round whose ballots are open for a month, over ``size`` applications; the first has an attachment."""
    officer = season.person("programme_officer")
    panel = [season.person(role, nth) for role in ("citizen_panellist", "expert") for nth in range(2)]
    call_id = await _call(season, officer)
    applicants = [*(season.person("applicant", nth) for nth in range(size - 1)), panel[-1]]
    applications = [await _submitted(season, call_id, each, nth) for nth, each in enumerate(applicants)]
    prepared = Prepared(call_id, applications, panel)
    members = [
        {"member_id": each["id"], "college": "citizens" if "citizen_panellist" in each["roles"] else "experts"}
        for each in panel
    ]
    await post(season, officer, f"{prepared.path}/members", {"members": members})
    await _instructed(season, officer, call_id)
    await until(lambda: _is(season, officer, prepared.path, "status", "open"))
    await post(season, officer, f"{prepared.path}/assignments")
    await until(lambda: _all_assigned(season, prepared))
    return prepared


async def closed_round(season: Played) -> Prepared:
    """A round whose panel has voted on everything, and whose ballots are counted."""
    prepared = await open_round(season)
    for member in prepared.panel:
        for nth, application_id in enumerate(await queue(season, prepared, member)):
            await cast(season, prepared, member, application_id, 3 if nth else 4)
    await _close(season, prepared)
    officer = season.person("programme_officer")
    await until(lambda: _is(season, officer, prepared.path, "status", "closed"))
    return prepared


async def _close(season: Played, prepared: Prepared) -> None:
    """Close the round as its workflow would have it a month from now, its time being over."""
    described = json.loads((season.platform / "run" / "platform.json").read_text())
    now = await _now(season)
    client: AsyncMongoClient[Person] = AsyncMongoClient(described["parts"]["mongodb"]["address"])
    try:
        for name in await client.list_database_names():
            if name.endswith("evaluation"):
                over = {"$set": {"state.closes_at": now.isoformat()}}
                await client[name]["rounds"].update_one({"_id": prepared.call_id}, over)
    finally:
        await client.close()
    command = CloseRound(command_id=uuid4(), requester="workflow", round_id=UUID(prepared.call_id), final=True)
    async with elsewhere(described["parts"]["kafka"]["address"]) as world:
        await world.ask(command, prepared.call_id, now)


async def cast(season: Played, prepared: Prepared, member: Person, application_id: str, score: int) -> None:
    body = {"scores": prepared.scores(score), "comment": None}
    await season.ask(member, "PUT", "evaluation", f"{prepared.path}/ballots/{application_id}", body)


async def queue(season: Played, prepared: Prepared, member: Person) -> list[str]:
    """The applications that a member reads, in their order."""
    found = await season.ask(member, "GET", "evaluation", f"{prepared.path}/ballots/mine")
    return [each["application_id"] for each in found["ballots"]]


async def until(there: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        while not await there():  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.3)


async def post(season: Played, person: Person, path: str, body: Any = None, service: str = "evaluation") -> Any:
    return await season.ask(person, "POST", service, path, body, headers=_key())


async def _now(season: Played) -> datetime:
    """The instant of the season's clock."""
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    call = await season.ask(None, "GET", "applications", f"/calls/{calls[0]['call_id']}")
    return datetime.fromisoformat(call["now"])


async def _call(season: Played, officer: Person) -> str:
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    started = time.monotonic()
    now = await _now(season)
    closes = now + timedelta(seconds=SUBMITTING_SECONDS + REQUESTS * (time.monotonic() - started))
    evaluation = closes + INSTRUCTING
    over = evaluation + VOTING
    dates = {
        "opens_at": now - timedelta(hours=1), "closes_at": closes, "evaluation_opens_at": evaluation,
        "evaluation_closes_at": over, "announcement_at": over + timedelta(days=10),
    }  # fmt: skip
    definition["schedule"] = {"zone": "Europe/Paris", **{name: at.isoformat() for name, at in dates.items()}}
    definition["number"] = f"JURY-{uuid4().int % 10_000:04d}"
    definition["evaluation"] |= {"places": 1, "reserve": 1, "extension_days": 0}
    found = await post(season, officer, "/calls", definition, "applications")
    return str(found["call_id"])


async def _submitted(season: Played, call_id: str, person: Person, nth: int) -> str:
    who = {"given_name": "Zoé", "family_name": "Confidentielle", "email": "zoe@exemple.fr", "departement": "35"}
    body = {"kind": "person", "applicant": who, "synthetic": True}
    path = f"/calls/{call_id}/applications"
    application_id = str((await post(season, person, path, body, "applications"))["application_id"])
    base = f"/applications/{application_id}"
    answers = {**ANSWERS, "title": f"Friche {nth + 1} <b>partagée</b>"}
    await season.ask(person, "PATCH", "applications", base, {"answers": answers}, headers=_key())
    if nth == 0:
        files = {"file": ("annexe.pdf", PDF, "application/pdf")}
        await season.ask(person, "POST", "applications", f"{base}/attachments", files=files, headers=_key())
    await post(season, person, f"{base}/submit", service="applications")
    return application_id


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def _instructed(season: Played, officer: Person, call_id: str) -> None:
    """Every application decided by the call's rules, once the call is closed."""
    await until(lambda: _is(season, None, f"/calls/{call_id}", "phase", "closed", "applications"))
    while (await post(season, officer, f"/calls/{call_id}/instruction", service="applications"))["remaining"]:
        pass


async def _is(
    season: Played, person: Person | None, path: str, name: str, wanted: Any, service: str = "evaluation"
) -> bool:
    return bool((await season.ask(person, "GET", service, path))[name] == wanted)


async def _all_assigned(season: Played, prepared: Prepared) -> bool:
    """Everybody has their ballots, and may read the applications."""
    for member in prepared.panel:
        wanted = await queue(season, prepared, member)
        if len(wanted) < len(prepared.applications) - (member is prepared.panel[-1]):
            return False
        found = await season.ask(member, "GET", "applications", "/applications", params={"ids": wanted})
        if len(found["applications"]) < len(wanted):
            return False
    return True
