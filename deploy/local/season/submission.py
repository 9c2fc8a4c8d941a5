"""The call is open: applicants draft, save, attach, submit; some are refused and mend, some come too late, some give up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.local.season.door import SeasonFailure, together
from deploy.local.season.script import answers, mended, presented
from deploy.local.season.stage import A_MOMENT, Candidature, Stage

WAVES = 3
ATTACHING_EVERY = 8
PDF = b"%PDF-1.4\n% synthetic\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"


async def submit_all(stage: Stage) -> None:
    """From the opening instant to one second after the deadline."""
    schedule = (await stage.door.get(None, "applications", f"/calls/{stage.call_id}"))["schedule"]
    opens, closes = (datetime.fromisoformat(schedule[name]) for name in ("opens_at", "closes_at"))
    await stage.pass_until(opens + A_MOMENT)
    in_time = [each for each in stage.candidatures if each.part not in ("late", "abandoned")]
    await together(_draft(stage, each) for each in stage.candidatures if each not in in_time)
    for wave in range(WAVES):
        await stage.pass_until(opens + (closes - opens) * (wave + 1) / (WAVES + 1))
        await _wave(stage, in_time[wave::WAVES], len(in_time))
    await stage.pass_until(closes - timedelta(hours=1))
    await stage.pass_until(closes + A_MOMENT)
    await together(_too_late(stage, each) for each in stage.candidatures if each.part == "late")


async def _wave(stage: Stage, wave: Iterable[Candidature], total: int) -> None:
    async def one(candidature: Candidature) -> None:
        await _submit(stage, candidature, await _draft(stage, candidature))
        stage.tell("submitted", len(stage.numbers), total)

    await together(one(each) for each in wave)


async def _draft(stage: Stage, candidature: Candidature) -> UUID:
    applicant = candidature.applicant
    body: dict[str, Any] = {"kind": applicant.kind, "applicant": presented(applicant), "synthetic": True}
    path = f"/calls/{stage.call_id}/applications"
    started = await stage.door.post(applicant.person, "applications", path, body, key=f"draft {applicant.number}")
    application_id = UUID(started["application_id"])
    stage.applications[application_id] = candidature
    await _save(stage, application_id, answers(candidature))
    return application_id


async def _save(stage: Stage, application_id: UUID, changes: dict[str, Any]) -> None:
    body = {"answers": changes}
    await stage.door.ask(stage.owner(application_id), "PATCH", "applications", f"/applications/{application_id}", body)


async def _submit(stage: Stage, candidature: Candidature, application_id: UUID) -> None:
    path = f"/applications/{application_id}/submit"
    person = candidature.applicant.person
    if candidature.applicant.number % ATTACHING_EVERY == 0:
        files = {"file": ("annexe.pdf", PDF, "application/pdf")}
        place = f"/applications/{application_id}/attachments"
        await stage.door.ask(person, "POST", "applications", place, files=files, key=place)
    if candidature.part == "refused_at_first":
        await stage.door.refused(person, "POST", "applications", path, None, "application_invalid")
        note_refusal(stage, "application_invalid")
        await _save(stage, application_id, mended(candidature))
    receipt = await stage.door.post(person, "applications", path)
    again = await stage.door.post(person, "applications", path)
    if receipt != again:
        raise SeasonFailure("A repeated submission got another receipt")
    stage.numbers[application_id] = receipt["number"]


async def _too_late(stage: Stage, candidature: Candidature) -> None:
    application_id = next(key for key, value in stage.applications.items() if value is candidature)
    path = f"/applications/{application_id}/submit"
    await stage.door.refused(candidature.applicant.person, "POST", "applications", path, None, "deadline_passed")
    note_refusal(stage, "deadline_passed")


def note_refusal(stage: Stage, code: str) -> None:
    """Count a refusal of the play by its code."""
    stage.refused[code] = stage.refused.get(code, 0) + 1
