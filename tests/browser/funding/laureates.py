"""Laureates whose money is about to flow: a small call of its own, played over the services' HTTP to prepared agreements.

The season's clock is moved on by some hours, as a season does it: what other tests opened for a month stays open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from schwifty import IBAN

from services.chassis.clock import SharedClock
from tests.browser.applications.opening import CALL_FILE, yaml
from tests.browser.doing import Person, becomes, instruct, post, seat, send, until
from tests.browser.season import Played

HOUR = timedelta(hours=1)
MOMENT = timedelta(seconds=2)
ADVANCE = {"code": "start", "amount_cents": 2_000_000, "after": "agreement", "advance": True}
BALANCE = {"code": "committee", "amount_cents": 1_500_050, "after": "agreement", "advance": False}
ANSWERS = {
    "title": "Atelier vélo", "purpose": "Réparer ensemble, et apprendre à réparer.", "theme": "ecology",
    "needs": ["funding"], "departement": "35", "requested_cents": 1_000_000, "own_cents": 1_000_000,
    "expenses_cents": 2_000_000, "earlier_grants": False, "republican_commitment": True,
    "public_url": "https://exemple.example/",
}  # fmt: skip
SCORES = dict.fromkeys(("general_interest", "impact", "feasibility", "openness"), 3)


@dataclass(frozen=True)
class Laureate:
    """``name`` is who signs, and the beneficiary; the agreement has the initiative's id."""

    agreement_id: str
    call_id: str
    owner: Person
    name: str


async def selected(season: Played, count: int = 1) -> list[Laureate]:
    """Laureates who took their place and whose agreement waits for their signature."""
    officer, judge = season.person("programme_officer"), season.person("citizen_panellist")
    clock = SharedClock(season.platform / "run" / "clock")
    call_id, dates = await _call(season, officer, clock.now(), count)
    owners = [season.person("applicant", 10 + nth) for nth in range(count)]
    applications = [await _submitted(season, call_id, owner) for owner in owners]
    await seat(season, call_id, [(judge, "citizens")])
    clock.move(dates["closes_at"] + MOMENT)
    await instruct(season, call_id)
    await _judged(season, call_id, clock, dates, applications)
    await _announced(season, call_id, clock, dates)
    return [
        await _taken(season, call_id, each, owner) for each, owner in zip(applications, owners, strict=True)
    ]  # fmt: skip


async def _call(season: Played, officer: Person, now: datetime, places: int) -> tuple[str, dict[str, datetime]]:
    names = ("closes_at", "evaluation_opens_at", "evaluation_closes_at", "announcement_at")
    dates = {name: now + (nth + 1) * HOUR for nth, name in enumerate(names)}
    definition = yaml.safe_load(CALL_FILE.read_text(encoding="utf-8"))
    told = {name: at.isoformat() for name, at in {"opens_at": now - HOUR, **dates}.items()}
    definition |= {
        "number": f"CAISSE-{uuid4().int % 10_000:04d}",
        "schedule": {"zone": "Europe/Paris", **told},
        "evaluation": {"places": places, "reserve": 0, "tie_rule": "seeded_draw", "extension_days": 0},
        "colleges": [{"name": "citizens", "weight": 100, "seats": 1, "quorum": 50}],
        "envelope_cents": 10_000_000 * places,
    }
    definition["programme"] |= {"tranches": [ADVANCE, BALANCE]}
    found = await post(season, officer, "applications", "/calls", definition)
    return str(found["call_id"]), dates


async def _submitted(season: Played, call_id: str, owner: Person) -> str:
    who = {"given_name": "Zoé", "family_name": "Essai", "email": "zoe@exemple.fr", "departement": "35"}
    body = {"kind": "person", "applicant": who, "synthetic": True}
    path = f"/calls/{call_id}/applications"
    application_id = str((await post(season, owner, "applications", path, body))["application_id"])
    base = f"/applications/{application_id}"
    await send(season, owner, "PATCH", "applications", base, {"answers": ANSWERS})
    await post(season, owner, "applications", f"{base}/submit")
    return application_id


async def _judged(
    season: Played, call_id: str, clock: SharedClock, dates: dict[str, datetime], applications: list[str]
) -> None:
    officer, judge, path = season.person("programme_officer"), season.person("citizen_panellist"), f"/rounds/{call_id}"
    clock.move(dates["evaluation_opens_at"] + MOMENT)
    await becomes(season, officer, "evaluation", path, "status", "open")
    await post(season, officer, "evaluation", f"{path}/assignments")
    await becomes(season, judge, "evaluation", f"{path}/ballots/mine", "total", len(applications))
    for each in applications:
        ballot = {"scores": SCORES, "comment": None}
        await send(season, judge, "PUT", "evaluation", f"{path}/ballots/{each}", ballot)
    clock.move(dates["evaluation_closes_at"] + MOMENT)
    await becomes(season, officer, "evaluation", path, "status", "closed")


