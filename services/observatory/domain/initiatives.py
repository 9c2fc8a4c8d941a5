"""An initiative as the public may see it: from its selection on, and a natural person never named."""

from typing import Any

from services.observatory.domain import cycles
from services.observatory.domain.applications import Application, application
from services.observatory.domain.cycles import Cycle, cycle
from services.observatory.domain.facts import Fact
from services.observatory.domain.money import Grant, grant

_PUBLISHED = ("title", "purpose", "organisation_name", "siret", "rna", "commune")
_UNTOLD = ("InitiativePublished", "GrantPublished")


def is_public(fact: Fact | None) -> bool:
    """An application is nobody's business before it is selected."""
    return fact is not None and fact.last("ApplicationSelected") is not None


def laureate(item: Application, state: str | None) -> dict[str, Any]:
    """A line of the list of laureates."""
    record = item.published or {}
    return {
        "initiative_id": item.key,
        "call_id": item.call_id,
        "number": item.number,
        "applicant_kind": item.applicant_kind,
        "theme": item.theme,
        "departement": item.departement,
        "from_reserve": item.from_reserve,
        "selected_at": item.selected_at,
        "state": state or item.state,
        **{name: record.get(name) for name in _PUBLISHED},
        "synthetic": item.synthetic,
    }


def shown(facts: Fact, followed: Fact | None, granted: Fact | None) -> dict[str, Any]:
    """All that is public of one initiative. Money in euro cents."""
    item = application(facts)
    cycle_known: Cycle | None = cycle(followed) if followed else None
    grant_known: Grant | None = grant(granted) if granted else None
    return {
        **laureate(item, cycle_known.state if cycle_known else None),
        "cycle": _cycle(cycle_known) if cycle_known else None,
        "indicators": [cycles.shown(each, cycle_known) for each in cycle_known.indicators] if cycle_known else [],
        "money": _money(grant_known) if grant_known else None,
        "as_of": max(fact.at for fact in (facts, followed, granted) if fact),
    }


def _cycle(item: Cycle) -> dict[str, Any]:
    return {
        "state": item.state,
        "starts_at": item.starts_at,
        "weather": cycles.WEATHER.get(item.weather or ""),
        "check_ins": item.check_ins,
        "reviews": item.reviews,
        "levers": item.levers,
    }


def _money(item: Grant) -> dict[str, Any]:
    return {
        "committed_cents": item.committed_cents,
        "paid_cents": item.paid_cents,
        "recovery_ordered_cents": item.recovery_ordered_cents,
        "recovered_cents": item.recovered_cents,
        "tranches": list(item.tranches),
    }


def timeline(*facts: Fact | None) -> list[dict[str, Any]]:
    """What happened, in order, whichever service told of it."""
    entries = [entry for fact in facts if fact for entry in fact.entries]
    entries.sort(key=lambda entry: (entry.at, entry.source, entry.position, entry.kind))
    return [
        {
            "at": entry.at,
            "service": entry.source,
            "event": entry.kind,
            "details": {} if entry.kind in _UNTOLD else entry.data,
        }
        for entry in entries
    ]
