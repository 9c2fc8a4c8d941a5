"""Who reads for a territory or a sector: what their role's events say, and what they may see of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from contracts.decision import Refusal
from contracts.people import RoleGranted, RoleRevoked
from services.observatory.domain import cycles
from services.observatory.domain.applications import application
from services.observatory.domain.cycles import cycle
from services.observatory.domain.facts import Fact
from services.observatory.domain.initiatives import laureate
from services.observatory.domain.money import grant

SCOPES = {"territory_reader": "territory", "sector_reader": "sector"}
"""From a reader's role to what it is held for."""


class NotYours(Refusal):
    code, status, title = "not_yours", 403, "You read for another territory or sector"


def entry(event: RoleGranted | RoleRevoked, position: int) -> dict[str, Any] | None:
    """What is to be kept of ``event``; nothing for roles of others. A role that is revoked is held for nothing."""
    if event.role not in SCOPES:
        return None
    held = getattr(event, SCOPES[event.role]) if isinstance(event, RoleGranted) else None
    return {"role": event.role, "for": held, "position": position}


def held_for(role: str, entries: Mapping[str, dict[str, Any]]) -> str | None:
    """What a person holds ``role`` for, by the last of their events."""
    found = sorted((item["position"], item["for"]) for item in _of(role, entries))
    return found[-1][1] if found else None


def _of(role: str, entries: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in entries.values() if item["role"] == role]


def initiative(fact: Fact, followed: Fact | None, granted: Fact | None) -> dict[str, Any]:
    """A submitted application as a reader sees it: its state, and of a laureate what is public, cycle and money too."""
    item, submitted = application(fact), fact.last("ApplicationSubmitted")
    followed_known, grant_known = cycle(followed) if followed else None, grant(granted) if granted else None
    state = followed_known.state if followed_known else None
    return {
        **laureate(item, state),
        "application_state": item.state,
        "laureate": item.laureate,
        "submitted_at": submitted.data["submitted_at"] if submitted else None,
        "requested_cents": submitted.data["requested_cents"] if submitted else None,
        "weather": cycles.WEATHER.get(followed_known.weather or "") if followed_known else None,
        "committed_cents": grant_known.committed_cents if grant_known else 0,
        "paid_cents": grant_known.paid_cents if grant_known else 0,
        "as_of": max(each.at for each in (fact, followed, granted) if each),
    }


def totals(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a reader's rows come to: how many, in which weather, and the money in euro cents."""
    weather = Counter(row["weather"] for row in rows if row["weather"])
    money = {name: sum(row[name] or 0 for row in rows) for name in ("requested_cents", "committed_cents", "paid_cents")}
    return {
        "initiatives": len(rows),
        "laureates": sum(row["laureate"] for row in rows),
        "weather": {name: weather[name] for name in cycles.WEATHER.values()},
        **money,
    }