async def _announced(season: Played, call_id: str, clock: SharedClock, dates: dict[str, datetime]) -> None:
    officer, path = season.person("programme_officer"), f"/rounds/{call_id}"
    opinion = {"present": [season.person("citizen_panellist")["id"]], "moves": [], "minutes": "Procès-verbal."}
    await post(season, officer, "evaluation", f"{path}/opinion", opinion)
    signed = {"delegation": "delegation_2021_12"}
    await post(season, season.person("deciding_authority"), "evaluation", f"{path}/decision", signed)
    clock.move(dates["announcement_at"] + MOMENT)
    await becomes(season, officer, "evaluation", path, "status", "announced")


async def _taken(season: Played, call_id: str, application_id: str, owner: Person) -> Laureate:
    base = f"/applications/{application_id}"
    await becomes(season, owner, "applications", base, "status", "selected")
    await post(season, owner, "applications", f"{base}/acceptance")

    async def prepared() -> bool:
        found = await season.ask(owner, "GET", "funding", "/agreements", params={"ids": [application_id]})
        return bool(found)

    await until(prepared)
    return Laureate(application_id, call_id, owner, "Zoé Essai")


async def agreement(season: Played, laureate: Laureate) -> dict[str, Any]:
    """The agreement as staff sees it."""
    path = f"/agreements/{laureate.agreement_id}"
    found: dict[str, Any] = await season.ask(season.person("accountant"), "GET", "funding", path)
    return found


async def sign(season: Played, laureate: Laureate) -> None:
    body = {"signatory": laureate.name}
    await post(season, laureate.owner, "funding", f"/agreements/{laureate.agreement_id}/signature", body)


async def give_account(season: Played, laureate: Laureate) -> str:
    """New bank details of the beneficiary; the IBAN."""
    account = f"{uuid4().int % 10**11:011d}"
    iban = str(IBAN.generate("FR", bank_code="20041", branch_code="01005", account_code=account))
    body = {"holder": laureate.name, "iban": iban, "proof": "a" * 64}
    await post(season, laureate.owner, "funding", f"/agreements/{laureate.agreement_id}/bank-details", body)
    return iban


async def confirm(season: Played, laureate: Laureate) -> None:
    """Two agents confirm the bank details."""
    path = f"/agreements/{laureate.agreement_id}/bank-details/confirmations"
    for nth in range(2):
        await post(season, season.person("programme_officer", nth), "funding", path)


async def tranche(season: Played, laureate: Laureate, code: str) -> dict[str, Any]:
    found = await agreement(season, laureate)
    return next(each for each in found["tranches"] if each["code"] == code)


async def come_to(season: Played, laureate: Laureate, code: str, status: str) -> dict[str, Any]:
    """The tranche, once it has the status."""

    async def there() -> bool:
        return bool((await tranche(season, laureate, code))["status"] == status)

    await until(there)
    return await tranche(season, laureate, code)


async def request(season: Played, laureate: Laureate, code: str) -> str:
    """The beneficiary asks for the tranche, as soon as its condition is met; its id."""
    tranche_id = str((await come_to(season, laureate, code, "open"))["tranche_id"])
    await post(season, laureate.owner, "funding", f"/tranches/{tranche_id}/request")
    return tranche_id


async def concluded(season: Played, laureate: Laureate) -> None:
    """The agreement signed by both, its bank details confirmed."""
    await sign(season, laureate)
    path = f"/agreements/{laureate.agreement_id}/countersignature"
    await post(season, season.person("authorising_officer"), "funding", path)
    await give_account(season, laureate)
    await confirm(season, laureate)


async def ordered(season: Played, laureate: Laureate) -> str:
    """The advance, requested and ordered: it waits for the accountant; its id."""
    await concluded(season, laureate)
    tranche_id = await request(season, laureate, "start")
    await post(season, season.person("authorising_officer"), "funding", f"/tranches/{tranche_id}/order")
    return tranche_id


async def issued(season: Played, laureate: Laureate) -> dict[str, Any]:
    """The advance, at the bank."""
    tranche_id = await ordered(season, laureate)
    await post(season, season.person("accountant"), "funding", f"/tranches/{tranche_id}/acceptance")
    return await come_to(season, laureate, "start", "issued")
