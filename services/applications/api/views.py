"""What each reader is shown."""

from datetime import datetime
from typing import Any

from services.applications.domain.application import Application
from services.applications.domain.calls import Call
from services.applications.handlers.reading import Reader

View = dict[str, Any]
IDENTIFYING = ("email", "siret", "siren", "rna")
"""Answers of these types say who applies; panellists read the project only."""


def call_view(call: Call, now: datetime) -> View:
    """A call as everyone reads it; ``closes_at`` with its extensions."""
    extensions = [item.model_dump(mode="json", include={"closes_at", "reason"}) for item in call.extensions]
    return {
        "call_id": str(call.call_id),
        "phase": call.phase(now),
        "now": now.isoformat(),
        **call.definition.model_dump(mode="json"),
        "extensions": extensions,
    }


def call_summary(call: Call, now: datetime) -> View:
    kept = {"number", "kind", "title", "schedule", "applicant_kinds"}
    shown = call.definition.model_dump(mode="json", include=kept)
    return {"call_id": str(call.call_id), "phase": call.phase(now), **shown}


def summary(application: Application) -> View:
    """A line of a list."""
    kept = {"application_id", "call_id", "number", "kind", "status", "saved_at", "submitted_at", "facts", "synthetic"}
    shown = application.model_dump(mode="json", include=kept)
    facts = shown.pop("facts") or {}
    told = {name: facts.get(name) for name in ("theme", "departement", "requested_cents")}
    return {
        **shown,
        **told,
        "version": application.revision,
        "title": application.content.answers.get("title"),
        "channel": application.entry.channel if application.entry else "online",
        "confirmed": not application.entered_unconfirmed,
    }


def application_view(application: Application, reader: Reader, call: Call) -> View:
    """The application as this reader may see it; to panellists, the project without who proposes it."""
    return _project(application, call) if reader == "panellist" else _whole(application)


def _project(application: Application, call: Call) -> View:
    fields = {code: call.definition.field(code) for code in application.content.answers}
    hidden = {code for code, field in fields.items() if field is None or field.type in IDENTIFYING}
    answers = {code: answer for code, answer in application.content.answers.items() if code not in hidden}
    return {
        **application.model_dump(mode="json", include={"application_id", "call_id", "number", "kind", "status"}),
        "answers": answers,
        "attachments": [_attachment(application, index, named=False) for index in range(len(application.attachments))],
    }


def _whole(application: Application) -> View:
    kept = {
        "application_id", "call_id", "owner_id", "editor_ids", "submitter_ids", "number", "kind", "status", "synthetic",
        "created_at", "saved_at", "submitted_at", "content_digest", "silence_at", "correction", "place", "entry",
    }  # fmt: skip
    content = application.content
    return {
        **application.model_dump(mode="json", include=kept),
        "version": application.revision,
        "applicant": content.applicant.model_dump(exclude_none=True),
        "contact": content.contact,
        "answers": content.answers,
        "attachments": [_attachment(application, index, named=True) for index in range(len(application.attachments))],
        "decisions": [_decision(application, number) for number in range(1, len(application.decisions) + 1)],
    }


def _attachment(application: Application, index: int, named: bool) -> View:
    shown: View = application.attachments[index].model_dump(mode="json")
    if named:
        shown["name"] = application.content.file_names.get(shown["attachment_id"])
    return shown


def _decision(application: Application, number: int) -> View:
    shown = application.decisions[number - 1].model_dump(mode="json")
    return {"decision": number, **shown, "reason": application.content.reasons.get(str(number))}


def receipt_view(receipt: View, application: Application, call: Call) -> View:
    """The receipt with the call's texts: what silence means, and the remedies."""
    return {
        **receipt,
        "status": application.status,
        "call": {"number": call.number, "title": call.definition.title.model_dump()},
        "zone": call.definition.schedule.zone,
        "remedies": call.definition.remedies.model_dump(),
    }
