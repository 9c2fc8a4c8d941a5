"""The identifiers of French organisations, and which of them each kind must give in each territory."""

import re
from dataclasses import dataclass
from typing import Any

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_rules
from stdnum.fr import siret as siret_rules

from services.people.commands import RegisterOrganisation

ALSACE_MOSELLE = frozenset({"57", "67", "68"})
"""Associations of local law are in the registers of the courts, not in the RNA."""
WITHOUT_SIRENE = {"986": None, "987": "tahiti", "988": "ridet"}
"""Territories of the Pacific outside the Sirene register, each with the identifier that it has instead."""
RNA = re.compile(r"W[0-9A-Z]{9}")
PACIFIC = re.compile(r"[0-9A-Z]{6,12}")
_SEPARATORS = re.compile(r"[\s.\-]")
NAMES = ("siren", "siret", "rna", "ridet", "tahiti")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """An organisation's identifiers, checked and without separators; ``siren`` follows from ``siret``."""

    siren: str | None = None
    siret: str | None = None
    rna: str | None = None
    ridet: str | None = None
    tahiti: str | None = None


def asked_of(kind: str, departement: str) -> tuple[frozenset[str], frozenset[str]]:
    """The identifiers that an organisation of ``kind`` in ``departement`` must give, and those it may give."""
    if kind == "collective":
        return frozenset(), frozenset()
    if departement in WITHOUT_SIRENE:
        local = WITHOUT_SIRENE[departement]
        required = frozenset({local}) if local else frozenset()
        return required, required | {"siren", "siret"}
    if kind == "association" and departement not in ALSACE_MOSELLE:
        return frozenset({"rna"}), frozenset({"rna", "siren", "siret"})
    return frozenset({"siret"}), frozenset({"siren", "siret"})


def check(command: RegisterOrganisation) -> tuple[Identifiers, list[dict[str, Any]]]:
    """The command's identifiers and every problem with them: ``field``, ``code``, ``detail``; values never show."""
    required, possible = asked_of(command.kind, command.departement)
    given = {name: _compact(getattr(command, name)) for name in NAMES}
    problems = [
        _problem(name, "required", "is asked of this kind here") for name in sorted(required) if not given[name]
    ]
    for name, value in given.items():
        if value and name not in possible:
            problems.append(_problem(name, "not_expected", "is not asked of this kind here"))
        elif value and not _valid(name, value):
            problems.append(_problem(name, "invalid", "does not have the right form or check digit"))
    siret, siren = given["siret"], given["siren"]
    if siret and siren and siret[:9] != siren:
        problems.append(_problem("siren", "mismatch", "is not the beginning of the SIRET"))
    return Identifiers(**{**given, "siren": siren or (siret[:9] if siret else None)}), problems


def _compact(value: str | None) -> str | None:
    return _SEPARATORS.sub("", value).upper() or None if value else None


def _valid(name: str, value: str) -> bool:
    if not value.isascii():
        return False
    if name == "rna":
        return RNA.fullmatch(value) is not None
    if name in ("ridet", "tahiti"):
        return PACIFIC.fullmatch(value) is not None
    try:
        return bool((siret_rules if name == "siret" else siren_rules).validate(value))
    except ValidationError:
        return False


def _problem(field: str, code: str, detail: str) -> dict[str, Any]:
    return {"field": field, "code": code, "detail": f"{field.upper()} {detail}"}
