"""Submitting: everything validated at once, on the server's time, answered with a receipt."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from contracts.applications import ApplicationSubmitted
from contracts.decision import Decision
from contracts.mail_domains import digest as mail_domain
from services.applications.commands import SubmitApplication
from services.applications.domain import applicants, calls, forms, refusals
from services.applications.domain.applicants import Applicant
from services.applications.domain.application import Application, Facts, editable_by, in_status
from services.applications.domain.calls import Call
from services.applications.domain.refusals import Problem, problem


def check(state: Application | None, command: SubmitApplication, call: Call, now: datetime) -> Application:
    """The application, if this person can submit it now.

    Raises ``ConsentMissing``, ``DeadlinePassed``, or ``ApplicationInvalid`` with everything that is wrong. One that was
    submitted before passes: it has its receipt.
    """
    found = editable_by(state, command.person_id)
    if command.person_id not in found.submitter_ids:
        raise refusals.ConsentMissing
    if found.status == "submitted" and found.number:
        return found
    in_status(found, "draft")
    calls.require_open(call, now)
    if wrong := problems(found, call):
        raise refusals.ApplicationInvalid(field=wrong[0]["field"], problems=wrong)
    return found


def submit(
    state: Application | None, command: SubmitApplication, call: Call, ordinal: int, now: datetime
) -> Decision[Application]:
    """Submit under the ``ordinal``-th number of the call; a repeated submission keeps its number and gets the same receipt."""
    found = check(state, command, call, now)
    if found.number:
        return Decision(found, (), receipt(found))
    content = found.content
    answers = {code: content.answers[code] for code in _shown(call, content.answers)}
    submitted = found.model_copy(
        update={
            "status": "submitted",
            "number": f"{call.number}-{ordinal:06d}",
            "ordinal": ordinal,
            "revision": found.revision + 1,
            "saved_at": now,
            "submitted_at": now,
            "silence_at": call.definition.end_of_day(now, call.definition.silence_means_refusal_days),
            "facts": facts(answers, content.applicant, found),
            "private": content.model_copy(update={"answers": answers}),
        }
    )
    submitted = submitted.model_copy(update={"content_digest": content_digest(submitted)})
    return Decision(submitted, (_event(submitted),), receipt(submitted))


def _shown(call: Call, answers: forms.Answers) -> list[str]:
    return [code for code in forms.visible(call.definition.sections, answers) if code in answers]


def problems(application: Application, call: Call) -> list[Problem]:
    """All that keeps the application from being submitted, the applicant's identity first, then the form, then pieces."""
    content, definition = application.content, call.definition
    found = applicants.problems(application.kind, content.applicant)
    found += forms.problems(definition.sections, content.answers)
    departement, commune = content.answers.get("departement"), content.answers.get("commune")
    if isinstance(commune, str) and isinstance(departement, str) and not commune.startswith(departement):
        found.append(problem("commune", "commune_outside_departement"))
    attached = {item.slot for item in application.attachments}
    found += [
        problem(slot.code, "required") for slot in definition.attachments if slot.required and slot.code not in attached
    ]
    return found


def facts(answers: forms.Answers, applicant: Applicant, application: Application) -> Facts:
    """What the answers say in codes and amounts."""
    siren = applicants.siren_of(application.kind, applicant)
    return Facts.model_validate(
        {
            "theme": answers["theme"],
            "needs": answers.get("needs", ()),
            "requested_cents": answers["requested_cents"],
            "departement": answers["departement"],
            "commune": answers.get("commune"),
            "territorial": answers.get("territorial", False),
            "siren": siren,
            "mail_domain": mail_domain(applicant.email) if applicant.email else None,
        }
    )


def content_digest(application: Application) -> str:
    """SHA-256 of the canonical content: JSON in UTF-8, keys sorted, no spaces; attachments by their digests, sorted."""
    content = application.content
    canonical = {
        "call_id": str(application.call_id),
        "application_id": str(application.application_id),
        "kind": application.kind,
        "applicant": content.applicant.model_dump(mode="json", exclude_none=True),
        "answers": content.answers,
        "attachments": sorted(item.digest for item in application.attachments),
    }
    text = json.dumps(canonical, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def receipt(application: Application) -> dict[str, Any]:
    """The receipt's data (accusé de réception); the texts on remedies belong to the call."""
    kept = {"application_id", "status", "number", "submitted_at", "content_digest", "silence_at"}
    data: dict[str, Any] = application.model_dump(mode="json", include=kept)
    return {**data, "version": application.revision}


def _event(application: Application) -> ApplicationSubmitted:
    kept = {
        "application_id", "call_id", "owner_id", "number", "content_digest", "submitted_at", "synthetic",
    }  # fmt: skip
    facts_told = application.facts.model_dump() if application.facts else {}
    data = {**application.model_dump(include=kept), "applicant_kind": application.kind, **facts_told}
    return ApplicationSubmitted.model_validate(data)
