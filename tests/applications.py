"""A small call, and applications to it, for the tests of applications."""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def text(words: str) -> Json:
    return {"fr": words, "en": words}


def field(code: str, type_: str, **given: Any) -> Json:
    return {"code": code, "type": type_, "label": text(code), **given}


def _sections() -> list[Json]:
    initiative = [
        field("title", "text", required=True, scored=True, min_length=3, max_length=120),
        field("purpose", "long_text", required=True, scored=True, max_length=2_000),
        field("theme", "choice", required=True),
        field("needs", "multi_choice", required=True),
        field("departement", "departement", required=True),
        field("commune", "commune"),
        field("territorial", "boolean"),
        field("contact_email", "email"),
        field("public_page", "text", expected=True, max_length=300),
    ]
    budget = [
        field("requested_cents", "amount_cents", required=True, scored=True, maximum=14_000_000),
        field("own_cents", "amount_cents", required=True),
        field("expenses_cents", "amount_cents", required=True),
        field("earlier_grants", "boolean", required=True),
        field("grants_reported", "boolean", required=True, visible_when={"field": "earlier_grants", "equals": True}),
        field("de_minimis_cents", "amount_cents"),
        field("republican_commitment", "boolean", required=True),
    ]
    return [
        {"code": "initiative", "title": text("Initiative"), "fields": initiative},
        {"code": "budget", "title": text("Budget"), "fields": budget},
    ]


def _rules() -> Json:
    admissibility = [{"kind": "in_time"}, {"kind": "complete"}]
    eligibility = [
        {"kind": "territory_allowed", "departements": ["02", "2A", "35", "67", "75", "987", "988"]},
        {"kind": "amount_between", "minimum_cents": 100_000, "maximum_cents": 14_000_000},
        {
            "kind": "balanced_budget",
            "resources": ["requested_cents", "own_cents"],
            "expenses": ["expenses_cents"],
            "maximum_grant_percent": 80,
        },
        {
            "kind": "de_minimis",
            "field": "de_minimis_cents",
            "ceilings": [
                {"since": "2014-01-01", "ceiling_cents": 20_000_000},
                {"since": "2024-01-01", "ceiling_cents": 30_000_000},
            ],
        },
        {"kind": "republican_commitment", "field": "republican_commitment"},
        {"kind": "earlier_grants_reported", "had": "earlier_grants", "reported": "grants_reported"},
    ]
    named = {"text": text("A rule")}
    return {
        "admissibility": [rule | named for rule in admissibility],
        "eligibility": [rule | named for rule in eligibility],
    }


def definition(**changes: Any) -> Json:
    """A call's definition as JSON: open from 1 to 20 December 2021, 18:00 in Paris."""
    return {
        "number": "AIC-2021",
        "title": text("Accelerator"),
        "schedule": {
            "zone": "Europe/Paris",
            "opens_at": "2021-12-01T08:00:00+01:00",
            "closes_at": "2021-12-20T18:00:00+01:00",
            "evaluation_opens_at": "2022-01-10T09:00:00+01:00",
            "evaluation_closes_at": "2022-02-10T18:00:00+01:00",
            "announcement_at": "2022-02-20T10:00:00+01:00",
        },
        "applicant_kinds": ["person", "collective", "association", "company", "state_service"],
        "themes": [{"code": "health", "label": text("Health")}, {"code": "ecology", "label": text("Ecology")}],
        "sections": _sections(),
        "attachments": [{"code": "statutes", "label": text("Statutes")}],
        **_rules(),
        "criteria": [{"code": "interest", "weight": 60}, {"code": "feasibility", "weight": 40}],
        "colleges": [
            {"name": "citizens", "weight": 50, "seats": 3},
            {"name": "experts", "weight": 50, "seats": 3},
        ],
        "evaluation": {"places": 1, "reserve": 1},
        "programme": {
            "tranches": [{"code": "start", "amount_cents": 8_000_000, "after": "agreement", "advance": True}]
        },
        "envelope_cents": 1_000_000_000,
        "funding_source": "state_budget",
        "correction_days": 7,
        "remedies": text("Appeal within two months"),
        **deepcopy(changes),
    }


def answers(**changes: Any) -> Json:
    """Answers with which an application can be submitted and is eligible; ``None`` takes one away."""
    given = {
        "title": "Canary-Title",
        "purpose": "Canary-Purpose of general interest",
        "theme": "health",
        "needs": ["visibility", "funding"],
        "departement": "35",
        "public_page": "https://example.org/canary-page",
        "requested_cents": 8_000_000,
        "own_cents": 2_000_000,
        "expenses_cents": 10_000_000,
        "earlier_grants": False,
        "republican_commitment": True,
        **changes,
    }
    return {code: answer for code, answer in given.items() if answer is not None}


PERSON: Json = {
    "given_name": "Canary-Given",
    "family_name": "Canary-Family",
    "departement": "35",
    "email": "canary@canary-coop.fr",
}
ASSOCIATION: Json = {"name": "Canary-Association", "departement": "35", "rna": "W353012345", "siret": "73282932000074"}
