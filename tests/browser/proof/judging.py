"""A round whose ballots are open for a month."""

from datetime import timedelta

from services.chassis.clock import SharedClock
from tests.browser.applications.opening import open_call
from tests.browser.doing import Person, becomes, instruct, post, seat
from tests.browser.funding.laureates import MOMENT
from tests.browser.proof.writing import attach, draft
from tests.browser.season import Played

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SEATS = {"citizen_panellist": "citizens", "expert": "experts"}
READS = {"citizen_panellist": 2, "expert": 1}
"""How many of the round's applications each reads."""


async def judging(season: Played) -> tuple[str, list[str]]:
    """The call, which is the round, and its applications, each with a file. The last is the expert's own; the citizen declared
    a conflict about it."""
    officer, clock = season.person("programme_officer"), SharedClock(season.platform / "run" / "clock")
    now = clock.now()
    closes, votes = now + HOUR, now + 2 * HOUR
    dates = {"opens_at": now - HOUR, "closes_at": closes, "evaluation_opens_at": votes}
    dates |= {"evaluation_closes_at": now + 30 * DAY, "announcement_at": now + 40 * DAY}
    told = {name: at.isoformat() for name, at in dates.items()}
    call_id = await open_call(season, schedule={"zone": "Europe/Paris", **told})
    owners = [season.person("applicant", 8), season.person("expert")]
    applications = [await _submitted(season, each, call_id) for each in owners]
    path = f"/rounds/{call_id}"
    await seat(season, call_id, [(season.person(role), college) for role, college in SEATS.items()])
    clock.move(closes + MOMENT)
    await instruct(season, call_id)
    clock.move(votes + MOMENT)
    await becomes(season, officer, "evaluation", path, "status", "open")
    await post(season, officer, "evaluation", f"{path}/assignments")
    for role, reads in READS.items():
        await becomes(season, season.person(role), "evaluation", f"{path}/ballots/mine", "total", reads)
    conflict = {"application_id": applications[-1]}
    await post(season, season.person("citizen_panellist"), "evaluation", f"{path}/conflicts", conflict)
    return call_id, applications


async def _submitted(season: Played, owner: Person, call_id: str) -> str:
    application_id = await draft(season, owner, call_id)
    await attach(season, owner, application_id)
    await post(season, owner, "applications", f"/applications/{application_id}/submit")
    return application_id
