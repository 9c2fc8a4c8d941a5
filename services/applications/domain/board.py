"""A call at a glance: what came day by day, what is where, how long it takes, and who carries how much."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from services.applications.domain.calls import Call
from services.applications.domain.officers import Officer, effective
from services.applications.domain.register import STATUSES, Row

OPEN = ("submitted", "correction_requested", "admissible", "eligible", "under_evaluation")
WAITING = ("submitted", "correction_requested")
LONGEST = 400
"""Days of a call that are told one by one, days without anything among them."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Scene:
    """What a board is made of: the call, its rows, the officers' absences, who is an officer, and when it is looked at."""

    call: Call
    rows: Sequence[Row]
    officers: Mapping[UUID, Officer]
    known: Iterable[UUID]
    now: datetime


def board(scene: Scene) -> dict[str, Any]:
    """The figures of a call as they are at ``scene.now``; drafts are counted and never named."""
    rows, numbered = scene.rows, [row for row in scene.rows if row.ordinal]
    return {
        "call_id": str(scene.call.call_id),
        "as_of": scene.now.isoformat(),
        "closes_at": scene.call.closes_at.isoformat(),
        "drafts": sum(row.status == "draft" for row in rows),
        "submitted": len(numbered),
        "unconfirmed": sum(not row.confirmed for row in rows),
        "days": _days(scene),
        "by_status": _count(rows, lambda row: row.status, STATUSES),
        "by_kind": _count(numbered, lambda row: row.kind),
        "by_departement": _count(numbered, lambda row: row.departement),
        "by_theme": _count(numbered, lambda row: row.theme),
        "by_need": dict(sorted(Counter(need for row in numbered for need in row.needs).items())),
        "by_channel": _count(numbered, lambda row: row.channel),
        "delays": _delays(numbered, scene.now),
        "officers": _loads(scene),
        "unassigned": sum(row.assigned_to is None and row.status in OPEN for row in numbered),
    }


def _count(rows: Iterable[Row], told: Callable[[Row], str], order: Sequence[str] = ()) -> dict[str, int]:
    found = Counter(map(told, rows))
    return {name: found[name] for name in (order or sorted(found)) if found[name]}


def _days(scene: Scene) -> list[dict[str, Any]]:
    """Day by day, in the call's zone, from the first on which anything came: drafts started, applications submitted."""
    day = scene.call.definition.day_of
    started = Counter(day(row.created_at) for row in scene.rows)
    submitted = Counter(day(row.submitted_at) for row in scene.rows if row.submitted_at)
    days = sorted(started | submitted)
    if days and days[-1] - days[0] <= LONGEST * DAY:
        days = list(_between(days[0], days[-1]))
    return [{"day": each.isoformat(), "started": started[each], "submitted": submitted[each]} for each in days]


def _between(first: date, last: date) -> Iterable[date]:
    return (first + each * DAY for each in range((last - first).days + 1))


def _delays(numbered: Sequence[Row], now: datetime) -> dict[str, Any]:
    """Days from submission to the first decision on admissibility, and what has waited longest for one."""
    taken = [
        (row.admissibility_at - row.submitted_at) / DAY for row in numbered if row.admissibility_at and row.submitted_at
    ]
    waiting = [row for row in numbered if row.status in WAITING and row.submitted_at]
    oldest = min(waiting, key=lambda row: (row.submitted_at or now, row.ordinal), default=None)
    return {
        "decided": len(taken),
        "median_days": round(median(taken), 2) if taken else None,
        "longest_days": round(max(taken), 2) if taken else None,
        "waiting": len(waiting),
        "oldest_waiting": _oldest(oldest, now) if oldest else None,
    }


def _oldest(row: Row, now: datetime) -> dict[str, Any]:
    since = row.submitted_at or now
    return {
        "application_id": row.application_id,
        "number": row.number,
        "submitted_at": since.isoformat(),
        "days": round((now - since) / DAY, 2),
    }


def _loads(scene: Scene) -> list[dict[str, Any]]:
    """Every officer's files that are not at an end: ``assigned`` to them, and ``acting`` with those of whom they stand in for."""
    still_open = [row for row in scene.rows if row.ordinal and row.status in OPEN]
    assigned = Counter(row.assigned_to for row in still_open if row.assigned_to)
    acting: Counter[UUID] = Counter()
    for officer_id, count in assigned.items():
        acting[effective(officer_id, scene.officers, scene.now) or officer_id] += count
    waiting = Counter(row.assigned_to for row in still_open if row.status in WAITING and row.assigned_to)
    return [
        {
            "officer_id": str(each),
            "assigned": assigned[each],
            "waiting": waiting[each],
            "acting": acting[each],
            "delegate_id": _text(scene.officers[each].delegate(scene.now)) if each in scene.officers else None,
        }
        for each in sorted({*scene.known, *assigned, *acting})
    ]


def _text(person_id: UUID | None) -> str | None:
    return str(person_id) if person_id else None
