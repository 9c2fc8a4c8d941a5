"""After the deadline: missing pieces asked for, files withdrawn, rules applied to all, one mistake made and corrected."""

from datetime import timedelta
from uuid import UUID

from deploy.local.season.door import together
from deploy.local.season.script import completion
from deploy.local.season.stage import Stage
from deploy.local.season.submission import note_refusal

ASKED = ("corrected", "unanswered")
CORRECTION_DAYS = 7


async def instruct(stage: Stage) -> None:
    """From the deadline to the eve of the evaluation."""
    await together(_ask_for_the_piece(stage, each) for each in _playing(stage, *ASKED))
    await together(_withdraw(stage, each) for each in _playing(stage, "withdrawn"))
    await stage.pass_until(stage.time.now() + timedelta(days=2))
    await together(_complete(stage, each) for each in _playing(stage, "corrected"))
    await stage.pass_until(stage.time.now() + timedelta(days=CORRECTION_DAYS))
    await _mistake(stage, _playing(stage, "plain")[0])
    await _by_rule(stage)
    await _tally(stage)


def _playing(stage: Stage, *parts: str) -> list[UUID]:
    return [key for key, candidature in stage.applications.items() if candidature.part in parts]


async def _ask_for_the_piece(stage: Stage, application_id: UUID) -> None:
    path = f"/applications/{application_id}/correction-requests"
    await stage.door.post(stage.cast.officer, "applications", path, {"fields": ["public_url"]})


async def _withdraw(stage: Stage, application_id: UUID) -> None:
    await stage.door.post(stage.owner(application_id), "applications", f"/applications/{application_id}/withdrawal")


async def _complete(stage: Stage, application_id: UUID) -> None:
    path, owner = f"/applications/{application_id}/corrections", stage.owner(application_id)
    scored = {"answers": {"title": "Un autre titre, après coup"}}
    await stage.door.refused(owner, "POST", "applications", path, scored, "field_not_correctable")
    await stage.door.post(owner, "applications", path, {"answers": completion(stage.applications[application_id])})


async def _mistake(stage: Stage, application_id: UUID) -> None:
    """An officer refuses a file that should not be, sees it, and corrects it: traced, and told to its applicant."""
    base, officer = f"/applications/{application_id}", stage.cast.officer
    wrong = {"decision": "inadmissible", "rule": "complete", "reason": "Erreur de l'instructeur (synthétique)."}
    await stage.door.post(officer, "applications", f"{base}/decisions", wrong)
    right = {"decision": "admissible", "rule": "complete", "reason": "Décision corrigée (synthétique)."}
    await stage.door.post(officer, "applications", f"{base}/decisions/1/correction", right)


async def _by_rule(stage: Stage) -> None:
    path = f"/calls/{stage.call_id}/instruction"
    turn = 0
    while True:
        turn += 1
        answer = await stage.door.post(stage.cast.officer, "applications", path, key=f"{path} {turn}")
        if not answer["remaining"]:
            break


async def _tally(stage: Stage) -> None:
    found = {}
    for status in ("eligible", "ineligible", "inadmissible"):
        found[status] = await _with_status(stage, status)
        stage.tell("instructed", sum(map(len, found.values())), len(stage.numbers))
    stage.pool = found["eligible"]
    for status in ("ineligible", "inadmissible"):
        for _ in found[status]:
            note_refusal(stage, status)


async def _with_status(stage: Stage, status: str) -> list[UUID]:
    found: list[UUID] = []
    after: int | None = 0
    while after is not None:
        path = f"/calls/{stage.call_id}/applications"
        page = await stage.door.get(stage.cast.officer, "applications", path, status=status, after=after, limit=500)
        found += [UUID(line["application_id"]) for line in page["applications"]]
        after = page["next"]
    return found
