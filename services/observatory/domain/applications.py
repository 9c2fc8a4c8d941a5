"""Applications as their facts tell them, and how many there are of which."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.observatory.domain.facts import Entry, Fact

NATURAL = ("person", "collective")
_STATES = {
    "ApplicationDrafted": "draft",
    "ApplicationSubmitted": "submitted",
    "CorrectionRequested": "correction_requested",
    "ApplicationCorrected": "submitted",
    "ApplicationWithdrawn": "withdrawn",
    "ApplicationAdmitted": "admissible",
    "ApplicationFoundInadmissible": "inadmissible",
    "ApplicationFoundEligible": "eligible",
    "ApplicationFoundIneligible": "ineligible",
    "ApplicationSelected": "selected",
    "ApplicationReserved": "reserve",
    "ApplicationNotSelected": "not_selected",
    "SelectionAccepted": "accepted",
    "SelectionDeclined": "declined",
}
_COUNTED_STATES = ("withdrawn", "inadmissible", "ineligible", "reserve", "not_selected", "declined")


@dataclass(frozen=True, slots=True)
class Application:
    """``eligible`` is the last word on eligibility; ``theme`` and what follows it are known from the submission on.

    ``at`` is when the last of it happened.
    """

    key: str
    at: str
    call_id: str | None
    state: str
    submitted: bool
    eligible: bool
    selected_at: str | None
    from_reserve: bool
    number: str | None
    theme: str | None
    applicant_kind: str | None
    departement: str | None
    needs: tuple[str, ...]
    synthetic: bool
    published: dict[str, Any] | None

    @property
    def laureate(self) -> bool:
        return self.selected_at is not None and self.state != "declined"


def application(fact: Fact) -> Application:
    states = [_STATES[entry.kind] for entry in fact.entries if entry.kind in _STATES]
    submitted, selected = fact.last("ApplicationSubmitted"), fact.last("ApplicationSelected")
    verdict = fact.last("ApplicationFoundEligible", "ApplicationFoundIneligible", "ApplicationFoundInadmissible")
    public = fact.last("InitiativePublished")
    known = {**_data(public), **_data(selected), **_data(submitted)}
    return Application(
        key=fact.key,
        at=fact.at,
        call_id=fact.call_id,
        state=states[-1] if states else "unknown",
        submitted=submitted is not None,
        eligible=verdict is not None and verdict.kind == "ApplicationFoundEligible",
        selected_at=selected.at if selected else None,
        from_reserve=bool(known.get("from_reserve")),
        number=known.get("number"),
        theme=known.get("theme"),
        applicant_kind=known.get("applicant_kind"),
        departement=known.get("departement"),
        needs=tuple(known.get("needs", ())),
        synthetic=bool(known.get("synthetic")),
        published=_unnamed(public.data) if public else None,
    )


def _data(entry: Entry | None) -> dict[str, Any]:
    return entry.data if entry else {}


def _unnamed(record: dict[str, Any]) -> dict[str, Any]:
    """The public record; of a natural person or a group of them neither name nor number, whatever the event said."""
    if record["applicant_kind"] not in NATURAL:
        return record
    return record | {"organisation_name": None, "siret": None, "rna": None, "commune": None}


def totals(applications: Iterable[Application]) -> dict[str, int]:
    """How many are where. Every submitted one is in exactly one of its states; ``eligible`` counts whatever followed."""
    counted: Counter[str] = Counter()
    for item in applications:
        counted["drafts"] += item.state == "draft"
        counted["submitted"] += item.submitted
        counted["eligible"] += item.eligible
        counted["selected"] += item.selected_at is not None
        counted["laureates"] += item.laureate
        if item.submitted and item.state in _COUNTED_STATES:
            counted[item.state] += 1
    names = ("drafts", "submitted", "eligible", "selected", "laureates", *_COUNTED_STATES)
    return {name: counted[name] for name in names}


def breakdown(applications: Iterable[Application]) -> dict[str, dict[str, int]]:
    """Submitted applications by theme, kind, département and need; one that names several needs counts in each."""
    by: dict[str, Counter[str]] = {name: Counter() for name in ("theme", "applicant_kind", "departement", "need")}
    for item in applications:
        if not item.submitted:
            continue
        by["theme"][item.theme or "unknown"] += 1
        by["applicant_kind"][item.applicant_kind or "unknown"] += 1
        by["departement"][item.departement or "unknown"] += 1
        by["need"].update(item.needs)
    return {name: dict(sorted(counts.items())) for name, counts in by.items()}
