"""Rounds of a test's own: a small call of a few hours, through which the season's clock is moved as a season does it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from services.chassis.clock import SharedClock
from tests.browser.applications.opening import CALL_FILE, yaml
from tests.browser.doing import Person, becomes, instruct, post, seat, send, until
from tests.browser.season import Played

HOUR, MOMENT = timedelta(hours=1), timedelta(seconds=2)
VOTING = timedelta(days=30)
COLLEGES = ("experts", "citizens")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ANSWERS = {
    "purpose": "Cultiver ensemble les friches de la vallée, et apprendre.", "theme": "ecology", "needs": ["funding"],
    "departement": "35", "requested_cents": 1_000_000, "own_cents": 1_000_000, "expenses_cents": 2_000_000,
    "earlier_grants": False, "republican_commitment": True, "public_url": "https://exemple.example/",
}  # fmt: skip


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
    return (await _round(season, size, VOTING))[0]


async def closed_round(season: Played) -> Prepared:
    """A round whose panel has voted on everything, and whose ballots are counted."""
    prepared, over = await _round(season, 4, HOUR)
    for member in prepared.panel:
        for nth, application_id in enumerate(await queue(season, prepared, member)):
            await cast(season, prepared, member, application_id, 3 if nth else 4)
    _clock(season).move(over + MOMENT)
    await becomes(season, season.person("programme_officer"), "evaluation", prepared.path, "status", "closed")
    return prepared


async def _round(season: Played, size: int, voting: timedelta) -> tuple[Prepared, datetime]:
    """A round that has just opened, and when it closes."""
    officer, clock = season.person("programme_officer"), _clock(season)
    panel = [season.person(role, nth) for role in ("citizen_panellist", "expert") for nth in range(2)]
    call_id, dates = await _call(season, clock.now(), voting)
    applicants = [*(season.person("applicant", nth) for nth in range(size - 1)), panel[-1]]
    applications = [await _submitted(season, call_id, each, nth) for nth, each in enumerate(applicants)]
    prepared = Prepared(call_id, applications, panel)
    await seat(season, call_id, [(each, COLLEGES["citizen_panellist" in each["roles"]]) for each in panel])
    clock.move(dates["closes_at"] + MOMENT)
    await instruct(season, call_id)
    clock.move(dates["evaluation_opens_at"] + MOMENT)
    await becomes(season, officer, "evaluation", prepared.path, "status", "open")
    await post(season, officer, "evaluation", f"{prepared.path}/assignments")
    await until(lambda: _all_assigned(season, prepared))
    return prepared, dates["evaluation_closes_at"]


def _clock(season: Played) -> SharedClock:
    return SharedClock(season.platform / "run" / "clock")


async def cast(season: Played, prepared: Prepared, member: Person, application_id: str, score: int) -> None:
    body = {"scores": prepared.scores(score), "comment": None}
    await season.ask(member, "PUT", "evaluation", f"{prepared.path}/ballots/{application_id}", body)


async def queue(season: Played, prepared: Prepared, member: Person) -> list[str]:
    """The applications that a member reads, in their order."""
    found = await season.ask(member, "GET", "evaluation", f"{prepared.path}/ballots/mine")
    return [each["application_id"] for each in found["ballots"]]


async def _call(season: Played, now: datetime, voting: timedelta) -> tuple[str, dict[str, datetime]]:
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    opens = now + 2 * HOUR
    over = opens + voting
    dates = {
        "opens_at": now - HOUR, "closes_at": now + HOUR, "evaluation_opens_at": opens, "evaluation_closes_at": over,
        "announcement_at": over + timedelta(days=10),
    }  # fmt: skip
    definition["schedule"] = {"zone": "Europe/Paris", **{name: at.isoformat() for name, at in dates.items()}}
    definition["number"] = f"JURY-{uuid4().int % 10_000:04d}"
    definition["evaluation"] |= {"places": 1, "reserve": 1, "extension_days": 0}
    found = await post(season, season.person("programme_officer"), "applications", "/calls", definition)
    return str(found["call_id"]), dates


async def _submitted(season: Played, call_id: str, person: Person, nth: int) -> str:
    who = {"given_name": "Zoé", "family_name": "Confidentielle", "email": "zoe@exemple.fr", "departement": "35"}
    body = {"kind": "person", "applicant": who, "synthetic": True}
    path = f"/calls/{call_id}/applications"
    application_id = str((await post(season, person, "applications", path, body))["application_id"])
    base = f"/applications/{application_id}"
    answers = {**ANSWERS, "title": f"Friche {nth + 1} <b>partagée</b>"}
    await send(season, person, "PATCH", "applications", base, {"answers": answers})
    if nth == 0:
        files = {"file": ("annexe.pdf", PDF, "application/pdf")}
        await send(season, person, "POST", "applications", f"{base}/attachments", files=files)
    await post(season, person, "applications", f"{base}/submit")
    return application_id


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
