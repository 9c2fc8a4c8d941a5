"""Acceleration cycles as their facts tell them: state, check-ins, reviews, indicators."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.observatory.domain.facts import Entry, Fact

WEATHER = {"sun": "SOLEIL", "overcast": "COUVERT", "cloud": "NUAGE", "storm": "ORAGE"}
_STATES = {
    "CycleOpened": "open",
    "CyclePaused": "paused",
    "CycleResumed": "open",
    "CycleStopped": "stopped",
    "CycleClosed": "closed",
}


@dataclass(frozen=True, slots=True)
class Cycle:
    key: str
    state: str
    starts_at: str | None
    departement: str | None
    weather: str | None
    check_ins: dict[str, int]
    reviews: dict[str, str]
    levers: dict[str, int]
    indicators: tuple["Indicator", ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator's values: each in thousandths of its unit, with its date (RFC 3339)."""

    code: str
    values: dict[str, tuple[int, str]]

    @property
    def progress(self) -> float | None:
        """(current - initial) / (target - initial) in percent, from 0 to 100; nothing without all three or without a way to go."""
        if len(self.values) < 3:
            return None
        initial, current, target = (self.values[kind][0] for kind in ("initial", "current", "target"))
        if initial == target:
            return None
        return round(min(100.0, max(0.0, 100 * (current - initial) / (target - initial))), 1)


def cycle(fact: Fact) -> Cycle:
    states = [_STATES[entry.kind] for entry in fact.entries if entry.kind in _STATES]
    opened = fact.last("CycleOpened")
    recorded = {entry.data["week"]: entry.data for entry in fact.all("CheckInRecorded")}
    answered = fact.all("LeverAnswered")
    return Cycle(
        key=fact.key,
        state=states[-1] if states else "unknown",
        starts_at=opened.data["starts_at"] if opened else None,
        departement=opened.data["departement"] if opened else None,
        weather=recorded[max(recorded)]["weather"] if recorded else None,
        check_ins={
            "opened": len({entry.data["week"] for entry in fact.all("CheckInOpened")}),
            "recorded": len(recorded),
            "late": sum(data["late"] for data in recorded.values()),
        },
        reviews={entry.data["review"]: entry.data["decision"] for entry in fact.all("ReviewDecided")},
        levers={"requested": len(fact.all("LeverRequested")), "answered": len(answered)},
        indicators=tuple(_indicators(fact.all("IndicatorValue"))),
    )


def _indicators(entries: list[Entry]) -> Iterable[Indicator]:
    """Of each kind of value the one with the latest date; of one date the one told last."""
    latest: dict[str, dict[str, tuple[int, str]]] = {}
    for entry in entries:
        data = entry.data
        values = latest.setdefault(data["indicator"], {})
        before = values.get(data["kind"])
        if before is None or _instant(data["valued_at"]) >= _instant(before[1]):
            values[data["kind"]] = (data["value_milli"], data["valued_at"])
    return (Indicator(code, values) for code, values in sorted(latest.items()))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def shown(item: Indicator, of: Cycle) -> dict[str, Any]:
    """An indicator as PILOTE has it: initial, current and target value, each dated, progress and weather, by département."""
    values = {
        kind: {"value": item.values[kind][0] / 1000, "date": item.values[kind][1]} if kind in item.values else None
        for kind in ("initial", "current", "target")
    }
    return {
        "indicator": item.code,
        "initiative_id": of.key,
        "territory": {"mesh": "DEPT", "zone_id": f"D{of.departement}" if of.departement else None},
        **values,
        "progress_percent": item.progress,
        "weather": WEATHER.get(of.weather or ""),
    }


def totals(cycles: Iterable[Cycle]) -> dict[str, Any]:
    states: Counter[str] = Counter()
    check_ins: Counter[str] = Counter()
    weather: Counter[str] = Counter()
    for item in cycles:
        states[item.state] += 1
        check_ins.update(item.check_ins)
        if item.weather:
            weather[WEATHER[item.weather]] += 1
    return {
        "opened": sum(states.values()),
        **{name: states[name] for name in ("open", "paused", "stopped", "closed")},
        "check_ins": {name: check_ins[name] for name in ("opened", "recorded", "late")},
        "weather": {name: weather[name] for name in WEATHER.values()},
    }
