"""A call's figures, and figures by territory and theme, summed from the facts; each dated by the last fact in it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.observatory.domain import applications, cycles, money, territories
from services.observatory.domain.applications import Application, application
from services.observatory.domain.cycles import Cycle, cycle
from services.observatory.domain.facts import Fact
from services.observatory.domain.money import Grant, grant


@dataclass(frozen=True, slots=True)
class Season:
    """What is known of a call, or of all of them; ``as_of`` is when the last of it happened."""

    applications: tuple[Application, ...]
    cycles: tuple[Cycle, ...]
    grants: tuple[Grant, ...]
    as_of: str | None


def season(application_facts: Sequence[Fact], cycle_facts: Sequence[Fact], grant_facts: Sequence[Fact]) -> Season:
    return season_of(map(application, application_facts), cycle_facts, grant_facts)


def season_of(known: Iterable[Application], cycle_facts: Sequence[Fact], grant_facts: Sequence[Fact]) -> Season:
    every = tuple(known)
    dates = [*(item.at for item in every), *(fact.at for fact in (*cycle_facts, *grant_facts))]
    return Season(
        every, tuple(map(cycle, cycle_facts)), tuple(map(grant, grant_facts)), max(dates, default=None) or None
    )


def of_call(call: Fact, rounds: Fact | None, envelope: Fact | None, known: Season) -> dict[str, Any]:
    """The figures of one call. Money in euro cents."""
    published, extended = call.last("CallPublished"), call.last("CallDeadlineExtended")
    schedule = published.data["schedule"] if published else None
    dates = [known.as_of, *(fact.at for fact in (call, rounds, envelope) if fact)]
    return {
        "call_id": call.key,
        "number": published.data["number"] if published else None,
        "kind": published.data["kind"] if published else None,
        "schedule": schedule | {"closes_at": extended.data["closes_at"]} if schedule and extended else schedule,
        "synthetic": any(item.synthetic for item in known.applications),
        "applications": applications.totals(known.applications),
        "by": applications.breakdown(known.applications),
        "evaluation": _evaluation(rounds) if rounds else None,
        "cycles": cycles.totals(known.cycles),
        "money": {"envelope_cents": money.envelope_cents(envelope, call), **money.totals(known.grants)},
        "as_of": max(date for date in dates if date),
    }


def _evaluation(rounds: Fact) -> dict[str, Any]:
    frozen, closed = rounds.last("PoolFrozen"), rounds.last("RoundClosed")
    announced, ballots = rounds.last("ResultsAnnounced"), rounds.last("BallotsPublished")
    panel = [entry.data["college"] for entry in rounds.all("PanelMemberAppointed") if not entry.data["alternate"]]
    return {
        "pool": frozen.data["applications"] if frozen else None,
        "pool_digest": frozen.data["digest"] if frozen else None,
        "panel": {college: panel.count(college) for college in sorted(set(panel))},
        "resignations": len(rounds.all("PanelMemberResigned")),
        "extensions": len(rounds.all("RoundExtended")),
        "ballots": closed.data if closed else None,
        "announced_at": announced.data["announced_at"] if announced else None,
        "published_ballots": ballots.data if ballots else None,
    }


def by_departement(known: Season) -> list[dict[str, Any]]:
    return _by("departement", known, lambda item: item.departement, lambda item: item.departement)


def by_region(known: Season) -> list[dict[str, Any]]:
    """By région; what lies in none, such as New Caledonia, under ``unknown``."""
    return _by("region", known, lambda item: _region(item.departement), lambda item: _region(item.departement))


def _region(departement: str | None) -> str | None:
    return territories.region_of(departement) if departement else None


def by_kind(known: Season) -> list[dict[str, Any]]:
    """By kind of applicant; a grant is of the kind of its initiative."""
    kinds = {item.key: item.applicant_kind for item in known.applications}
    return _by("applicant_kind", known, lambda item: item.applicant_kind, lambda item: kinds.get(item.key))


def on_a_map(known: Season, recorded: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Every département by its code, overseas included, with the season's figures and those of the published record."""
    nothing = {"submitted": 0, "eligible": 0, "laureates": 0, "committed_cents": 0, "paid_cents": 0}
    found = {code: {**nothing, "recorded_projects": 0, "recorded_eur": 0} for code in territories.DEPARTEMENTS}
    for row in by_departement(known):
        if row["departement"] in found:
            found[row["departement"]] |= {name: row[name] for name in nothing}
    for project in recorded:
        if project["departement_code"] in found:
            found[project["departement_code"]]["recorded_projects"] += 1
            found[project["departement_code"]]["recorded_eur"] += project["amount_eur"]
    return found


def by_theme(known: Season) -> list[dict[str, Any]]:
    return _by("theme", known, lambda item: item.theme, lambda item: item.theme)


def _by(
    name: str,
    known: Season,
    of_application: Callable[[Application], str | None],
    of_grant: Callable[[Grant], str | None],
) -> list[dict[str, Any]]:
    applied = _grouped((of_application(item), item) for item in known.applications if item.submitted)
    granted = _grouped((of_grant(item), item) for item in known.grants if item.signed_at)
    return [
        {
            name: key,
            "submitted": len(applied.get(key, ())),
            "eligible": sum(item.eligible for item in applied.get(key, ())),
            "laureates": sum(item.laureate for item in applied.get(key, ())),
            "committed_cents": sum(item.committed_cents for item in granted.get(key, ())),
            "paid_cents": sum(item.paid_cents for item in granted.get(key, ())),
        }
        for key in sorted({*applied, *granted})
    ]


def _grouped(pairs: Iterable[tuple[str | None, Any]]) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for key, item in pairs:
        groups.setdefault(key or "unknown", []).append(item)
    return groups
