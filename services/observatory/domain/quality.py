"""The programme's own quality: what people say of it, how long they wait, which check-ins are overdue."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from statistics import mean, median
from typing import Any

from services.observatory.domain.calendar import month_of
from services.observatory.domain.cycles import cycle
from services.observatory.domain.facts import Entry, Fact

GOAL = 8
"""Above which satisfaction out of ten should be, as for every public service that asks "Je donne mon avis"."""
_ADMISSIBILITY = ("ApplicationAdmitted", "ApplicationFoundInadmissible")
_DAY_SECONDS = 86_400

Group = Callable[[dict[str, Any]], str]


def satisfaction(opinions: Iterable[Fact]) -> dict[str, Any]:
    """What people say: satisfaction out of 10, clarity and help out of 5; in all, by step and by month."""
    given = [entry.data for fact in opinions for entry in fact.all("OpinionGiven")]
    sources = {name: sum(item["source"] == name for item in given) for name in ("person", "token", "anonymous")}
    return {
        **_averages(given),
        "goal_out_of_10": GOAL,
        "sources": sources,
        "by_step": _by("step", given, lambda item: str(item["step"])),
        "by_month": _by("month", given, lambda item: month_of(datetime.fromisoformat(item["given_at"]))),
    }


def _by(name: str, given: Sequence[dict[str, Any]], group: Group) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in given:
        groups.setdefault(group(item), []).append(item)
    return [{name: key, **_averages(items)} for key, items in sorted(groups.items())]


def _averages(given: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "satisfaction": _average("out_of_10", [item["satisfaction"] for item in given]),
        "clarity": _average("out_of_5", [item["clarity"] for item in given if item["clarity"]]),
        "help": _average("out_of_5", [item["help"] for item in given if item["help"]]),
    }


def _average(scale: str, grades: Sequence[int]) -> dict[str, Any]:
    return {scale: round(mean(grades), 2) if grades else None, "count": len(grades)}


def delays(applications: Iterable[Fact], grants: Iterable[Fact]) -> dict[str, Any]:
    """How many days people wait, median and nine in ten: for admissibility, for the agreement, for the money."""
    known, granted = list(applications), list(grants)
    selected = {fact.key: fact.first("ApplicationSelected") for fact in known}
    return {
        "submission_to_admissibility": _wait(
            _days(fact.first("ApplicationSubmitted"), fact.first(*_ADMISSIBILITY)) for fact in known
        ),
        "decision_to_agreement": _wait(
            _days(selected.get(fact.key), fact.first("AgreementSigned")) for fact in granted
        ),
        "order_to_payment": _wait(days for fact in granted for days in _payments(fact)),
    }


def _payments(fact: Fact) -> list[float | None]:
    """By tranche, from the first order on: whoever waits does not care why it was issued again."""
    ordered: dict[str, Entry] = {}
    paid: dict[str, Entry] = {}
    for entry in fact.all("PaymentOrdered", "PaymentSettled"):
        (ordered if entry.kind == "PaymentOrdered" else paid).setdefault(entry.data["tranche_id"], entry)
    return [_days(ordered.get(tranche), entry) for tranche, entry in paid.items()]


def _days(begin: Entry | None, end: Entry | None) -> float | None:
    if begin is None or end is None:
        return None
    waited = datetime.fromisoformat(end.at) - datetime.fromisoformat(begin.at)
    return max(0.0, waited.total_seconds() / _DAY_SECONDS)


def _wait(days: Iterable[float | None]) -> dict[str, Any]:
    """The median, and the least number of days within which nine in ten were served (nearest rank)."""
    known = sorted(each for each in days if each is not None)
    if not known:
        return {"median_days": None, "p90_days": None, "count": 0}
    ninth = known[math.ceil(len(known) * 9 / 10) - 1]
    return {"median_days": round(median(known), 1), "p90_days": round(ninth, 1), "count": len(known)}


def check_ins(cycles: Iterable[Fact], now: datetime) -> dict[str, int]:
    """Check-ins of open cycles that are past their date and were not done, of how many initiatives; and all ever missed."""
    late: list[int] = []
    missed = 0
    for fact in cycles:
        missed += len({entry.data["week"] for entry in fact.all("CheckInMissed")})
        if cycle(fact).state == "open":
            done = {entry.data["week"] for entry in fact.all("CheckInRecorded")}
            due = {entry.data["week"]: entry.data["due_at"] for entry in fact.all("CheckInOpened")}
            late.append(sum(datetime.fromisoformat(at) < now for week, at in due.items() if week not in done))
    return {"overdue": sum(late), "initiatives": sum(map(bool, late)), "missed": missed}
