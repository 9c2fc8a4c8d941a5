"""The panel's opinion, the authority's decision, the announcement; places accepted, one declined and offered to the reserve."""

from datetime import datetime, timedelta
from uuid import UUID

from deploy.local.season.door import SeasonFailure, together
from deploy.local.season.stage import A_MOMENT, Stage

MOST_PRESENT = 500
DECLINING = 3
"""The rank (from 0) of the laureate who declines."""


async def announce(stage: Stage) -> None:
    """From the closing of the round to the announcement instant."""
    base = f"/rounds/{stage.call_id}"
    opinion = {"present": await _present(stage), "minutes": "Procès-verbal synthétique."}
    await stage.door.post(stage.cast.officer, "evaluation", f"{base}/opinion", opinion)
    await stage.pass_until(stage.time.now() + timedelta(days=4))
    signed = {"delegation": "delegation_2021_12"}
    await stage.door.post(stage.cast.authority, "evaluation", f"{base}/decision", signed)
    applicant = stage.owner(stage.pool[0])
    await stage.door.refused(applicant, "GET", "evaluation", f"{base}/results", None, "embargo")
    call = await stage.door.get(None, "applications", f"/calls/{stage.call_id}")
    await stage.pass_until(datetime.fromisoformat(call["schedule"]["announcement_at"]) + A_MOMENT)
    results = await stage.door.get(applicant, "evaluation", f"{base}/results")
    stage.laureates = [UUID(each) for each in results["selected"]]
    stage.notes["reserve"] = [UUID(each) for each in results["reserve"]]
    if len(stage.laureates) != stage.size.laureates:
        raise SeasonFailure(f"{len(stage.laureates)} laureates; {stage.size.laureates} places")
    await stage.door.get(applicant, "evaluation", f"{base}/applications/{stage.pool[0]}/feedback")


async def _present(stage: Stage) -> list[str]:
    """Who deliberates: the members who sit, as many as the minutes can name."""
    answer = await stage.door.get(stage.cast.officer, "evaluation", f"/rounds/{stage.call_id}/members")
    return [each["member_id"] for each in answer["members"] if each["status"] == "sitting"][:MOST_PRESENT]


async def accept(stage: Stage) -> None:
    """Everyone takes their place but one; the first of the reserve takes that one."""
    declining = stage.laureates[DECLINING]
    await stage.door.post(stage.owner(declining), "applications", f"/applications/{declining}/decline")
    await together(_take(stage, each) for each in stage.laureates if each != declining)
    await stage.pass_until(stage.time.now() + timedelta(days=1))
    first = stage.notes["reserve"][0]
    stage.laureates[DECLINING] = first
    await _take(stage, first)
    await stage.at_rest()
    stage.tell("accepted", len(stage.laureates), len(stage.laureates))


async def _take(stage: Stage, application_id: UUID) -> None:
    await stage.door.post(stage.owner(application_id), "applications", f"/applications/{application_id}/acceptance")
