"""The programme's published record: projects of France Relance that were really funded, with their source."""

import csv
from collections.abc import Iterable
from typing import Any

PROJECTS, FIGURES = "france-relance-projects.csv", "france-relance-figures.csv"
SOURCE = {
    "title": "France Relance, transformation publique : projets financés et chiffres publiés",
    "published_by": "Gouvernement français, programme France Relance",
    "file": PROJECTS,
    "synthetic": False,
}
PRIORITIES = ("usagers", "transparence", "agents", "territoires")
_UNNAMED = "non_precisee"


def projects(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The record's projects from the lines of its CSV. Raises ``ValueError`` or ``KeyError`` when it is not as it should be."""
    return [_project(row) for row in csv.DictReader(lines)]


def _project(row: dict[str, str]) -> dict[str, Any]:
    texts = ("label", "priority", "carrier", "carrier_type", "territory", "departement_code")
    return {
        "id": row["id"],
        **{name: row[name] or None for name in texts},
        "amount_eur": int(row["amount_eur"]),
        "beneficiaries": int(row["beneficiaries"]) if row["beneficiaries"] else None,
        "source": {"file": PROJECTS, "line": int(row["source_line"])},
    }


def published_totals(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """What the programme published of all its projects, by priority: amount in euros, number of projects."""
    values = {row["key"]: row["value"] for row in csv.DictReader(lines)}
    names = {priority: f"priorite_{priority}" for priority in PRIORITIES} | {"total": "total"}
    return {
        name: {"amount_eur": int(values[f"{key}_montant"]), "projects": int(values[f"{key}_projets"])}
        for name, key in names.items()
    }


def by_priority(record: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number and sum in euros of the projects by priority; those of no published priority by themselves."""
    sums: dict[str, tuple[int, int]] = {}
    for project in record:
        key = project["priority"] or _UNNAMED
        count, amount = sums.get(key, (0, 0))
        sums[key] = (count + 1, amount + project["amount_eur"])
    return [{"priority": key, "projects": count, "amount_eur": amount} for key, (count, amount) in sorted(sums.items())]


def sums_cents(record: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The sums in euro cents by priority as the file names it, which is nothing for some."""
    sums: dict[str, int] = {}
    for project in record:
        key = project["priority"] or ""
        sums[key] = sums.get(key, 0) + project["amount_eur"] * 100
    return sums
