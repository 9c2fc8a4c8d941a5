"""The barometer: each indicator in each territory, as PILOTE shows it.

An initiative's values belong to its département, to the région of that and to the country; values of several initiatives are
added up. Those that lack their initial, current or target value are counted and not added.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.observatory.domain import territories
from services.observatory.domain.cycles import WEATHER, Cycle, Indicator, cycle
from services.observatory.domain.facts import Fact

KINDS = ("initial", "current", "target")
UPDATED_WITHIN = timedelta(days=92)
"""A current value is of use for a quarter; then a new one is due."""
STEADY = 0.5
"""By how many points of progress an indicator moves before it is said to go up or down."""
_ORDER = tuple(WEATHER)

Place = tuple[str, str]
"""An indicator's code and a zone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One indicator in one territory: the initiatives that have it, each with its values."""

    known: tuple[tuple[Cycle, Indicator], ...]

    @property
    def complete(self) -> list[tuple[Cycle, Indicator]]:
        return [(each, item) for each, item in self.known if all(kind in item.values for kind in KINDS)]

    @property
    def sums(self) -> Indicator | None:
        """The complete ones added up, each kind of value with its latest date."""
        values = [item.values for _, item in self.complete]
        if not values:
            return None
        return Indicator(
            self.known[0][1].code,
            {
                kind: (sum(each[kind][0] for each in values), _latest(each[kind][1] for each in values))
                for kind in KINDS
            },
        )

    @property
    def updated_at(self) -> datetime | None:
        """The oldest of the current values: the sum is as fresh as the stalest part of it."""
        return min((_instant(item.values["current"][1]) for _, item in self.complete), default=None)

    @property
    def weather(self) -> str | None:
        """The middle one of the initiatives' weathers; of two middle ones the worse."""
        found = sorted(_ORDER.index(each.weather) for each, _ in self.known if each.weather)
        return WEATHER[_ORDER[found[len(found) // 2]]] if found else None


def cells(facts: Iterable[Fact]) -> dict[Place, Cell]:
    found: dict[Place, list[tuple[Cycle, Indicator]]] = {}
    for each in map(cycle, facts):
        for item in each.indicators:
            for zone in territories.zones_of(each.departement):
                found.setdefault((item.code, zone), []).append((each, item))
    return {place: Cell(tuple(known)) for place, known in found.items()}


def barometer(facts: Iterable[Fact], at: datetime, before: datetime) -> list[dict[str, Any]]:
    """Every indicator in every territory at the instant ``at``; its trend is since ``before``."""
    known = list(facts)
    earlier = cells(fact.upto(before) for fact in known)
    now = cells(known)
    return [_row(place, cell, earlier, at) for place, cell in sorted(now.items(), key=lambda item: _order(item[0]))]


def _order(place: Place) -> tuple[str, int, str]:
    code, zone = place
    return code, "FRD".index(zone[0]), zone


def _row(place: Place, cell: Cell, earlier: Mapping[Place, Cell], at: datetime) -> dict[str, Any]:
    sums, updated_at = cell.sums, cell.updated_at
    due = updated_at + UPDATED_WITHIN if updated_at else None
    values = {
        kind: {"value": sums.values[kind][0] / 1000, "date": sums.values[kind][1]} if sums else None for kind in KINDS
    }
    return {
        "indicator": place[0],
        "territory": territories.shown(place[1]),
        "initiatives": len(cell.complete),
        "incomplete": len(cell.known) - len(cell.complete),
        **values,
        "progress_percent": sums.progress if sums else None,
        "weather": cell.weather,
        "trend": _trend(earlier.get(place), sums),
        "up_to_date": due is not None and at <= due,
        "next_update_by": due.isoformat() if due else None,
    }


def _trend(before: Cell | None, sums: Indicator | None) -> str | None:
    """``up``, ``down`` or ``steady``; nothing when one of the two has no progress."""
    then = before.sums.progress if before and before.sums else None
    now = sums.progress if sums else None
    if then is None or now is None:
        return None
    if abs(now - then) < STEADY:
        return "steady"
    return "up" if now > then else "down"


def _latest(dates: Iterable[str]) -> str:
    return max(dates, key=_instant)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
