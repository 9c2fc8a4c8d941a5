"""The call and the candidatures of a season: who plays which part, and what each writes into the form."""

from pathlib import Path
from typing import Any

import yaml

from deploy.local.season.cast import Applicant, Cast
from deploy.local.season.initiatives import Initiative, initiatives
from deploy.local.season.size import Size
from deploy.local.season.stage import Candidature

CALL = Path(__file__).with_name("call.yaml")
GRANT_PERCENT = 70
TOO_MUCH_PERCENT = 95
DE_MINIMIS_REACHED = 19_900_000
READINGS_FROM = 1.0


def call(size: Size) -> dict[str, Any]:
    """The call's definition for a season of this size; beyond the reference size nobody reads more than there."""
    definition: dict[str, Any] = yaml.safe_load(CALL.read_text(encoding="utf-8"))
    definition["evaluation"] |= {"places": size.laureates, "reserve": size.reserve}
    if size.scale > READINGS_FROM:
        definition["evaluation"] |= {"readings_per_college": 15, "load_cap": 400}
    for college, seats in zip(definition["colleges"], (size.citizens, size.experts), strict=True):
        college["seats"] = seats
    definition["envelope_cents"] = size.envelope_cents
    return definition


def candidatures(size: Size, cast: Cast) -> list[Candidature]:
    """Every candidature with its part. Those that reach the pool come first: only they have the published proportions."""
    parts = (
        ["refused_at_first"] * size.refused_at_first
        + ["corrected"] * size.corrected
        + ["plain"] * (size.pool - size.refused_at_first - size.corrected)
        + ["ineligible"] * size.ineligible
        + ["unanswered"] * size.unanswered
        + ["withdrawn"] * size.withdrawn
        + ["late"] * size.late
        + ["abandoned"] * size.abandoned
    )
    found = initiatives(len(parts), size.pool)
    return [Candidature(*each) for each in zip(cast.applicants, found, parts, strict=True)]


def presented(applicant: Applicant) -> dict[str, Any]:
    """The applicant as it presents itself in its application."""
    names = {"given_name": "Synthétique", "family_name": f"Porteur {applicant.number:05d}"}
    common = {**names, "email": applicant.email, "departement": applicant.departement}
    organisation = applicant.organisation
    if organisation is None:
        return common
    identifiers = {"siret": organisation.siret} | ({"rna": organisation.rna} if organisation.rna else {})
    return {**common, "name": organisation.name, **identifiers}


def answers(candidature: Candidature) -> dict[str, Any]:
    """What the candidature answers to the form, mistakes of its part included."""
    found = _answers(candidature.applicant, candidature.initiative)
    wrong: dict[str, dict[str, Any]] = {
        "refused_at_first": {"requested_cents": 0, "departement": "99"},
        "corrected": {"public_url": None},
        "unanswered": {"public_url": None},
        "ineligible": _ineligible(candidature),
    }
    return {**found, **wrong.get(candidature.part, {})}


def mended(candidature: Candidature) -> dict[str, Any]:
    """The answers that had been wrong, as they should be."""
    right = _answers(candidature.applicant, candidature.initiative)
    return {code: right[code] for code in ("requested_cents", "departement")}


def completion(candidature: Candidature) -> dict[str, Any]:
    """The piece that was missing."""
    return {"public_url": _answers(candidature.applicant, candidature.initiative)["public_url"]}


def _answers(applicant: Applicant, initiative: Initiative) -> dict[str, Any]:
    requested = initiative.requested_cents
    expenses = requested * 100 // GRANT_PERCENT
    return {
        "title": initiative.title,
        "purpose": initiative.purpose,
        "theme": initiative.theme,
        "needs": list(initiative.needs),
        "departement": applicant.departement,
        "commune": applicant.commune,
        "territorial": initiative.territorial,
        "public_url": f"https://initiative-{initiative.number:05d}.example/",
        "requested_cents": requested,
        "own_cents": expenses - requested,
        "expenses_cents": expenses,
        "earlier_grants": False,
        "de_minimis_cents": 0,
        "republican_commitment": True,
    }


def _ineligible(candidature: Candidature) -> dict[str, Any]:
    """Refused for the rule that fits the applicant: its commitment, its earlier aid, or its budget."""
    if candidature.applicant.kind == "association":
        return {"republican_commitment": False}
    if candidature.applicant.kind == "company":
        return {"de_minimis_cents": DE_MINIMIS_REACHED}
    requested = candidature.initiative.requested_cents
    expenses = requested * 100 // TOO_MUCH_PERCENT
    return {"expenses_cents": expenses, "own_cents": expenses - requested}
