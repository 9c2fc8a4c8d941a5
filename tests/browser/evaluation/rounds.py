"""Rounds of a test's own: a small call whose dates follow within seconds on the season's clock, which stands at life's pace."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.browser.applications.opening import CALL_FILE, yaml
from tests.browser.season import Played

SUBMITTING = timedelta(seconds=25)
INSTRUCTING = timedelta(seconds=2)
VOTING = timedelta(seconds=25)
MONTH = timedelta(days=30)
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


async def open_round(season: Played, voting: timedelta = MONTH, size: int = 4) -> Prepared:
    """A round whose ballots are open, for ``voting``, over ``size`` applications; the first has an attachment."""
    officer = season.person("programme_officer")
    panel = [season.person(role, nth) for role in ("citizen_panellist", "expert") for nth in range(2)]
    call_id = await _call(season, officer, voting)
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
    prepared = await open_round(season, VOTING)
    for member in prepared.panel:
        for nth, application_id in enumerate(await queue(season, prepared, member)):
            await cast(season, prepared, member, application_id, 3 if nth else 4)
    officer = season.person("programme_officer")
    await until(lambda: _is(season, officer, prepared.path, "status", "closed"))
    return prepared


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


async def _call(season: Played, officer: Person, voting: timedelta) -> str:
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    calls = (await season.ask(None, "GET", "applications", "/calls"))["calls"]
    call = await season.ask(None, "GET", "applications", f"/calls/{calls[0]['call_id']}")
    now = datetime.fromisoformat(call["now"])
    closes = now + SUBMITTING
    evaluation = closes + INSTRUCTING
    over = evaluation + voting
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
